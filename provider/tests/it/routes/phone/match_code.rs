//! `POST /api/phone/match`: the digits that the browser shows come before consent, in one try.

use axum::http::Method;
use provider::login::match_code::MatchPolicy;
use serde_json::json;

use crate::support::{Ask, Phone, TestApp, Widget, site::more_sites};

/// A server that asks for the digits at each scan.
async fn strict() -> TestApp {
    TestApp::with(|config| config.match_code = MatchPolicy::Always).await
}

/// Other digits.
fn other(digits: &str) -> String {
    format!("{:02}", (digits.parse::<u32>().unwrap() + 1) % 100)
}

/// Asserts that a login is over because of wrong digits, for phone and browser.
async fn assert_over(phone: &Phone<'_>, widget: &Widget<'_>, ticket: &str, digits: &str) {
    for digits in [digits, &other(digits)] {
        assert_eq!(phone.match_digits(ticket, digits).await.problem(), "409 wrong_match_code");
    }
    assert_eq!(phone.confirm(ticket).await.problem(), "409 wrong_match_code");
    let view = widget.look().await.json();
    assert_eq!((&view["state"], &view["reason"]), (&json!("denied"), &json!("wrong_digits")));
    assert_eq!(view.get("match_code"), None);
    assert!(view["return_to"].as_str().unwrap().contains("error=access_denied"));
    assert_eq!(widget.result().await.problem(), "409 not_confirmed");
}

#[tokio::test]
async fn the_right_digits_let_the_person_go_on() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    assert_eq!(widget.look().await.json().get("match_code"), None, "nobody has scanned");
    let scanned = phone.scan(&widget.qr).await.json();
    assert_eq!(scanned["match_required"], true);
    let ticket = scanned["ticket"].as_str().unwrap();
    let view = widget.look().await.json();
    let digits = view["match_code"].as_str().unwrap();
    assert!(digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");

    let stored = app.stored(&widget.id).await;
    assert_eq!(phone.confirm(ticket).await.problem(), "409 match_needed");
    assert_eq!(app.stored(&widget.id).await, stored, "and nothing has changed");

    app.pass(50);
    let matched = phone.match_digits(ticket, digits).await;
    assert_eq!((matched.status.as_u16(), matched.json()), (200, json!({"expires_in": 60})));
    let after = widget.look().await.json();
    assert_eq!(
        (&after["state"], after.get("match_code")),
        (&json!("scanned"), None),
        "they have done their work"
    );
    assert!(after["version"].as_u64() > view["version"].as_u64(), "its browser is told");
    assert_eq!(phone.match_digits(ticket, digits).await.status, 200, "an answer may be lost");
    app.pass(50);
    assert_eq!(phone.confirm(ticket).await.status, 204);
    assert_eq!(widget.state().await, "confirmed");
}

#[tokio::test]
async fn wrong_digits_end_the_login() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let digits = widget.digits().await;
    assert_eq!(phone.match_digits(&ticket, &other(&digits)).await.problem(), "409 wrong_match_code");
    assert_over(&phone, &widget, &ticket, &digits).await;
}

#[tokio::test]
async fn wrong_digits_after_the_right_ones_end_it_too() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let digits = widget.digits().await;
    assert_eq!(phone.match_digits(&ticket, &digits).await.status, 200);
    assert_eq!(phone.match_digits(&ticket, &other(&digits)).await.problem(), "409 wrong_match_code");
    assert_over(&phone, &widget, &ticket, &digits).await;
}

