//! Signing out: here, and at the provider as well (OIDC RP-Initiated Logout).

use std::collections::HashMap;

use http::StatusCode;
use url::Url;

use crate::support::Stage;
use crate::support::browser::Browser;

/// Presses "here and at Saoma"; returns the parameters of the logout request.
async fn leave(browser: &mut Browser) -> HashMap<String, String> {
    let answer = browser.post_form("/sign-out", "extent=provider").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let url = Url::parse(answer.location()).unwrap();
    assert_eq!(url.path(), "/logout");
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_account_says_how_the_reader_signed_in() {
    let stage = Stage::new().await;
    let page = stage.member().await.get("/account").await.body;
    for fact in [
        "a code scanned with your phone",
        "your phone’s own key, a second screen",
        "session-1",
        "Sign out here and at Saoma",
    ] {
        assert!(page.contains(fact), "{fact}");
    }
}

#[tokio::test]
async fn signing_out_here_tells_the_provider_nothing() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    assert_eq!(browser.post_form("/sign-out", "").await.location(), "/");
    assert!(browser.get("/account").await.location().starts_with("/sign-in"));
    assert!(stage.app.sessions.is_empty());
}

#[tokio::test]
async fn signing_out_at_the_provider_sends_the_hint_and_comes_back() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    let request = leave(&mut browser).await;
    assert_eq!(request["id_token_hint"].split('.').count(), 3);
    assert_eq!(request["client_id"], "demo-site");
    assert_eq!(request["post_logout_redirect_uri"], "http://localhost:8090/signed-out");
    assert!(browser.get("/account").await.location().starts_with("/sign-in"), "signed out already");
    let page = browser.get(&format!("/signed-out?state={}", request["state"])).await.body;
    assert!(page.contains("data-everywhere=\"true\""));
    let again = browser.get(&format!("/signed-out?state={}", request["state"])).await.body;
    assert!(again.contains("data-everywhere=\"false\""), "once");
}

#[tokio::test]
async fn a_way_back_with_another_state_claims_nothing() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    leave(&mut browser).await;
    for path in
        ["/signed-out", "/signed-out?state=", "/signed-out?state=made-up", "/signed-out?state=a&state=b"]
    {
        let page = browser.get(path).await;
        assert!(page.status == StatusCode::OK && page.body.contains("data-everywhere=\"false\""), "{path}");
    }
    let mut member = stage.member().await;
    assert_eq!(member.get("/signed-out?state=x").await.location(), "/account", "a link signs nobody out");
}

#[tokio::test]
async fn a_provider_without_logout_is_not_offered() {
    let stage = Stage::new().await;
    stage.provider.script(|script| script.takes_part_in_logout = false);
    let mut browser = stage.member().await;
    assert!(!browser.get("/account").await.body.contains("Sign out here and at Saoma"));
    assert_eq!(browser.post_form("/sign-out", "extent=provider").await.location(), "/");
    assert!(stage.app.sessions.is_empty());
}

#[tokio::test]
async fn another_site_s_page_signs_nobody_out() {
    let stage = Stage::new().await;
    let mut browser = stage.member().await;
    browser.origin = Some("http://evil.example".into());
    assert_eq!(browser.post_form("/sign-out", "extent=provider").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}
