//! Who may show our pages in a frame: nobody, but for the sign-in page of a client whose operator says so.

use axum::http::Method;
use serde_json::json;

use super::walk::World;
use crate::support::{
    Ask, TestApp,
    site::{CLIENT, ORIGIN, REDIRECT_URI, SECRET},
};

const NOBODY: &str = "frame-ancestors 'none'";

async fn registered(app: &TestApp, ancestors: &[&str]) {
    let metadata = json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "A site", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": [ORIGIN], "frame_ancestors": ancestors,
    });
    app.import(metadata).await;
}

#[tokio::test]
async fn the_sign_in_page_may_be_framed_by_whom_the_operator_names() {
    let app = TestApp::new().await;
    registered(&app, &["https://www.login.example", "https://shop.login.example:8443"]).await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let shown = browser.get(&page).await;
    let policy = shown.header("content-security-policy");
    let named = "frame-ancestors https://www.login.example https://shop.login.example:8443;";
    assert!(policy.contains(named), "{policy}");
    assert!(policy.starts_with("default-src 'none';") && policy.contains("trusted-types saoma"), "{policy}");
}

#[tokio::test]
async fn no_other_page_and_no_other_client_s_may_be() {
    let app = TestApp::new().await;
    registered(&app, &["https://www.login.example"]).await;
    let mut world = World::of(&app).await;
    let click = format!("/login/{}", world.login);
    assert!(world.browser.get(&click).await.body.contains("Continue as"));
    for path in [click.as_str(), "/device", "/logout", "/authorize", "/login/x", "/app", "/token", "/healthz"]
    {
        let policy = world.browser.get(path).await.header("content-security-policy").to_owned();
        assert!(policy.contains(NOBODY), "{path}: {policy}");
    }
    app.import(json!({
        "client_id": "other", "client_secret": SECRET, "client_name": "Other",
        "redirect_uris": ["https://other.example/callback"],
    }))
    .await;
    let mut stranger = app.browser();
    let page = stranger.ask(&Ask::of("other")).await;
    assert!(stranger.get(&page).await.header("content-security-policy").contains(NOBODY));
}

#[tokio::test]
async fn in_a_frame_there_is_a_code_to_scan_and_nothing_to_click() {
    let app = TestApp::new().await;
    registered(&app, &["https://www.login.example"]).await;
    let mut world = World::of(&app).await;
    let page = format!("/login/{}", world.login);
    let framed = [("sec-fetch-dest", "iframe"), ("sec-fetch-site", "same-site")];
    let shown = world.browser.fetch(Method::GET, &page, &framed, "").await;
    assert!(
        shown.body.contains("Scan with the Saoma app") && !shown.body.contains("Continue as"),
        "{shown:?}"
    );
    assert!(shown.header("content-security-policy").contains("frame-ancestors https://www.login.example;"));
}

#[tokio::test]
async fn an_ancestor_is_an_origin() {
    let app = TestApp::new().await;
    for odd in
        ["*", "https://a.example/", "http://a.example", "https://a.example; script-src *", "'self'", ""]
    {
        let metadata = json!({
            "client_id": "odd", "client_secret": SECRET, "client_name": "Odd", "redirect_uris": [REDIRECT_URI],
            "frame_ancestors": [odd],
        });
        assert!(app.try_import(metadata).await.is_err(), "{odd}");
    }
}
