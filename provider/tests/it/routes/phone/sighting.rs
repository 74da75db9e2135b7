//! `POST /api/phone/sighting`, and the scan that brings what it answered.

use std::time::Duration;

use axum::http::Method;
use provider::login::LoginState;
use serde_json::json;

use crate::support::{Answer, PASSWORD, Phone, TestApp, Widget};

fn sighting(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["sighting"].as_str().unwrap().to_owned()
}

/// A phone that has seen a code in time, and on which its owner has signed in since.
async fn late_phone<'a>(app: &'a TestApp, widget: &Widget<'_>) -> (Phone<'a>, String) {
    let mut phone = Phone::new(app);
    let sighting = sighting(&phone.note(&widget.qr).await);
    app.pass(60);
    assert_eq!(phone.sign_in("lin", PASSWORD).await.status, 201);
    (phone, sighting)
}

/// Asserts that a code is stale, and that nothing has changed.
async fn assert_stale(app: &TestApp, widget: &Widget<'_>, answer: Answer) {
    assert_eq!(answer.problem(), "410 stale_qr");
    assert!(matches!(app.stored(&widget.id).await.state, LoginState::Waiting { .. }));
}

#[tokio::test]
async fn who_opens_a_code_and_then_signs_in_scans_it() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    let (phone, sighting) = late_phone(&app, &widget).await;
    assert_eq!(app.stored(&widget.id).await, stored, "it is noted nowhere");
    assert_stale(&app, &widget, phone.scan(&widget.qr).await).await;
    assert_eq!(phone.scan_seen(&widget.qr, &sighting).await.status, 200);
    assert_eq!(phone.scan_seen(&widget.qr, &sighting).await.problem(), "409 already_scanned");
}

#[tokio::test]
async fn a_picture_that_was_sent_on_cannot_be_noted() {
    let app = TestApp::new().await;
    let (in_time, late) = (app.widget().start().await, app.widget().start().await);
    let phone = Phone::new(&app);
    app.clock.advance(Duration::from_millis(7_999));
    sighting(&phone.note(&in_time.qr).await);
    app.clock.advance(Duration::from_millis(1));
    assert_stale(&app, &late, phone.note(&late.qr).await).await;
    assert_stale(&app, &late, phone.note(&late.qr_at(12_000)).await).await;
    sighting(&phone.note(&late.qr_now().await).await);
}

/// The attacker's machine sees each frame in time, and has it noted for a key of its own. That makes the picture no fresher for the victim.
#[tokio::test]
async fn it_is_of_no_use_to_another_key() {
    let app = TestApp::new().await;
    let (widget, victim) = (app.widget().start().await, app.phone().await);
    let attacker = Phone::new(&app);
    let noted = sighting(&attacker.note(&widget.qr).await);
    app.pass(60);
    assert_stale(&app, &widget, victim.scan_seen(&widget.qr, &noted).await).await;
}

#[tokio::test]
async fn it_is_of_no_use_for_another_code() {
    let app = TestApp::new().await;
    let (seen, other) = (app.widget().start().await, app.widget().start().await);
    let (phone, noted) = late_phone(&app, &seen).await;
    assert_stale(&app, &other, phone.scan_seen(&other.qr, &noted).await).await;
    // Of the same login, too, it is the frame of then that counts.
    let of_now = seen.qr_now().await;
    assert_stale(&app, &seen, phone.scan_seen(&of_now, &noted).await).await;
    assert_eq!(phone.scan_seen(&of_now, "").await.status, 200, "without a good one it is a scan like any");
}

#[tokio::test]
async fn a_forged_one_is_none() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let (phone, noted) = late_phone(&app, &widget).await;
    let (millis, mac) = noted.split_once('.').unwrap();
    let later = millis.parse::<i64>().unwrap() + 1;
    for forged in [
        String::new(),
        millis.to_owned(),
        format!("{millis}."),
        format!("{later}.{mac}"),
        format!("{millis}.{}", &mac[1..]),
        format!("{millis}.{}{}", if mac.starts_with('A') { 'B' } else { 'A' }, &mac[1..]),
        format!("{}.{mac}", i64::MAX),
    ] {
        assert_stale(&app, &widget, phone.scan_seen(&widget.qr, &forged).await).await;
    }
    assert_eq!(phone.scan_seen(&widget.qr, &noted).await.status, 200);
}

#[tokio::test]
async fn it_is_good_for_ten_minutes_and_no_longer_than_its_login() {
    let app = TestApp::new().await;
    let (usual, extended) = (app.widget().start().await, app.widget().start().await);
    extended.extend().await;
    let mut phone = Phone::new(&app);
    let of = async |widget: &Widget<'_>| sighting(&phone.note(&widget.qr).await);
    let (first, second) = (of(&usual).await, of(&extended).await);
    phone.sign_in("lin", PASSWORD).await;
    app.pass(599);
    phone.refresh().await;
    assert_eq!(phone.scan_seen(&usual.qr, &first).await.problem(), "410 login_expired");
    app.pass(1);
    assert_stale(&app, &extended, phone.scan_seen(&extended.qr, &second).await).await;
}

#[tokio::test]
async fn nothing_is_said_of_what_became_of_the_login() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (waiting, cancelled) = (app.widget().start().await, app.widget().start().await);
    let (scanned, confirmed) = (app.widget().start().await, app.widget().start().await);
    cancelled.cancel().await;
    phone.ticket(&scanned.qr).await;
    phone.approve(&confirmed.qr).await;
    for widget in [&waiting, &cancelled, &scanned, &confirmed] {
        let stored = app.stored(&widget.id).await;
        let answer = Phone::new(&app).note(&widget.qr).await;
        let members: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!((answer.status.as_u16(), members), (200, vec!["expires_in".into(), "sighting".into()]));
        assert_eq!(app.stored(&widget.id).await, stored);
    }
    app.pass(8);
    for widget in [&waiting, &cancelled, &scanned, &confirmed] {
        assert_eq!(Phone::new(&app).note(&widget.qr).await.problem(), "410 stale_qr");
    }
}

#[tokio::test]
async fn what_is_no_code_of_ours_is_refused() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let phone = Phone::new(&app);
    let unknown = format!("https://login.example/q/{}", "A".repeat(36));
    let foreign = widget.qr.replace("login.example", "evil.example");
    for (code, problem) in [
        ("hello", "400 malformed_qr"),
        (&foreign, "403 foreign_qr"),
        (&unknown, "404 unknown_qr"),
        (&widget.qr[..46], "404 unknown_qr"),
    ] {
        assert_eq!(phone.note(code).await.problem(), problem, "{code}");
    }
    let body = json!({"qr": widget.qr}).to_string();
    let headers = [("content-type", "application/json")];
    let answer = app.call(Method::POST, "/api/phone/sighting", &headers, &body).await;
    assert_eq!(answer.problem(), "401 invalid_dpop_proof");
}

#[tokio::test]
async fn a_code_to_type_has_none() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let body = json!({"user_code": "WDJB-MJHT", "sighting": "1.x"});
    let answer = phone.call(Method::POST, "/api/phone/scan", Some(body)).await;
    assert_eq!(answer.problem(), "400 invalid_request");
}
