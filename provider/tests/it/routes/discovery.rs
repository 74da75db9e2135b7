//! `GET /.well-known/openid-configuration` and `GET /jwks.json`. Whether the document is true, `discovery_truth` asks.

use crate::support::TestApp;

#[tokio::test]
async fn it_is_public_and_the_same_by_both_its_names() {
    let app = TestApp::new().await;
    let by_oidc = app.get("/.well-known/openid-configuration").await;
    let by_oauth = app.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(by_oidc.body, by_oauth.body);
    for answer in [by_oidc, by_oauth, app.get("/jwks.json").await] {
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
    }
}

#[tokio::test]
async fn the_keys_are_named_and_public() {
    let app = TestApp::new().await;
    let keys = app.get("/jwks.json").await.json();
    let members: Vec<Vec<&str>> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    assert_eq!(members[0], ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(members[1], ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_ne!(keys["keys"][0]["kid"], keys["keys"][1]["kid"]);
}
