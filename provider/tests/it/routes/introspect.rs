//! `POST /introspect` (RFC 7662).

use axum::http::Method;
use serde_json::json;

use super::token::client_credentials;
use crate::support::{
    Answer, Ask, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, SECRET},
};

/// Asks about a token as this client.
pub(crate) async fn ask(app: &TestApp, client: &str, token: &str) -> Answer {
    let basic =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{client}:{SECRET}"));
    let basic = format!("Basic {basic}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", &basic)];
    app.call(Method::POST, "/introspect", &headers, &format!("token={token}")).await
}

/// MUST: RFC 7662 section 2.2: a token that is good is active, with what it is for and until when.
#[tokio::test]
async fn rfc7662_2_2_a_good_token_is_active() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let answer = ask(&app, CLIENT, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        ("application/json", "no-store")
    );
    let told = answer.json();
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!(CLIENT)));
    assert_eq!((&told["token_type"], &told["iss"]), (&json!("Bearer"), &json!("https://login.example")));
    assert_eq!(told["scope"], "openid profile email offline_access");
    for member in ["sub", "aud", "exp", "iat", "jti"] {
        assert!(!told[member].is_null(), "{member}");
    }
    assert!(told.get("grant").is_none());
    let refresh = ask(&app, CLIENT, tokens["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!((&refresh["active"], &refresh["token_type"]), (&json!(true), &json!("refresh_token")));
}

/// MUST: RFC 7662 section 2.2: of a token that is not active nothing is said but that.
#[tokio::test]
async fn rfc7662_2_2_of_another_token_nothing_is_said() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    app.site().refresh(refresh).await;
    for token in ["x", "a.b.c", refresh, tokens["id_token"].as_str().unwrap()] {
        assert_eq!(ask(&app, CLIENT, token).await.json(), json!({"active": false}), "{token}");
    }
    app.pass(600);
    assert_eq!(ask(&app, CLIENT, access).await.json(), json!({"active": false}));
}

/// MUST: RFC 7662 section 2.1: who asks proves who they are.
#[tokio::test]
async fn rfc7662_2_1_who_asks_proves_who_they_are() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for client in ["", &format!("&client_id={CLIENT}"), &format!("&client_id={PUBLIC_CLIENT}")] {
        let answer = app.call(Method::POST, "/introspect", &headers, &format!("token={token}{client}")).await;
        assert_eq!(answer.oauth_error(), "401 invalid_client");
    }
    let nothing = ask(&app, CLIENT, "").await;
    assert_eq!(nothing.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 7662 section 4: a token is shown to those that it concerns, so that nobody can find out about others' tokens.
#[tokio::test]
async fn rfc7662_4_a_token_is_shown_to_its_client_and_its_api_alone() {
    let app = client_credentials::app().await;
    let api = ("resource", "https://orders.example/api");
    let for_api = client_credentials::ask(&app, &[api]).await.json()["access_token"].clone();
    let for_us = client_credentials::ask(&app, &[]).await.json()["access_token"].clone();
    let active = async |client: &str, token: &serde_json::Value| {
        ask(&app, client, token.as_str().unwrap()).await.json()["active"].clone()
    };
    assert_eq!((active("robot", &for_api).await, active("api", &for_api).await), (json!(true), json!(true)));
    assert_eq!((active(CLIENT, &for_api).await, active("api", &for_us).await), (json!(false), json!(false)));
}
