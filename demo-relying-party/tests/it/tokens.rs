//! The account page, refreshing, and signing out.

use http::StatusCode;
use serde_json::json;

use crate::support::Stage;
use crate::support::provider::SUBJECT;

#[tokio::test]
async fn the_account_says_who_when_what_and_until_when() {
    let stage = Stage::new().await;
    let page = stage.member().await.get("/account").await.body;
    for fact in
        ["Lin &#60;Mei&#62;", "lin@example.com", SUBJECT, "offline_access", "15 January 2027, 07:59:55 UTC"]
    {
        assert!(page.contains(fact), "{fact} is not in {page}");
    }
    assert!(page.contains("2027-01-15T08:10:00Z"), "the access ends ten minutes after");
    assert!(!page.contains("access-0") && !page.contains("refresh-0"));
}

#[tokio::test]
async fn a_guest_is_asked_to_sign_in_first() {
    let stage = Stage::new().await;
    let answer = stage.browser().get("/account").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in?return_to=/account"));
}

#[tokio::test]
async fn refreshing_moves_the_expiry_and_rotates_the_token() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    for minutes in [5, 10] {
        stage.clock.turn(5 * 60);
        let answer = browser.post_form("/account/refresh", "").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"));
        let expiry = format!("2027-01-15T08:{}:00Z", minutes + 10);
        assert!(browser.get("/account").await.body.contains(&expiry));
    }
    assert!(browser.get("/account").await.body.contains("2 times"));
}

#[tokio::test]
async fn a_withdrawn_refresh_token_signs_out() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    stage.provider.script(|script| script.refuses_refresh = true);
    let page = browser.post_form("/account/refresh", "").await;
    assert_eq!((page.status, page.failure().as_deref()), (StatusCode::UNAUTHORIZED, Some("signed_out")));
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}

/// MUST: OIDC Core section 12.2: a refreshed ID token has the sub of the first one.
#[tokio::test]
async fn oidc_core_12_2_a_refreshed_id_token_about_somebody_else_signs_out() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    stage.provider.script(|script| script.claims = json!({ "sub": "somebody else" }));
    let page = browser.post_form("/account/refresh", "").await;
    assert_eq!(page.failure().as_deref(), Some("provider_refused"));
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_both_sides() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    let cookie = browser.cookie.clone();
    let answer = browser.post_form("/sign-out", "").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.cookie, None);
    browser.cookie = cookie;
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}

#[tokio::test]
async fn another_site_cannot_sign_out_refresh_or_begin() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    browser.origin = Some("https://evil.example".into());
    for path in ["/sign-out", "/account/refresh", "/sign-in"] {
        assert_eq!(browser.post_form(path, "").await.status, StatusCode::FORBIDDEN);
    }
    assert!(browser.get("/").await.body.contains("signed-in-name"));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    stage.clock.turn(12 * 60 * 60);
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}
