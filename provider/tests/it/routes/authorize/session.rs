//! The browser session that a login leaves.

use crate::support::{
    Ask, TestApp,
    site::{OWN_CLIENT, more_sites},
};

const COOKIE: &str = "__Host-saoma-session";

#[tokio::test]
async fn a_login_leaves_a_session_in_a_cookie_that_scripts_cannot_read() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let answer = browser.sign_in(&Ask::default(), &phone).await;
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    let [cookie] = cookies.as_slice() else { panic!("{cookies:?}") };
    assert!(cookie.starts_with(&format!("{COOKIE}=saoma_session_")), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn collecting_twice_gives_the_same_session() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    browser.approve(&page, &phone).await;
    let first = browser.get(&page).await;
    let cookie = browser.cookies[COOKIE].clone();
    let second = browser.get(&page).await;
    assert_eq!((first.code(), &cookie), (second.code(), &browser.cookies[COOKIE]));
}

#[tokio::test]
async fn the_provider_s_own_second_site_is_silent() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = browser.sign_in(&Ask::default(), &phone).await.code();
    let second = browser.try_ask(&Ask::of(OWN_CLIENT)).await.code();
    let first = app.site().redeem(&first).await.json();
    let second = app.site().redeem_as(OWN_CLIENT, &second).await;
    let sub = async |tokens: &serde_json::Value| {
        app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json()["sub"].clone()
    };
    assert_eq!(sub(&first).await, sub(&second).await);
}

#[tokio::test]
async fn a_session_ends_after_its_time() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    app.pass(24 * 3600 - 10);
    let silent = Ask::of(OWN_CLIENT).with("prompt", "none");
    browser.try_ask(&silent).await.code();
    app.pass(10);
    assert_eq!(browser.try_ask(&silent).await.error(), "login_required");
}

#[tokio::test]
async fn signing_in_again_as_the_same_person_goes_on_with_the_session_under_a_new_secret() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = browser.sign_in(&Ask::default(), &phone).await.code();
    let (old, sid) = (browser.cookies[COOKIE].clone(), sid_of(&app, &first).await);
    let again = browser.sign_in(&Ask::default().with("prompt", "login"), &phone).await.code();
    assert_eq!(sid_of(&app, &again).await, sid, "the site sees one session");
    let new = browser.cookies.insert(COOKIE.into(), old.clone()).unwrap();
    assert_ne!(old, new);
    let silent = Ask::default().with("prompt", "none");
    assert_eq!(browser.try_ask(&silent).await.error(), "login_required", "the old secret is dead");
}

#[tokio::test]
async fn signing_in_as_somebody_else_is_another_session() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (mut browser, lin, mei) = (app.browser(), app.phone().await, app.phone_of("mei").await);
    let first = browser.sign_in(&Ask::default(), &lin).await.code();
    let second = browser.sign_in(&Ask::default().with("prompt", "login"), &mei).await.code();
    assert_ne!(sid_of(&app, &first).await, sid_of(&app, &second).await);
}

#[tokio::test]
async fn a_widget_on_another_site_leaves_no_cookie() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    phone.approve(&widget.qr).await;
    assert_eq!(widget.result().await.header("set-cookie"), "");
}

#[tokio::test]
async fn a_made_up_session_is_none() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    for cookie in ["saoma_session_x", "", "saoma_session_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        browser.cookies.insert(COOKIE.into(), cookie.into());
        let answer = browser.try_ask(&Ask::default().with("prompt", "none")).await;
        assert_eq!(answer.error(), "login_required", "{cookie}");
    }
}

async fn sid_of(app: &TestApp, code: &str) -> serde_json::Value {
    let tokens = app.site().redeem(code).await.json();
    let token = tokens["id_token"].as_str().unwrap();
    let algorithm = jsonwebtoken::Algorithm::RS256;
    crate::support::id_token(app, token, algorithm, crate::support::site::CLIENT).await["sid"].clone()
}
