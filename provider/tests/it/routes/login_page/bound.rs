//! The page of a login that is bound to the browser's own key.

use axum::http::Method;

use crate::support::{Answer, Ask, Browser, BrowserKey, TestApp, site::REDIRECT_URI};

/// A login on a page, bound and confirmed.
async fn confirmed(app: &TestApp, browser: &mut Browser<'_>, key: &BrowserKey, ask: &Ask) -> String {
    let page = browser.ask(ask).await;
    assert_eq!(browser.bind(&page, key).await.status, 204);
    let qr = browser.qr(&page).await;
    app.phone().await.approve(&qr).await;
    page
}

/// Asserts that an answer hands out nothing: no code, no session, no way to the site.
fn assert_nothing(answer: &Answer) {
    let told = format!("{:?} {}", answer.headers, answer.body);
    assert!(!told.contains("saoma_code_") && !told.contains("saoma_session_"), "{told}");
    assert_eq!(answer.header("location"), "");
}

#[tokio::test]
async fn by_the_cookie_alone_the_page_delivers_nothing() {
    let app = TestApp::new().await;
    let (mut browser, key) = (app.browser(), BrowserKey::new());
    let page = confirmed(&app, &mut browser, &key, &Ask::default()).await;
    let mut thief = app.browser();
    thief.cookies = browser.cookies.clone();
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    for answer in [
        thief.get(&page).await,
        thief.post(&format!("{page}/result"), "").await,
        thief.post(&format!("{page}/result"), "proof=garbage").await,
        thief.collect(&page, &BrowserKey::new()).await,
        thief
            .fetch(
                Method::POST,
                &format!("{}/result", Browser::api(&page)),
                &[("sec-fetch-site", "same-origin")],
                "",
            )
            .await,
    ] {
        assert_nothing(&answer);
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, stored);
    let collected = browser.collect(&page, &key).await;
    assert!(
        collected.header("location").starts_with(&format!("{REDIRECT_URI}?code=saoma_code_")),
        "{collected:?}"
    );
    assert!(collected.header("set-cookie").starts_with("__Host-saoma-session="), "{collected:?}");
    let again = browser.collect(&page, &key).await;
    assert_eq!(again.header("location"), collected.header("location"), "a broken connection loses nothing");
}

#[tokio::test]
async fn its_page_has_a_form_that_may_lead_to_the_site() {
    let app = TestApp::new().await;
    let (mut browser, phone, key) = (app.browser(), app.phone().await, BrowserKey::new());
    let page = browser.ask(&Ask::default()).await;
    assert!(!browser.get(&page).await.body.contains(" bound"));
    browser.bind(&page, &key).await;
    assert!(browser.get(&page).await.body.contains(" bound"));
    let qr = browser.qr(&page).await;
    phone.approve(&qr).await;
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains(&format!(r#"action="{page}/result""#)), "{}", shown.body);
    assert!(
        shown.body.contains(&format!(r#"data-url="https://login.example{page}/result""#)),
        "{}",
        shown.body
    );
    assert!(shown.body.contains("/widget/collect.js") && !shown.body.contains("saoma.js"), "{}", shown.body);
    let policy = shown.header("content-security-policy");
    assert!(!policy.contains("form-action") && policy.contains("script-src 'self';"), "{policy}");
}

#[tokio::test]
async fn the_result_can_go_as_a_form_too() {
    let app = TestApp::new().await;
    let (mut browser, key) = (app.browser(), BrowserKey::new());
    let ask = Ask::default().with("response_mode", "form_post");
    let page = confirmed(&app, &mut browser, &key, &ask).await;
    let answer = browser.collect(&page, &key).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains(&format!(r#"action="{REDIRECT_URI}""#)) && answer.body.contains("saoma_code_")
    );
}

#[tokio::test]
async fn a_scanned_login_stays_bound() {
    let app = TestApp::new().await;
    let (mut browser, phone, key) = (app.browser(), app.phone().await, BrowserKey::new());
    let page = browser.ask(&Ask::default()).await;
    browser.bind(&page, &key).await;
    let qr = browser.qr(&page).await;
    assert_eq!(phone.scan(&qr).await.json()["browser"]["bound"], true);
    assert_eq!(browser.bind(&page, &BrowserKey::new()).await.problem(), "401 invalid_dpop_proof");
}

#[tokio::test]
async fn a_form_of_another_site_collects_nothing() {
    let app = TestApp::new().await;
    let (mut browser, key) = (app.browser(), BrowserKey::new());
    let page = confirmed(&app, &mut browser, &key, &Ask::default()).await;
    let path = format!("{page}/result");
    let proof = key.proof(&app, &path);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    let answer = browser.fetch(Method::POST, &path, &headers, &format!("proof={proof}")).await;
    assert_nothing(&answer);
    assert_eq!(browser.post(&path, &format!("proof={proof}")).await.status, 303, "its proof was not used up");
}

#[tokio::test]
async fn one_click_in_a_browser_that_is_signed_in_goes_by_the_same_page() {
    let app = TestApp::new().await;
    let (mut browser, phone, key) = (app.browser(), app.phone().await, BrowserKey::new());
    browser.sign_in(&Ask::default(), &phone).await;
    let page = browser.ask(&Ask::default().with("prompt", "consent")).await;
    browser.bind(&page, &key).await;
    let clicked = browser.post(&format!("{page}/continue"), "").await;
    assert_eq!((clicked.status.as_u16(), clicked.header("location")), (303, page.as_str()));
    assert_nothing(&browser.get(&page).await);
    assert!(browser.collect(&page, &key).await.header("location").contains("code=saoma_code_"));
}

#[tokio::test]
async fn a_click_after_the_time_renews_by_the_page_where_there_is_a_key() {
    let app = TestApp::new().await;
    let (mut browser, phone, key) = (app.browser(), app.phone().await, BrowserKey::new());
    browser.sign_in(&Ask::default(), &phone).await;
    let page = browser.ask(&Ask::default().with("prompt", "consent")).await;
    browser.bind(&page, &key).await;
    app.pass(120);
    let clicked = browser.post(&format!("{page}/continue"), "").await;
    assert_eq!(clicked.header("location"), page);
    let next = browser.get(&page).await.header("location").to_owned();
    browser.post(&format!("{next}/continue"), "").await;
    assert!(browser.collect(&next, &key).await.header("location").contains("code=saoma_code_"));
}
