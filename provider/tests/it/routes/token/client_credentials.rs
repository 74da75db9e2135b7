//! Client credentials (RFC 6749 section 4.4).

use serde_json::{Value, json};

use crate::support::{Answer, Ask, TestApp, claims_of, site::SECRET};

const API: &str = "https://orders.example/api";

pub(crate) async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.import(json!([
        {
            "client_id": "robot", "client_secret": SECRET, "client_name": "Robot", "redirect_uris": [],
            "grant_types": ["client_credentials"], "scope": "openid orders:read orders:write",
            "allowed_resources": [API],
        },
        {
            "client_id": "api", "client_secret": SECRET, "client_name": "Orders", "redirect_uris": [],
            "grant_types": ["client_credentials"], "scope": "none", "protected_resources": [API],
        },
        {
            "client_id": "anybody", "client_name": "Anybody", "redirect_uris": [],
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none",
        },
    ]))
    .await;
    app
}

pub(crate) async fn ask(app: &TestApp, more: &[(&str, &str)]) -> Answer {
    let mut ask = Ask::refresh("").without("refresh_token").with("grant_type", "client_credentials");
    for (name, value) in more {
        ask = ask.with(name, value);
    }
    app.site().token_as(Some(("robot", SECRET)), &ask).await
}

/// MUST: RFC 6749 section 4.4.3: the answer is an access token, and no refresh token.
#[tokio::test]
async fn rfc6749_4_4_3_a_client_gets_a_token_for_itself() {
    let app = app().await;
    let answer = ask(&app, &[]).await.json();
    assert_eq!(
        (&answer["scope"], answer.get("refresh_token"), answer.get("id_token")),
        (&json!("orders:read orders:write"), None, None)
    );
    let claims = claims_of(&answer["access_token"]);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!("robot"), &json!("robot")));
    assert_eq!(claims["aud"], json!(["https://login.example"]));
}

/// MUST: RFC 8707 section 2: a token is for the resource that was asked for, and for no other.
#[tokio::test]
async fn rfc8707_2_a_token_is_for_the_resource_asked_for() {
    let app = app().await;
    let answer = ask(&app, &[("resource", API), ("scope", "orders:read")]).await.json();
    assert_eq!(claims_of(&answer["access_token"])["aud"], json!([API]));
    assert_eq!(answer["scope"], "orders:read");
    let other = ask(&app, &[("resource", "https://other.example")]).await;
    assert_eq!(other.oauth_error(), "400 invalid_target");
}

/// MUST: RFC 6749 section 4.4: only clients that can keep a secret use this grant.
#[tokio::test]
async fn rfc6749_4_4_a_public_client_has_no_credentials() {
    let app = app().await;
    let ask = Ask::refresh("").without("refresh_token").with("grant_type", "client_credentials");
    let answer = app.site().token_as(None, &ask.with("client_id", "anybody")).await;
    assert_eq!(answer.oauth_error(), "400 unauthorized_client");
}

#[tokio::test]
async fn a_person_s_scopes_are_not_to_be_had() {
    let app = app().await;
    for scope in ["openid", "orders:read profile", "orders:delete", "\\"] {
        assert_eq!(ask(&app, &[("scope", scope)]).await.oauth_error(), "400 invalid_scope", "{scope}");
    }
}

#[tokio::test]
async fn it_says_nothing_about_anybody() {
    let app = app().await;
    let token: Value = ask(&app, &[]).await.json()["access_token"].clone();
    assert_eq!(app.site().userinfo(token.as_str().unwrap()).await.status, 401);
}
