//! Giving up a defence on the victim's behalf: no PKCE, no key, no scripts, letters in place of a picture, no digits.

use axum::http::Method;
use serde_json::json;

use crate::support::{Ask, BrowserKey, TestApp};

/// The attacker strips the challenge out of the request, so as to redeem the code without its verifier (RFC 9700 section 4.8.2). A verifier
/// without a challenge is refused, and so is the other way round.
#[tokio::test]
async fn a_challenge_that_was_stripped_is_noticed() {
    let app = TestApp::new().await;
    let stripped = Ask::default().without("code_challenge").without("code_challenge_method");
    let code = app.browser().sign_in(&stripped, &app.phone().await).await.code();
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
    let code = app.code(&Ask::default()).await;
    let without = Ask::redeem(&code).without("code_verifier");
    assert_eq!(app.site().token(&without).await.oauth_error(), "400 invalid_grant");
    let plain = Ask::default().with("code_challenge_method", "plain");
    assert_eq!(app.browser().try_ask(&plain).await.error(), "invalid_request");
}

/// Once a browser has a key, its cookie is worth nothing without it: asking as a browser without scripts would ask is no way round.
#[tokio::test]
async fn who_claims_to_have_no_scripts_gets_nothing_of_a_login_with_a_key() {
    let app = TestApp::new().await;
    let (mut browser, key) = (app.browser(), BrowserKey::new());
    let page = browser.ask(&Ask::default()).await;
    browser.bind(&page, &key).await;
    browser.approve(&page, &app.phone().await).await;
    let mut thief = app.browser();
    thief.cookies.clone_from(&browser.cookies);
    let answer = thief.get(&page).await;
    assert_eq!((answer.header("location"), answer.header("set-cookie")), ("", ""), "{answer:?}");
    assert!(!answer.body.contains("saoma_code_"));
    assert!(browser.collect(&page, &key).await.header("location").contains("code=saoma_code_"));
}

/// A browser that has no key is no secret of the attacker's: the phone says so, and asks for digits.
#[tokio::test]
async fn a_browser_without_a_key_is_a_risk() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    app.tokens_by(&phone).await;
    let usual = phone.scan(&app.widget().start().await.qr).await.json();
    assert_eq!(usual["match_required"], false, "{usual}");
    let bare = phone.scan(&app.widget().without_key().start().await.qr).await.json();
    assert_eq!((&bare["match_required"], &bare["browser"]["bound"]), (&json!(true), &json!(false)), "{bare}");
}

/// A check that is open is open whatever the phone says; there is no member that would leave it out.
#[tokio::test]
async fn a_phone_cannot_leave_the_digits_out() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let widget = app.widget().without_key().start().await;
    let ticket = phone.ticket(&widget.qr).await;
    for leave_out in [
        json!({"ticket": ticket}),
        json!({"ticket": ticket, "match_required": false}),
        json!({"ticket": ticket, "matched": true, "digits": null}),
    ] {
        let answer = phone.call(Method::POST, "/api/phone/confirm", Some(leave_out)).await;
        assert_eq!(answer.problem(), "409 match_needed");
    }
    assert_eq!(widget.state().await, "scanned");
}
