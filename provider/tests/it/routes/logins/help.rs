//! `POST /api/logins/{id}/extend` and `POST /api/logins/{id}/typed-code`.

use serde_json::json;

use crate::support::{Answer, Ask, Browser, TestApp, claims_of};

/// An authorization request whose site takes a scan alone.
fn scan_alone() -> Ask {
    let claims = json!({"id_token": {"acr": {"essential": true, "value": "urn:saoma:acr:scan"}}});
    Ask::default().with("claims", &claims.to_string())
}

#[tokio::test]
async fn who_needs_more_time_has_the_family_s_hour() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.pass(100);
    let view = widget.extend().await.json();
    assert_eq!(
        (&view["state"], &view["extended"], &view["version"]),
        (&json!("waiting"), &json!(true), &json!(2))
    );
    assert_eq!(view["expires_in"], 3500);
    app.pass(3499 - 5);
    let phone = app.phone().await;
    assert_eq!(phone.scan(&widget.qr).await.problem(), "410 stale_qr", "its pictures die as any");
    assert_eq!(phone.scan(&widget.qr_now().await).await.json()["expires_in"], 600);
    app.pass(599);
    assert_eq!(widget.state().await, "scanned");
    app.pass(1);
    assert_eq!(widget.state().await, "expired");
}

#[tokio::test]
async fn a_second_click_changes_nothing() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    widget.extend().await;
    widget.type_code().await;
    let stored = app.stored(&widget.id).await;
    app.pass(5);
    assert_eq!(widget.extend().await.json()["extended"], true);
    assert!(widget.type_code().await.json()["user_code"].is_string());
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn who_follows_is_told() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let mut events = widget.events(None).await;
    let mut next = async || loop {
        let event = events.next().await.unwrap();
        if event.contains("event: login") {
            return event;
        }
    };
    assert!(!next().await.contains("extended"));
    widget.extend().await;
    assert!(next().await.contains(r#""extended":true"#));
    widget.type_code().await;
    assert!(next().await.contains(r#""user_code":""#));
}

#[tokio::test]
async fn a_code_to_type_does_what_a_scan_does() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    assert!(widget.look().await.json().get("user_code").is_none(), "not before it is asked for");
    let code = widget.type_code().await.json()["user_code"].as_str().unwrap().to_owned();
    assert_eq!(widget.look().await.json()["user_code"], code, "a page that is loaded again shows it again");
    app.pass(60);
    let typed = phone.type_code(&code.to_lowercase().replace('-', " ")).await;
    let ticket = typed.json()["ticket"].as_str().unwrap().to_owned();
    assert!(widget.look().await.json().get("user_code").is_none(), "it is used up");
    assert_eq!(phone.type_code(&code).await.problem(), "409 already_scanned");
    assert_eq!(phone.match_digits(&ticket, &widget.digits().await).await.status, 200);
    assert_eq!(phone.confirm(&ticket).await.status, 204);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let claims = claims_of(&tokens["id_token"]);
    assert_eq!(claims["acr"], "urn:saoma:acr:typed-code");
}

#[tokio::test]
async fn every_login_has_a_code_of_its_own_that_the_store_does_not_hold() {
    let app = TestApp::new().await;
    let (one, other) = (app.widget().start().await, app.widget().start().await);
    let code = async |answer: Answer| answer.json()["user_code"].as_str().unwrap().to_owned();
    let (first, second) = (code(one.type_code().await).await, code(other.type_code().await).await);
    assert_ne!(first, second);
    for file in ["saoma.sqlite", "saoma.sqlite-wal"] {
        let stored = std::fs::read(app.directory.path().join(file)).unwrap();
        for text in [first.clone(), first.replace('-', "")] {
            assert!(!stored.windows(text.len()).any(|bytes| bytes == text.as_bytes()), "{text}");
        }
    }
}

#[tokio::test]
async fn what_is_scanned_or_over_is_not_helped() {
    let app = TestApp::new().await;
    let (scanned, cancelled) = (app.widget().start().await, app.widget().start().await);
    app.phone().await.ticket(&scanned.qr).await;
    cancelled.cancel().await;
    for (widget, problem) in [(&scanned, "409 already_scanned"), (&cancelled, "409 login_cancelled")] {
        let stored = app.stored(&widget.id).await;
        assert_eq!(widget.extend().await.problem(), problem);
        assert_eq!(widget.type_code().await.problem(), problem);
        assert_eq!(app.stored(&widget.id).await, stored);
    }
    let expired = app.widget().start().await;
    app.pass(120);
    assert_eq!(expired.extend().await.problem(), "410 login_expired", "it is too late for more time");
}

#[tokio::test]
async fn only_its_own_browser_may_ask() {
    let app = TestApp::new().await;
    let (mut widget, other) = (app.widget().start().await, app.widget().start().await);
    let stored = app.stored(&widget.id).await;
    widget.secret.clone_from(&other.secret);
    assert_eq!(widget.extend().await.problem(), "404 unknown_login");
    assert_eq!(widget.type_code().await.problem(), "404 unknown_login");
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn a_successor_has_what_was_asked_for() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let code = widget.type_code().await.json()["user_code"].clone();
    widget.extend().await;
    widget.cancel().await;
    app.pass(600);
    let renewed = widget.renew("request").await.json();
    assert_eq!(
        (&renewed["login"]["extended"], &renewed["login"]["expires_in"]),
        (&json!(true), &json!(3000))
    );
    assert!(renewed["login"]["user_code"].is_string() && renewed["login"]["user_code"] != code, "{renewed}");
    widget.take(&renewed);
    assert_eq!(app.phone().await.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn where_the_site_takes_a_scan_alone_no_code_is_offered() {
    let app = TestApp::new().await;
    let widget = app.widget().start_with(&scan_alone()).await;
    let stored = app.stored(&widget.id).await;
    assert_eq!(widget.type_code().await.problem(), "403 typed_code_refused");
    assert_eq!(app.stored(&widget.id).await, stored);
    let mut browser = app.browser();
    let page = browser.ask(&scan_alone()).await;
    let shown = browser.get(&page).await.body;
    assert!(!shown.contains("Type a code instead") && shown.contains("I need more time"), "{shown}");
}

#[tokio::test]
async fn the_page_s_forms_do_the_same() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let shown = browser.get(&page).await.body;
    assert!(shown.contains("I need more time") && shown.contains("Type a code instead"), "{shown}");
    assert!(shown.contains(">2:00<"));
    for form in ["extend", "typed-code"] {
        let answer = browser.post(&format!("{page}/{form}"), "").await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, page.as_str()));
    }
    app.pass(3000);
    let shown = browser.get(&page).await.body;
    let code = browser.fetch(axum::http::Method::GET, &Browser::api(&page), &[], "").await.json();
    assert!(shown.contains("Take your time") && !shown.contains("I need more time"), "{shown}");
    assert!(shown.contains(&format!(">{}</span>", code["user_code"].as_str().unwrap())), "{shown}");
    assert!(shown.contains(r#"role="timer"></span>"#), "nothing counts down");
    let qr = browser.qr(&page).await;
    assert_eq!(app.phone().await.scan(&qr).await.status, 200);
}

#[tokio::test]
async fn what_comes_too_late_for_a_form_is_shown_by_the_page() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    browser.post(&format!("{page}/cancel"), "").await;
    for form in ["extend", "typed-code"] {
        assert_eq!(browser.post(&format!("{page}/{form}"), "").await.header("location"), page);
    }
    assert!(browser.get(&page).await.body.contains("Sign-in cancelled"));
}
