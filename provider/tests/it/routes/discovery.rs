//! `GET /.well-known/openid-configuration` and `GET /jwks.json`.

use axum::http::Method;

use crate::support::{ISSUER, TestApp};

#[tokio::test]
async fn the_document_says_what_there_is() {
    let app = TestApp::new().await;
    let mut document = app.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["claims_supported"].take().as_array().unwrap().len(), 30);
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "authorization_endpoint": "https://login.example/authorize",
      "authorization_response_iss_parameter_supported": true,
      "claims_parameter_supported": false,
      "claims_supported": null,
      "code_challenge_methods_supported": [
        "S256"
      ],
      "grant_types_supported": [
        "authorization_code",
        "refresh_token"
      ],
      "id_token_signing_alg_values_supported": [
        "RS256",
        "ES256",
        "EdDSA"
      ],
      "issuer": "https://login.example",
      "jwks_uri": "https://login.example/jwks.json",
      "request_parameter_supported": false,
      "request_uri_parameter_supported": false,
      "response_modes_supported": [
        "query"
      ],
      "response_types_supported": [
        "code"
      ],
      "scopes_supported": [
        "openid",
        "profile",
        "email",
        "offline_access"
      ],
      "subject_types_supported": [
        "public"
      ],
      "token_endpoint": "https://login.example/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post",
        "none"
      ],
      "ui_locales_supported": [
        "en",
        "zh"
      ],
      "userinfo_endpoint": "https://login.example/userinfo"
    }
    "#);
}

/// MUST: OIDC Discovery section 4.2: the document is JSON at the well-known address, its issuer is that address,
/// and what it names is there.
#[tokio::test]
async fn oidc_discovery_4_2_every_endpoint_that_it_names_answers() {
    let app = TestApp::new().await;
    let document = app.get("/.well-known/openid-configuration").await.json();
    for (name, method, status) in [
        ("authorization_endpoint", Method::GET, 400),
        ("token_endpoint", Method::POST, 400),
        ("userinfo_endpoint", Method::GET, 401),
        ("jwks_uri", Method::GET, 200),
    ] {
        let path = document[name].as_str().unwrap().strip_prefix(ISSUER).unwrap();
        assert_eq!(app.call(method, path, &[], "").await.status, status, "{name}");
    }
}

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
