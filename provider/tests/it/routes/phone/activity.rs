//! `GET /api/phone/activity`: a person sees what happened to their account, and nothing else.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Phone, START, TestApp};

async fn page(phone: &Phone<'_>, before: Option<&str>) -> Value {
    let query = before.map(|before| format!("?before={before}")).unwrap_or_default();
    // The proof names the address without its query (RFC 9449 section 4.2).
    let proof = phone.proof("GET", "/api/phone/activity", Some(&phone.access_token));
    let path = format!("/api/phone/activity{query}");
    let answer = phone.call_with(Method::GET, &path, None, &proof).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn kinds(page: &Value) -> Vec<&str> {
    let entries = page["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_login_leaves_its_steps_the_newest_first() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let widget = app.widget().start().await;
    phone.approve(&widget.qr).await;
    app.site().redeem(&widget.code().await).await;

    let page = page(&phone, None).await;
    assert_eq!(
        kinds(&page),
        ["signed_in", "login_confirmed", "login_scanned", "device_enrolled", "account_added"]
    );
    assert!(page.get("next").is_none(), "there is no more");
    let mut confirmed = page["entries"][1].clone();
    assert_eq!(confirmed["id"].take().as_str().unwrap().len(), 32);
    assert_eq!(
        confirmed,
        json!({"id": null, "at": START.seconds(), "kind": "login_confirmed", "site": "A site",
            "device": "A phone", "current_device": true, "address": "192.0.2.7"})
    );
}

#[tokio::test]
async fn nobody_sees_another_s() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (lin, kim) = (app.phone().await, app.phone_of("kim").await);
    let widget = app.widget().start().await;
    lin.approve(&widget.qr).await;
    assert_eq!(kinds(&page(&kim, None).await), ["device_enrolled", "account_added"]);
    let lin_s = page(&lin, None).await;
    let of_lin = lin_s["entries"][0]["id"].as_str().unwrap();
    assert_eq!(page(&kim, Some(of_lin)).await["entries"], json!([]), "not even by an entry's name");
}

#[tokio::test]
async fn other_phones_wrong_passwords_and_what_was_taken_back_are_told() {
    let app = TestApp::new().await;
    let (one, other) = (app.phone().await, app.phone().await);
    let widget = app.widget().start().await;
    let ticket = one.ticket(&widget.qr).await;
    one.deny(&ticket).await;
    let widget = app.widget().start().await;
    one.approve(&widget.qr).await;
    one.call(Method::DELETE, "/api/phone/sites/site", None).await;
    one.revoke(&other.device).await;
    Phone::new(&app).sign_in("lin", "a wrong one").await;

    let page = page(&one, None).await;
    assert_eq!(
        kinds(&page)[..7],
        [
            "sign_in_failed",
            "device_revoked",
            "consent_withdrawn",
            "login_confirmed",
            "login_scanned",
            "login_denied",
            "login_scanned"
        ]
    );
    assert_eq!(page["entries"][1]["current_device"], false, "it is the other that was revoked");
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for _ in 0..30 {
        let ticket = phone.ticket(&app.widget().start().await.qr).await;
        phone.deny(&ticket).await;
        app.pass(1);
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = page(&phone, before.as_deref()).await;
        let entries = page["entries"].as_array().unwrap().clone();
        assert!(entries.len() <= 50);
        seen.extend(entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        match page.get("next") {
            Some(next) => before = Some(next.as_str().unwrap().to_owned()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 62);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 62, "none twice");
    let proof = phone.proof("GET", "/api/phone/activity", Some(&phone.access_token));
    let odd = phone.call_with(Method::GET, "/api/phone/activity?before=odd", None, &proof).await;
    assert_eq!(odd.problem(), "400 invalid_request");
}
