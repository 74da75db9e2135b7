//! `response_mode=form_post`.

use crate::support::{Ask, TestApp, site::REDIRECT_URI};

/// A hidden field's value.
fn field(page: &str, name: &str) -> Option<String> {
    let start = page.find(&format!(r#"name="{name}" value=""#))? + name.len() + 15;
    let end = page[start..].find('"')?;
    Some(page[start..start + end].to_owned())
}

/// MUST: OAuth 2.0 Form Post Response Mode section 2: the result is in the fields of a form that the browser posts to the redirect URI.
#[tokio::test]
async fn form_post_2_the_result_is_a_form() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let answer = browser.sign_in(&Ask::default().with("response_mode", "form_post"), &phone).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (200, ""));
    assert!(answer.body.contains(&format!(r#"<form method="post" action="{REDIRECT_URI}">"#)));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(field(&answer.body, "state").as_deref(), Some("the-state"));
    assert_eq!(field(&answer.body, "iss").as_deref(), Some("https://login.example"));
    let code = field(&answer.body, "code").unwrap();
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

/// MUST: OAuth 2.0 Form Post Response Mode section 2: an error is in the fields of such a form, too.
#[tokio::test]
async fn form_post_2_an_error_is_a_form_too() {
    let app = TestApp::new().await;
    let silent = Ask::default().with("response_mode", "form_post").with("prompt", "none");
    let answer = app.browser().try_ask(&silent).await;
    assert_eq!(field(&answer.body, "error").as_deref(), Some("login_required"));
    assert_eq!(field(&answer.body, "state").as_deref(), Some("the-state"));
}

#[tokio::test]
async fn a_declined_login_goes_back_as_a_form() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default().with("response_mode", "form_post")).await;
    let qr = browser.qr(&page).await;
    assert_eq!(browser.get(&format!("{page}/return")).await.status, 410, "it has not ended");
    let ticket = phone.ticket(&qr).await;
    assert_eq!(phone.deny(&ticket).await.status, 204);
    assert!(browser.get(&page).await.body.contains(&format!(r#"href="https://login.example{page}/return""#)));
    let answer = browser.get(&format!("{page}/return")).await;
    assert_eq!(field(&answer.body, "error").as_deref(), Some("access_denied"));
}

/// MUST: RFC 6749 section 10.14: the state comes back in a field of a form, and is no markup there.
#[tokio::test]
async fn rfc6749_10_14_what_is_in_the_form_is_escaped() {
    let app = TestApp::new().await;
    let state = r#""><script>alert(1)</script>"#;
    let silent =
        Ask::default().with("response_mode", "form_post").with("prompt", "none").with("state", state);
    let answer = app.browser().try_ask(&silent).await;
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
}

#[tokio::test]
async fn its_page_may_send_forms_anywhere_and_nothing_else() {
    let app = TestApp::new().await;
    let silent = Ask::default().with("response_mode", "form_post").with("prompt", "none");
    let answer = app.browser().try_ask(&silent).await;
    let policy = answer.header("content-security-policy");
    assert!(!policy.contains("form-action") && policy.starts_with("default-src 'none'; script-src 'self';"));
    let page = app.browser().ask(&Ask::default()).await;
    let other = app.browser().get(&page).await;
    assert!(other.header("content-security-policy").contains("form-action 'self'"));
}
