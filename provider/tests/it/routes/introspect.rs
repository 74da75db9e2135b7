//! `POST /introspect` (RFC 7662).

use axum::http::Method;
use serde_json::json;

use super::token::client_credentials;
use crate::support::{
    Answer, Ask, SiteKey, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, SECRET, basic},
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

/// MUST: RFC 7662 section 2.1: a wrong hint costs nothing: the token is looked for among all kinds.
#[tokio::test]
async fn rfc7662_2_1_a_wrong_hint_is_no_obstacle() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    for (kind, hint) in
        [("access_token", "refresh_token"), ("refresh_token", "access_token"), ("access_token", "pat")]
    {
        let form = Ask::bare().with("token", tokens[kind].as_str().unwrap()).with("token_type_hint", hint);
        let told = app.post_form("/introspect", &[("authorization", &basic(CLIENT))], &form).await.json();
        assert_eq!(told["active"], true, "{kind} as {hint}");
    }
}

/// MUST: RFC 7662 section 2.1: the token is POSTed, and without one it is an error.
#[tokio::test]
async fn rfc7662_2_1_the_token_is_posted() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.get(&format!("/introspect?token={token}")).await.status, 405);
    let credentials = basic(CLIENT);
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("authorization", credentials.as_str())];
    let in_query = app.call(Method::POST, &format!("/introspect?token={token}"), &headers, "").await;
    assert_eq!(in_query.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 7662 section 2.3: who fails to prove who they are is answered 401; a token that is not good is no error.
#[tokio::test]
async fn rfc7662_2_3_a_bad_token_is_no_error_and_a_bad_credential_is() {
    let app = TestApp::new().await;
    let unknown = basic("nobody");
    let form = Ask::bare().with("token", "x");
    let refused = app.post_form("/introspect", &[("authorization", &unknown)], &form).await;
    assert_eq!(refused.oauth_error(), "401 invalid_client");
    assert!(refused.header("www-authenticate").starts_with("Basic "));
    let none = ask(&app, CLIENT, "x").await;
    assert_eq!((none.status.as_u16(), none.json()), (200, json!({"active": false})));
}

/// MUST: RFC 7662 section 4: a token that was revoked, or whose grant was taken back, is not active.
#[tokio::test]
async fn rfc7662_4_what_was_taken_back_is_not_active() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let tokens = app.tokens(&Ask::default()).await;
    assert_eq!(phone.withdraw(CLIENT).await.status, 204);
    for kind in ["access_token", "refresh_token"] {
        let told = ask(&app, CLIENT, tokens[kind].as_str().unwrap()).await.json();
        assert_eq!(told, json!({"active": false}), "{kind}");
    }
}

/// MUST: RFC 7662 section 4: a refresh token whose time is over is not active.
#[tokio::test]
async fn rfc7662_4_what_has_expired_is_not_active() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    app.pass(30 * 24 * 3600 - 1);
    assert_eq!(ask(&app, CLIENT, refresh).await.json()["active"], true);
    app.pass(1);
    assert_eq!(ask(&app, CLIENT, refresh).await.json(), json!({"active": false}));
}

/// MUST: RFC 9449 section 6.2: of a token that is bound to a key, introspection tells the key, and the type DPoP.
#[tokio::test]
async fn rfc9449_6_2_a_bound_token_names_its_key() {
    let app = TestApp::new().await;
    let (key, code) = (SiteKey::es256(), app.code(&Ask::default()).await);
    let proof = key.proof(&app, ("POST", "/token"));
    let credentials = basic(CLIENT);
    let headers = [("authorization", credentials.as_str()), ("dpop", proof.as_str())];
    let tokens = app.post_form("/token", &headers, &Ask::redeem(&code)).await.json();
    let told = ask(&app, CLIENT, tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!((&told["token_type"], &told["cnf"]), (&json!("DPoP"), &json!({"jkt": key.thumbprint()})));
}
