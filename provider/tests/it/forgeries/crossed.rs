//! Good tokens where others belong, and good signatures by others' keys.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, SiteKey, TestApp,
    site::{CLIENT, REDIRECT_URI, basic},
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Registers a client that signs by this key.
async fn register(app: &TestApp, id: &str, key: &SiteKey) {
    app.import(json!({
        "client_id": id, "client_name": id, "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.jwk()]},
    }))
    .await;
}

/// A client with this assertion asks for tokens.
async fn authenticate(app: &TestApp, assertion: &str) -> String {
    let ask =
        Ask::redeem("none").with("client_assertion_type", ASSERTION).with("client_assertion", assertion);
    app.site().token_as(None, &ask).await.oauth_error()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// MUST: RFC 8725 section 3.8: a key belongs to its issuer: another client's key signs for that client alone.
#[tokio::test]
async fn rfc8725_3_8_a_key_belongs_to_its_issuer() {
    let (app, one, other) = (TestApp::new().await, SiteKey::es256(), SiteKey::es256());
    register(&app, "one", &one).await;
    register(&app, "other", &other).await;
    assert_eq!(authenticate(&app, &other.assertion(&app, "one")).await, "401 invalid_client");
    assert_eq!(authenticate(&app, &one.assertion(&app, "one")).await, "400 invalid_grant", "let in");
}

/// MUST: RFC 8725 section 3.12: no token passes for one of another kind, whoever made it.
#[tokio::test]
async fn rfc8725_3_12_no_token_passes_for_another() {
    let (app, key) = (TestApp::new().await, SiteKey::es256());
    register(&app, "one", &key).await;
    let (tokens, phone) = (app.tokens(&Ask::default()).await, app.phone().await);
    let proof = key.proof(&app, ("POST", "/token"));
    let assertion = key.assertion(&app, "one");

    for other in [
        text(&tokens, "id_token"),
        text(&tokens, "refresh_token"),
        phone.access_token.expose(),
        &proof,
        &assertion,
    ] {
        assert_eq!(app.site().userinfo(other).await.status, 401, "{other} opens nothing");
    }
    for other in [text(&tokens, "access_token"), &proof, &assertion] {
        let answer = app.browser().try_ask(&Ask::default().with("id_token_hint", other)).await;
        assert_eq!(answer.error(), "invalid_request", "{other} is no hint");
    }
    for other in [text(&tokens, "id_token"), text(&tokens, "access_token"), &assertion] {
        let credentials = basic(CLIENT);
        let headers = [("authorization", credentials.as_str()), ("dpop", other)];
        let answer: Answer = app.post_form("/token", &headers, &Ask::refresh("x")).await;
        assert_eq!(answer.oauth_error(), "400 invalid_dpop_proof", "{other} is no proof");
    }
    for other in [text(&tokens, "id_token"), text(&tokens, "access_token"), &proof] {
        assert_eq!(authenticate(&app, other).await, "401 invalid_client", "{other} is no assertion");
    }
    let authorization = format!("DPoP {}", text(&tokens, "access_token"));
    let with_site_s = app.call(Method::GET, "/api/phone/me", &[("authorization", &authorization)], "").await;
    assert!(with_site_s.problem().starts_with("401 "), "a site's token is no phone's");
}
