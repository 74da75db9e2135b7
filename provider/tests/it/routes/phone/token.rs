//! `POST /api/phone/token`.

use axum::http::Method;
use provider::mock_phone::Secret;

use crate::support::{Phone, TestApp};

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn an_expired_access_token_is_refused_until_it_is_refreshed() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    app.pass(599);
    assert_eq!(phone.me().await.status, 200);
    app.pass(1);
    assert_eq!(phone.me().await.problem(), "401 invalid_token");
    assert_eq!(phone.refresh().await.status, 200);
    assert_eq!(phone.me().await.status, 200);
}

#[tokio::test]
async fn the_refresh_token_stays() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    let first = phone.refresh().await.json();
    let second = phone.refresh().await.json();
    assert_ne!(first["access_token"], second["access_token"]);
    assert!(first.get("refresh_token").is_none());
}

#[tokio::test]
async fn it_tells_when_the_device_was_last_seen() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    app.pass(1000);
    phone.refresh().await;
    let device = &phone.devices().await[0];
    let seen = ["enrolled_at", "last_seen_at"].map(|name| device[name].as_i64().unwrap());
    assert_eq!(seen[1] - seen[0], 1000);
}

#[tokio::test]
async fn another_key_gets_nothing() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    let mut thief = Phone::new(&app);
    thief.refresh_token = phone.refresh_token.clone();
    assert_eq!(thief.refresh().await.problem(), "401 invalid_token");
    let mut other = app.phone().await;
    other.refresh_token = phone.refresh_token.clone();
    assert_eq!(
        other.refresh().await.problem(),
        "401 invalid_token",
        "not even to the same person's other phone"
    );
    assert_eq!(phone.refresh().await.status, 200);
}

#[tokio::test]
async fn it_ends_after_180_days() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    app.pass(180 * DAY - 1);
    assert_eq!(phone.refresh().await.status, 200);
    app.pass(1);
    assert_eq!(phone.refresh().await.problem(), "401 invalid_token");
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    let good = phone.refresh_token.clone();
    for wrong in ["", "x", phone.access_token.clone().expose(), &format!("{}A", good.expose())] {
        phone.refresh_token = Secret::new(wrong);
        assert_eq!(phone.refresh().await.problem(), "401 invalid_token", "{wrong}");
    }
    phone.refresh_token = good;
    assert_eq!(phone.refresh().await.status, 200);
}

#[tokio::test]
async fn the_refresh_token_is_no_access_token() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    phone.access_token = phone.refresh_token.clone();
    assert_eq!(phone.me().await.problem(), "401 invalid_token");
}

#[tokio::test]
async fn rfc9449_a_bearer_may_not_use_a_bound_token() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let path = "/api/phone/me";
    let proof = phone.proof("GET", path, Some(&phone.access_token));
    let token = phone.access_token.expose();
    for authorization in
        [format!("Bearer {token}"), token.to_owned(), String::new(), format!("DPoP  {token}")]
    {
        let headers = [("authorization", authorization.as_str()), ("dpop", &proof)];
        let answer = app.call(Method::GET, path, &headers, "").await;
        assert_eq!(answer.problem(), "401 invalid_token", "{authorization}");
        assert_eq!(answer.header("www-authenticate"), r#"DPoP error="invalid_token", algs="ES256""#);
    }
    assert_eq!(phone.me().await.status, 200);
}
