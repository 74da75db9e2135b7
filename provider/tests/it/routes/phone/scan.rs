//! `POST /api/phone/scan`.

use std::time::Duration;

use provider::{app::App, login::qr, random::Random};
use serde_json::json;

use crate::support::{Ask, START, TestApp, Widget};

/// Asserts that a scan is refused and changes nothing.
async fn assert_refused(app: &TestApp, widget: &Widget<'_>, problem: &str) {
    let stored = app.stored(&widget.id).await;
    assert_eq!(app.phone().await.scan(&widget.qr).await.problem(), problem);
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn it_tells_who_asks_for_what_and_from_where() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    app.pass(7);
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    app.pass(5);
    let mut scanned = phone.scan(&qr).await.json();
    assert!(scanned["ticket"].take().as_str().unwrap().starts_with("saoma_ticket_"));
    let scope = |name: &str, optional: bool| json!({"name": name, "optional": optional, "granted": false});
    let scopes = ["openid", "profile", "email", "offline_access"].map(|name| scope(name, name != "openid"));
    let site = json!({
        "name": "A site", "verified": false, "host": "site.example", "consent": true,
        "scopes": scopes,
    });
    let asked_at = START.seconds() + 7;
    let browser =
        json!({"name": "Chrome on Linux", "address": "192.0.2.7", "started_at": asked_at, "bound": false});
    let account = json!({"name": "lin", "display_name": "Lin Example"});
    let told = json!({
        "ticket": null, "expires_in": 60, "account": account, "site": site, "browser": browser,
        "signs": ["browser_without_key", "first_time_at_site", "same_network"], "match_required": true,
    });
    assert_eq!(scanned, told);
}

#[tokio::test]
async fn what_is_no_sign_in_code_is_refused() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let stored = app.stored(&widget.id).await;
    let (secret, short) = (widget.qr.rsplit('/').next().unwrap(), &widget.qr[..widget.qr.len() - 1]);
    let (padded, undated) = (format!("{} ", widget.qr), &widget.qr[..widget.qr.len() - 12]);
    for text in
        ["", "hello", "WIFI:S:home;P:secret;;", secret, short, undated, &padded, "https://login.example/q/"]
    {
        assert_eq!(phone.scan(text).await.problem(), "400 malformed_qr", "{text}");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn another_server_s_code_is_refused() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let stored = app.stored(&widget.id).await;
    for other in ["https://evil.example", "http://login.example", "https://login.example:8443"] {
        let qr = widget.qr.replace("https://login.example", other);
        assert_eq!(phone.scan(&qr).await.problem(), "403 foreign_qr", "{qr}");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn an_unknown_code_is_refused() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    for length in [22, 36] {
        let unknown = format!("https://login.example/q/{}", "A".repeat(length));
        assert_eq!(app.phone().await.scan(&unknown).await.problem(), "404 unknown_qr");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn a_picture_of_a_code_is_dead_after_eight_seconds_and_the_screen_is_not() {
    let app = TestApp::new().await;
    let (in_time, late) = (app.widget().start().await, app.widget().start().await);
    let phone = app.phone().await;
    app.clock.advance(Duration::from_millis(7_999));
    assert_eq!(phone.scan(&in_time.qr).await.status, 200);
    app.clock.advance(Duration::from_millis(1));
    assert_refused(&app, &late, "410 stale_qr").await;
    app.pass(92);
    assert_refused(&app, &late, "410 stale_qr").await;
    assert_eq!(phone.scan(&late.qr_now().await).await.status, 200);
}

#[tokio::test]
async fn how_long_a_picture_is_good_is_the_operator_s_to_say() {
    let app = TestApp::with(|config| config.lifetimes.qr_frame = Duration::from_secs(30)).await;
    let widget = app.widget().start().await;
    app.pass(29);
    assert_eq!(app.phone().await.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn a_browser_s_clock_may_be_one_frame_ahead_and_no_more() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    app.pass(10);
    let stored = app.stored(&widget.id).await;
    assert_eq!(phone.scan(&widget.qr_at(14_000)).await.problem(), "410 stale_qr");
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr_at(12_000)).await.status, 200);
}

#[tokio::test]
async fn a_picture_cannot_be_dated_anew() {
    let app = TestApp::new().await;
    let (widget, other) = (app.widget().start().await, app.widget().start().await);
    let phone = app.phone().await;
    app.pass(60);
    let stored = app.stored(&widget.id).await;
    let handle = &widget.qr[..46];
    let (fresh, foreign) = (widget.qr_now().await, other.qr_now().await);
    let mut flipped = fresh.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    for forged in [
        // The frame of now with the old mac, the stamp of another login, a mac that is nearly right.
        format!("{handle}{}{}", &fresh[46..48], &widget.qr[48..]),
        format!("{handle}{}", &foreign[46..]),
        flipped,
        // A device's code has no date; a browser's must have one.
        handle.to_owned(),
    ] {
        assert_eq!(phone.scan(&forged).await.problem(), "404 unknown_qr", "{forged}");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&fresh).await.status, 200);
}

#[tokio::test]
async fn another_server_on_the_same_store_knows_the_code() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.pass(4);
    let login = app.stored(&widget.id).await;
    let again =
        App::new(app.app.config.clone(), app.app.store.clone(), app.app.clock.clone(), Random::seeded(7));
    let text = qr::text(&again.await.unwrap(), &login, app.app.clock.now());
    assert_eq!(text, widget.qr_now().await);
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let app = TestApp::new().await;
    let (last, late) = (app.widget().start().await, app.widget().start().await);
    app.pass(119);
    assert_eq!(app.phone().await.scan(&last.qr_now().await).await.status, 200);
    app.pass(1);
    assert_refused(&app, &late, "410 login_expired").await;
}

#[tokio::test]
async fn a_scanned_code_is_refused_even_to_the_phone_that_scanned_it() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    assert_refused(&app, &widget, "409 already_scanned").await;
    assert_eq!(phone.scan(&widget.qr).await.problem(), "409 already_scanned");
    assert_eq!(phone.confirm(&ticket).await.status, 204, "the first scan's ticket is as good as before");
}

#[tokio::test]
async fn a_scanned_code_whose_time_ran_out_is_refused() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.ticket(&widget.qr).await;
    app.pass(60);
    assert_refused(&app, &widget, "410 login_expired").await;
}

#[tokio::test]
async fn a_decided_login_s_code_is_refused() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (confirmed, denied) = (app.widget().start().await, app.widget().start().await);
    let redeemed = app.widget().start().await;
    phone.approve(&confirmed.qr).await;
    let ticket = phone.ticket(&denied.qr).await;
    phone.deny(&ticket).await;
    phone.approve(&redeemed.qr).await;
    app.site().redeem(&redeemed.code().await).await;
    for widget in [&confirmed, &denied, &redeemed] {
        assert_refused(&app, widget, "409 already_decided").await;
    }
    assert_eq!(confirmed.result().await.status, 200);
}

#[tokio::test]
async fn a_cancelled_login_s_code_is_refused() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    widget.cancel().await;
    assert_refused(&app, &widget, "409 login_cancelled").await;
}
