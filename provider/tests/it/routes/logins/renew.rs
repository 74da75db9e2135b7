//! `POST /api/logins/{id}/renew`.

use axum::http::Method;
use serde_json::json;

use crate::support::{Ask, TestApp};

#[tokio::test]
async fn a_successor_has_the_same_request_and_new_secrets() {
    let app = TestApp::new().await;
    let (mut widget, phone) = (app.widget().start().await, app.phone().await);
    let (id, secret, qr) = (widget.id.clone(), widget.secret.clone(), widget.qr.clone());
    app.pass(120);
    let answer = widget.renew("expiry").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["login"]["renewals_left"]), (201, &json!(4)));
    widget.take(&answer.json());
    assert!(widget.id != id && widget.secret != secret && widget.qr != qr);
    assert_eq!(app.stored(&widget.id).await.request, app.stored(&id).await.request);
    assert_eq!(phone.scan(&qr).await.problem(), "410 login_expired", "the old code is dead");
    phone.approve(&widget.qr).await;
    assert_eq!(app.site().redeem(&widget.code().await).await.status, 200);
}

#[tokio::test]
async fn the_old_secret_opens_the_old_login_alone() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let old = widget.secret.clone();
    app.pass(120);
    let answer = widget.renew("request").await;
    widget.take(&answer.json());
    widget.secret = old;
    assert_eq!(widget.look().await.problem(), "404 unknown_login");
}

#[tokio::test]
async fn five_go_by_themselves_then_somebody_must_ask() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    for left in (0..5).rev() {
        app.pass(120);
        let answer = widget.renew("expiry").await;
        assert_eq!(answer.json()["login"]["renewals_left"], left);
        widget.take(&answer.json());
    }
    app.pass(120);
    let logins = app.logins().await;
    assert_eq!(widget.renew("expiry").await.problem(), "410 login_expired");
    assert_eq!(app.logins().await, logins);
    let asked = widget.renew("request").await.json();
    assert_eq!(asked["login"]["renewals_left"], 5, "the count starts again");
    widget.take(&asked);
    assert_eq!(widget.state().await, "waiting");
}

#[tokio::test]
async fn after_an_hour_the_site_must_ask_again() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    app.pass(3599);
    let answer = widget.renew("request").await;
    widget.take(&answer.json());
    app.pass(120);
    let logins = app.logins().await;
    for reason in ["expiry", "request"] {
        assert_eq!(widget.renew(reason).await.problem(), "410 login_expired", "{reason}");
    }
    assert_eq!((app.logins().await, widget.state().await.as_str()), (logins, "expired"));
}

#[tokio::test]
async fn what_is_under_way_or_done_is_not_renewed() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (waiting, scanned) = (app.widget().start().await, app.widget().start().await);
    let (confirmed, redeemed) = (app.widget().start().await, app.widget().start().await);
    phone.ticket(&scanned.qr).await;
    phone.approve(&confirmed.qr).await;
    phone.approve(&redeemed.qr).await;
    app.site().redeem(&redeemed.code().await).await;
    for widget in [&waiting, &scanned, &confirmed, &redeemed] {
        let stored = app.stored(&widget.id).await;
        for reason in ["expiry", "request"] {
            assert_eq!(widget.renew(reason).await.problem(), "409 still_active");
        }
        assert_eq!((app.stored(&widget.id).await, app.logins().await), (stored, 4));
    }
}

#[tokio::test]
async fn after_a_no_only_a_click_renews() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    phone.deny(&ticket).await;
    assert_eq!((widget.renew("expiry").await.status.as_u16(), app.logins().await), (410, 1));
    assert_eq!(widget.renew("request").await.status, 201);
}

#[tokio::test]
async fn on_our_own_page_the_successor_s_secret_is_in_a_cookie() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    app.pass(120);
    let path = format!("{}/renew", page.replace("/login/", "/api/logins/"));
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answer = browser.fetch(Method::POST, &path, &headers, r#"{"reason":"expiry"}"#).await;
    assert_eq!(answer.status, 201);
    let started = answer.json();
    assert!(started.get("browser_secret").is_none() && !answer.body.contains("saoma_browser_"));
    let page = format!("/login/{}", started["id"].as_str().unwrap());
    assert!(browser.qr(&page).await.starts_with(started["qr"]["prefix"].as_str().unwrap()));
}

#[tokio::test]
async fn a_reason_must_be_given() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.pass(120);
    for reason in ["", "because", "Expiry"] {
        assert_eq!(widget.renew(reason).await.problem(), "400 invalid_request");
    }
    let path = format!("/api/logins/{}/renew", widget.id);
    let secret = ("saoma-browser-secret", widget.secret.as_str());
    let untyped = app.call(Method::POST, &path, &[secret], r#"{"reason":"expiry"}"#).await;
    assert_eq!((untyped.problem().as_str(), app.logins().await), ("415 unsupported_media_type", 1));
    assert_eq!(widget.renew("expiry").await.status, 201);
}

#[tokio::test]
async fn of_one_request_one_login_is_open() {
    let app = TestApp::new().await;
    let (old, phone) = (app.widget().start().await, app.phone().await);
    let (mut first, mut second) = (old.beside(), old.beside());
    app.pass(120);
    first.take(&old.renew("request").await.json());
    let (seen, ()) = tokio::join!(first.wait(1), async {
        app.until_followed().await;
        second.take(&old.renew("request").await.json());
    });
    assert_eq!(seen.json()["state"], "cancelled", "who follows it is told");
    assert_eq!(phone.scan(&first.qr).await.problem(), "409 login_cancelled");
    phone.approve(&second.qr).await;
    assert_eq!(app.site().redeem(&second.code().await).await.status, 200);
}

#[tokio::test]
async fn once_confirmed_an_older_code_of_the_request_is_not_renewed() {
    let app = TestApp::new().await;
    let old = app.widget().start().await;
    let mut new = old.beside();
    app.pass(120);
    new.take(&old.renew("request").await.json());
    app.phone().await.approve(&new.qr).await;
    let (stored, logins) = (app.stored(&new.id).await, app.logins().await);
    assert_eq!(old.renew("request").await.problem(), "409 already_decided");
    assert_eq!((app.stored(&new.id).await, app.logins().await), (stored, logins));
    assert_eq!(app.site().redeem(&new.code().await).await.status, 200);
    assert_eq!(old.renew("request").await.problem(), "409 already_decided");
}
