//! The cookie that says "I started it".

use axum::http::Method;
use provider::{config::Issuer, secret::BrowserSecret};

use crate::support::{Answer, Ask, TestApp};

/// What the page of a login that is not this browser's looks like, whether or not it exists.
fn assert_not_open_here(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (404, ""), "{answer:?}");
    assert!(answer.body.contains("This sign-in is not open here"), "{}", answer.body);
}

#[tokio::test]
async fn under_https_it_is_a_host_cookie() {
    let app = TestApp::new().await;
    let answer = app.get(&format!("/authorize?{}", Ask::default().query())).await;
    let (value, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600");
    let (name, secret) = value.split_once('=').unwrap();
    assert_eq!(name.replace("__Host-saoma-login-", "/login/"), answer.header("location"));
    assert!(BrowserSecret::parse(secret).is_some(), "{secret} is the browser secret and nothing else");
}

#[tokio::test]
async fn on_plain_http_to_this_machine_it_has_a_plain_name() {
    let app = TestApp::with(|config| config.issuer = Issuer::parse("http://localhost:8080").unwrap()).await;
    let mut browser = app.browser();
    let answer = browser.get(&format!("/authorize?{}", Ask::default().query())).await;
    assert!(answer.header("set-cookie").starts_with("saoma-login-"), "{answer:?}");
    assert!(answer.header("set-cookie").ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=3600"));
    let page = browser.get(answer.header("location")).await;
    assert_eq!((page.status.as_u16(), page.header("strict-transport-security")), (200, ""));
}

#[tokio::test]
async fn without_it_there_is_no_page() {
    let app = TestApp::new().await;
    let page = app.browser().ask(&Ask::default()).await;
    let unknown = "/login/00000000000000000000000000000000";
    let (known, unknown) = (app.get(&page).await, app.get(unknown).await);
    assert_not_open_here(&known);
    assert_eq!(known.body, unknown.body, "whether there is such a login is not told");
    assert_not_open_here(&app.get("/login/no-id").await);
}

#[tokio::test]
async fn another_browser_s_cookie_opens_nothing() {
    let app = TestApp::new().await;
    let (mut mine, mut other) = (app.browser(), app.browser());
    let page = mine.ask(&Ask::default()).await;
    other.ask(&Ask::default()).await;
    let name = mine.cookies.keys().next().unwrap().clone();
    let foreign = other.cookies.values().next().unwrap().clone();
    for value in [&foreign, "", "garbage", "saoma_browser_", &format!("{foreign}.x")] {
        other.cookies.insert(name.clone(), value.to_owned());
        assert_not_open_here(&other.get(&page).await);
    }
    assert_eq!(mine.get(&page).await.status, 200);
}

#[tokio::test]
async fn the_widget_s_secret_opens_no_page() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let header = [("saoma-browser-secret", widget.secret.as_str())];
    let page = format!("/login/{}", widget.id);
    assert_not_open_here(&app.call(Method::GET, &page, &header, "").await);
    assert_eq!(widget.state().await, "waiting");
}

#[tokio::test]
async fn a_successor_s_cookie_takes_its_predecessor_s_place() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    app.pass(120);
    let next = browser.get(&page).await.header("location").to_owned();
    let names: Vec<&String> = browser.cookies.keys().collect();
    assert_eq!(names, [&next.replace("/login/", "__Host-saoma-login-")]);
    assert_not_open_here(&browser.get(&page).await);
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let one = browser.ask(&Ask::default()).await;
    let other = browser.ask(&Ask::default()).await;
    assert_ne!(browser.qr(&one).await, browser.qr(&other).await);
    browser.post(&format!("{one}/cancel"), "").await;
    assert!(browser.get(&one).await.body.contains("Sign-in cancelled"));
    assert!(browser.get(&other).await.body.contains("Scan with the Saoma app"));
}
