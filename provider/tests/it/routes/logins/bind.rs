//! A login that is bound to its browser's own key: `DPoP` on `POST /api/logins`, `POST /api/logins/{id}/key`, and what collecting demands.

use axum::http::Method;
use serde_json::json;

use crate::support::{Answer, Ask, Browser, BrowserKey, TestApp, Widget};

/// Asserts that nothing is handed out, and that nothing changes.
async fn assert_kept(app: &TestApp, widget: &Widget<'_>, answer: Answer) {
    assert_eq!(answer.problem(), "401 invalid_dpop_proof");
    assert!(!answer.body.contains("saoma_code_"), "{answer:?}");
    let state = app.stored(&widget.id).await.state;
    assert!(matches!(state, provider::login::LoginState::Confirmed { .. }), "{state:?}");
}

#[tokio::test]
async fn a_widget_s_login_is_bound_from_its_start_and_the_phone_is_told() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let bound = app.stored(&widget.id).await.browser.key;
    assert_eq!(bound.unwrap().as_str(), widget.key.as_ref().unwrap().thumbprint());
    let phone = app.phone().await;
    assert_eq!(phone.scan(&widget.qr).await.json()["browser"]["bound"], true);
    let without = app.widget().without_key().start().await;
    assert_eq!(phone.scan(&without.qr).await.json()["browser"]["bound"], false);
}

#[tokio::test]
async fn the_result_goes_to_the_key_alone() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    // Id and browser secret are right, and copied: they collect nothing.
    assert_kept(&app, &widget, widget.result_with(None).await).await;
    assert_kept(&app, &widget, widget.result_with(Some(&BrowserKey::new())).await).await;
    let code = widget.code().await;
    assert_eq!(widget.code().await, code, "asked again with a proof of its own, the same");
    assert_eq!(
        widget.result_with(None).await.problem(),
        "401 invalid_dpop_proof",
        "also once it is delivered"
    );
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

#[tokio::test]
async fn a_proof_of_another_call_collects_nothing() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let key = widget.key.as_ref().unwrap();
    let path = format!("/api/logins/{}/result", widget.id);
    for proof in [key.proof(&app, "/api/logins"), key.proof(&app, &path.replace("result", "key")), "x".into()]
    {
        let headers =
            [("saoma-browser-secret", widget.secret.as_str()), ("origin", &widget.origin), ("dpop", &proof)];
        assert_kept(&app, &widget, app.call(Method::POST, &path, &headers, "").await).await;
    }
    assert_eq!(widget.result().await.status, 200);
}

#[tokio::test]
async fn a_used_proof_collects_nothing() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let path = format!("/api/logins/{}/result", widget.id);
    let proof = widget.key.as_ref().unwrap().proof(&app, &path);
    let headers =
        [("saoma-browser-secret", widget.secret.as_str()), ("origin", &widget.origin), ("dpop", &proof)];
    assert_eq!(app.call(Method::POST, &path, &headers, "").await.status, 200);
    let again = app.call(Method::POST, &path, &headers, "").await;
    assert_eq!(again.problem(), "401 invalid_dpop_proof");
}

#[tokio::test]
async fn a_bad_proof_starts_nothing() {
    let app = TestApp::new().await;
    let (body, key) = (Ask::default().json(), BrowserKey::new());
    let elsewhere = key.proof(&app, "/api/logins/x/key");
    let good = key.proof(&app, "/api/logins");
    app.pass(61);
    for proof in ["", "garbage", &elsewhere, &good] {
        let headers = [("origin", "https://site.example"), ("dpop", proof)];
        let answer = app.post_json("/api/logins?client_id=site", &headers, &body).await;
        assert_eq!(answer.problem(), "401 invalid_dpop_proof", "{proof}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://site.example",
            "the page may read why"
        );
    }
    assert_eq!(app.logins().await, 0);
}

#[tokio::test]
async fn a_login_that_waits_is_bound_once() {
    let app = TestApp::new().await;
    let (widget, key) = (app.widget().without_key().start().await, BrowserKey::new());
    assert_eq!(widget.bind(&key).await.status, 204);
    let bound = app.stored(&widget.id).await;
    assert_eq!(widget.bind(&key).await.status, 204, "the same key again");
    assert_eq!(widget.bind(&BrowserKey::new()).await.problem(), "401 invalid_dpop_proof");
    assert_eq!(app.stored(&widget.id).await, bound);
}

#[tokio::test]
async fn what_is_scanned_or_over_is_not_bound_any_more() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let start = async || app.widget().without_key().start().await;
    let (expired, cancelled) = (start().await, start().await);
    cancelled.cancel().await;
    app.pass(120);
    let scanned = start().await;
    phone.ticket(&scanned.qr).await;
    for (widget, problem) in [
        (&expired, "410 login_expired"),
        (&cancelled, "409 login_cancelled"),
        (&scanned, "409 already_scanned"),
    ] {
        assert_eq!(widget.bind(&BrowserKey::new()).await.problem(), problem);
        assert!(app.stored(&widget.id).await.browser.key.is_none());
    }
}

#[tokio::test]
async fn only_its_own_browser_binds_a_login_and_not_without_a_proof() {
    let app = TestApp::new().await;
    let (mut mine, mut other) = (app.browser(), app.browser());
    let page = mine.ask(&Ask::default()).await;
    other.ask(&Ask::default()).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    assert_eq!(other.bind(&page, &BrowserKey::new()).await.problem(), "404 unknown_login");
    let path = format!("{}/key", Browser::api(&page));
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(mine.fetch(Method::POST, &path, &own, "").await.problem(), "401 invalid_dpop_proof");
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, stored);
}

#[tokio::test]
async fn a_successor_inherits_the_key() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    app.pass(120);
    let renewed = widget.renew("expiry").await.json();
    widget.take(&renewed);
    app.phone().await.approve(&widget.qr).await;
    assert_kept(&app, &widget, widget.result_with(None).await).await;
    assert_eq!(widget.result().await.status, 200);
}

#[tokio::test]
async fn a_device_s_login_has_no_key() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "television", "client_name": "A television", "token_endpoint_auth_method": "none",
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
    }))
    .await;
    let started = app
        .call(
            Method::POST,
            "/device_authorization",
            &[("content-type", "application/x-www-form-urlencoded")],
            "client_id=television&scope=openid",
        )
        .await
        .json();
    let (id, secret) = started["device_code"].as_str().unwrap().split_once('.').unwrap();
    let path = format!("/api/logins/{id}/key");
    let proof = BrowserKey::new().proof(&app, &path);
    let answer =
        app.call(Method::POST, &path, &[("saoma-browser-secret", secret), ("dpop", &proof)], "").await;
    assert_eq!(answer.problem(), "404 unknown_login");
    let complete = started["verification_uri_complete"].as_str().unwrap();
    assert_eq!(complete.len(), "https://login.example/q/".len() + 22, "it is the handle alone");
    app.pass(500);
    assert_eq!(app.phone().await.scan(complete).await.status, 200, "and does not age");
}