#[tokio::test]
async fn what_is_not_two_digits_is_no_try() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let stored = app.stored(&widget.id).await;
    for odd in ["", "7", "123", "4a", " 7"] {
        assert_eq!(phone.match_digits(&ticket, odd).await.problem(), "400 invalid_request", "{odd}");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn another_phone_can_neither_match_nor_spoil() {
    let app = strict().await;
    app.add_account("mei").await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let digits = widget.digits().await;
    let stored = app.stored(&widget.id).await;
    for stranger in [app.phone().await, app.phone_of("mei").await] {
        for digits in [digits.clone(), other(&digits)] {
            assert_eq!(stranger.match_digits(&ticket, &digits).await.problem(), "403 invalid_ticket");
        }
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.match_digits(&ticket, &digits).await.status, 200);
}

/// Who scans a copy of a code has other digits than who looks at the first one: of twenty successors of one login, on phones by turns, no
/// two neighbours in ten tries may have the same. (That all are equal by chance is one in 10⁴⁰.)
#[tokio::test]
async fn each_scan_has_digits_of_its_own() {
    let app = strict().await;
    let phones = [app.phone().await, app.phone().await];
    let mut seen = std::collections::BTreeSet::new();
    for n in 0..20 {
        let widget = app.widget().start().await;
        phones[n % 2].ticket(&widget.qr).await;
        seen.insert(widget.digits().await);
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[tokio::test]
async fn the_time_for_the_digits_runs_out() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let digits = widget.digits().await;
    app.pass(60);
    assert_eq!(widget.look().await.json().get("match_code"), None);
    assert_eq!(phone.match_digits(&ticket, &digits).await.problem(), "410 login_expired");
}

#[tokio::test]
async fn declining_needs_no_digits() {
    let app = strict().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(phone.deny(&ticket).await.status, 204);
    let view = widget.look().await.json();
    assert_eq!((&view["state"], view.get("reason")), (&json!("denied"), None));
}

#[tokio::test]
async fn digits_that_nobody_asks_for_are_refused() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let scanned = phone.scan(&widget.qr).await.json();
    assert_eq!(scanned["match_required"], false);
    let ticket = scanned["ticket"].as_str().unwrap();
    assert_eq!(phone.match_digits(ticket, "00").await.problem(), "400 invalid_request");
    assert_eq!(phone.confirm(ticket).await.status, 204);
}

#[tokio::test]
async fn a_device_has_no_page_and_is_never_asked() {
    let app = strict().await;
    app.import(json!({
        "client_id": "tv", "client_name": "TV", "token_endpoint_auth_method": "none",
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "match_code": "always",
    }))
    .await;
    let started = app
        .call(
            Method::POST,
            "/device_authorization",
            &[("content-type", "application/x-www-form-urlencoded")],
            "client_id=tv&scope=openid",
        )
        .await
        .json();
    let body = json!({"user_code": started["user_code"]});
    let phone = app.phone().await;
    let scanned = phone.call(Method::POST, "/api/phone/scan", Some(body)).await.json();
    assert_eq!(scanned["match_required"], false);
    assert_eq!(phone.confirm(scanned["ticket"].as_str().unwrap()).await.status, 204);
}

/// Each policy of a site, against each of the server's.
#[tokio::test]
async fn a_site_s_policy_goes_before_the_server_s() {
    for (server, site, asked) in [
        (MatchPolicy::Never, None, false),
        (MatchPolicy::OnRisk, None, false),
        (MatchPolicy::Always, None, true),
        (MatchPolicy::Never, Some("always"), true),
        (MatchPolicy::Always, Some("never"), false),
        (MatchPolicy::Always, Some("on_risk"), false),
    ] {
        let app = TestApp::with(|config| config.match_code = server).await;
        let mut own = more_sites()[0].clone();
        own["allowed_origins"] = json!(["https://site.example"]);
        if let Some(policy) = site {
            own["match_code"] = json!(policy);
        }
        app.import(own).await;
        let widget = app.widget().start_with(&Ask::of("own")).await;
        let scanned = app.phone().await.scan(&widget.qr).await.json();
        assert_eq!(scanned["match_required"], asked, "{server:?} {site:?}");
    }
}

#[tokio::test]
async fn the_page_without_scripts_shows_them() {
    let app = strict().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    let ticket = phone.ticket(&qr).await;
    let shown = browser.get(&page).await.body;
    let digits = shown.split("match-code=\"").nth(1).unwrap()[..2].to_owned();
    let [first, second] = [&digits[..1], &digits[1..]];
    assert!(shown.contains("Type these digits on your phone"), "{shown}");
    assert!(shown.contains(&format!(">{first} {second}</span>")), "{shown}");

    assert_eq!(phone.match_digits(&ticket, &other(&digits)).await.status, 409);
    let ended = browser.get(&page).await.body;
    assert!(ended.contains("The digits did not match") && !ended.contains("match-code"), "{ended}");
}
