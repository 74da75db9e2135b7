//! `POST /api/logins`.

use axum::http::Method;
use provider::oauth::authorization_request::PkcePolicy;
use serde_json::json;

use crate::support::{
    Answer, Ask, START, TestApp,
    site::{CLIENT, ORIGIN, PUBLIC_CLIENT},
};

const PATH: &str = "/api/logins?client_id=site";
const JSON: (&str, &str) = ("content-type", "application/json");

/// Asserts that no login started, and that one can.
async fn assert_nothing_happened(app: &TestApp) {
    assert_eq!(app.logins().await, 0);
    assert_eq!(app.widget().try_start(&Ask::default()).await.status, 201);
}

async fn refused(app: &TestApp, ask: &Ask) -> Answer {
    let answer = app.widget().try_start(ask).await;
    assert_eq!(answer.problem(), "400 invalid_authorization_request");
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "the page may read why");
    answer
}

#[tokio::test]
async fn a_login_starts() {
    let app = TestApp::new().await;
    let answer = app.widget().try_start(&Ask::default()).await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (201, ""));
    let mut started = answer.json();
    let mut take = |name: &str| started[name].take().as_str().unwrap().to_owned();
    assert_eq!(take("id").len(), 32);
    assert!(take("browser_secret").starts_with("saoma_browser_"));
    let qr = started["qr"].take();
    assert!(qr["prefix"].as_str().unwrap().starts_with("https://login.example/q/"), "{qr}");
    assert_eq!((qr["key"].as_str().unwrap().len(), qr["age_ms"].as_u64()), (43, Some(0)));
    let login = json!({"state": "waiting", "version": 1, "expires_in": 120, "renewals_left": 5, "age_ms": 0});
    let rest = json!({
        "id": null, "browser_secret": null, "qr": null, "client_name": "A site",
        "server_time": START.seconds(), "login": login,
    });
    assert_eq!(started, rest);
}

#[tokio::test]
async fn every_login_has_secrets_of_its_own() {
    let app = TestApp::new().await;
    let (one, other) = (app.widget().start().await, app.widget().start().await);
    assert!(one.id != other.id && one.secret != other.secret && one.qr != other.qr);
}

#[tokio::test]
async fn the_store_holds_no_secret() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let ticket = app.phone().await.ticket(&widget.qr).await;
    let mut stored = Vec::new();
    for file in ["saoma.sqlite", "saoma.sqlite-wal"] {
        stored.extend(std::fs::read(app.directory.path().join(file)).unwrap());
    }
    let handle = &widget.qr.rsplit('/').next().unwrap()[..22];
    let key = widget.seed["key"].as_str().unwrap();
    for secret in [widget.secret.as_str(), &ticket, handle, key, &widget.secret[14..]] {
        assert!(!stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn an_unregistered_redirect_uri_is_refused() {
    let app = TestApp::new().await;
    let wrong = Ask::default().with("redirect_uri", "https://evil.example/callback");
    let answer = refused(&app, &wrong).await;
    assert_eq!(answer.json()["detail"], "the redirect_uri is not registered for this site");
    refused(&app, &Ask::default().without("redirect_uri")).await;
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    let app = TestApp::new().await;
    let body = Ask::default().with("client_id", "nobody").json();
    let answer = app.post_json("/api/logins?client_id=nobody", &[], &body).await;
    assert_eq!(answer.problem(), "400 invalid_authorization_request");
    let from_a_page = app.post_json("/api/logins?client_id=nobody", &[("origin", ORIGIN)], &body).await;
    assert_eq!(from_a_page.problem(), "403 origin_not_allowed");
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn rfc9700_plain_or_missing_pkce_is_refused() {
    let app = TestApp::new().await;
    refused(&app, &Ask::default().with("code_challenge_method", "plain")).await;
    refused(&app, &Ask::default().without("code_challenge_method")).await;
    let without = Ask::default().without("code_challenge").without("code_challenge_method");
    refused(&app, &without.clone().with("client_id", PUBLIC_CLIENT)).await;
    assert_nothing_happened(&app).await;
    let strict = TestApp::with(|config| config.pkce = PkcePolicy::AllClients).await;
    refused(&strict, &without).await;
    assert_nothing_happened(&strict).await;
}

#[tokio::test]
async fn what_authorize_refuses_is_refused_here_and_named() {
    let app = TestApp::new().await;
    for (name, value, error) in [
        ("prompt", "none", "login_required"),
        ("request", "x", "request_not_supported"),
        ("request_uri", "x", "request_uri_not_supported"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "admin", "invalid_scope"),
        (
            "claims",
            r#"{"id_token":{"acr":{"essential":true,"value":"urn:other"}}}"#,
            "unmet_authentication_requirements",
        ),
    ] {
        let answer = refused(&app, &Ask::default().with(name, value)).await;
        assert!(answer.json()["detail"].as_str().unwrap().starts_with(error), "{answer:?}");
    }
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn the_client_of_query_and_body_must_be_one() {
    let app = TestApp::new().await;
    let body = Ask::default().json();
    for query in ["?client_id=public", "", "?client_id=site&client_id=site"] {
        let answer = app.post_json(&format!("/api/logins{query}"), &[], &body).await;
        assert_eq!(answer.problem(), "400 invalid_authorization_request", "{query}");
    }
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let app = TestApp::new().await;
    let good = Ask::default().json().to_string();
    for body in ["", "{", "client_id=site", r#"{"client_id": 1}"#, "[]", "null", r#"{"state": {"a": "b"}}"#] {
        let answer = app.call(Method::POST, PATH, &[JSON], body).await;
        assert_eq!(answer.problem(), "400 invalid_request", "{body}");
    }
    let form = ("content-type", "application/x-www-form-urlencoded");
    let typed = app.call(Method::POST, PATH, &[form], &good).await;
    assert_eq!(typed.problem(), "415 unsupported_media_type");
    assert_eq!(app.call(Method::POST, PATH, &[], &good).await.problem(), "415 unsupported_media_type");
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = TestApp::new().await;
    let body = Ask::default().with("padding", &"x".repeat(17_000)).json();
    let answer = app.post_json(PATH, &[], &body).await;
    assert_eq!(answer.problem(), "413 body_too_large");
    assert_nothing_happened(&app).await;
}

#[tokio::test]
async fn a_member_twice_does_not_smuggle_a_second_value() {
    let app = TestApp::new().await;
    let good = Ask::default().json().to_string();
    let twice = good.replacen('{', r#"{"redirect_uri":"https://evil.example/","#, 1);
    let answer = app.call(Method::POST, PATH, &[JSON], &twice).await;
    let stored = app.stored(answer.json()["id"].as_str().unwrap()).await;
    assert_eq!(stored.request.redirect().unwrap().uri.as_str(), "https://site.example/callback");
    assert_eq!(stored.request.client.as_str(), CLIENT);
}
