//! `POST /login/{id}/continue`: one click at a second site.

use serde_json::Value;

use crate::support::{
    Ask, TestApp,
    site::{PAIRWISE_CLIENT, SECRET, more_sites},
};

const FORM: &str = "application/x-www-form-urlencoded";

async fn signed_in(app: &TestApp) -> crate::support::Browser<'_> {
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    browser
}

#[tokio::test]
async fn a_second_site_takes_one_click() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    let shown = browser.get(&page).await.body;
    assert!(shown.contains("Continue as Lin Example") && !shown.contains(" qr="), "{shown}");
    let form = "scope-profile=on&scope-email=on&scope-offline_access=on";
    let answer = browser.post(&format!("{page}/continue"), form).await;
    let tokens = app.site().redeem_as(PAIRWISE_CLIENT, &answer.code()).await;
    assert_eq!(tokens["scope"], "openid profile email offline_access");
    let silent = browser.try_ask(&Ask::of(PAIRWISE_CLIENT)).await;
    silent.code();
}

#[tokio::test]
async fn what_is_not_ticked_is_not_given_and_what_is_needed_comes_by_itself() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    let answer = browser.post(&format!("{page}/continue"), "scope-email=on&scope-admin=on").await;
    let tokens = app.site().redeem_as(PAIRWISE_CLIENT, &answer.code()).await;
    assert_eq!(tokens["scope"], "openid email");
    assert!(tokens.get("refresh_token").is_none());
}

#[tokio::test]
async fn a_second_click_leads_to_the_same_result() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    let first = browser.post(&format!("{page}/continue"), "").await.code();
    let second = browser.post(&format!("{page}/continue"), "").await;
    assert_eq!((second.status.as_u16(), second.header("location")), (303, page.as_str()));
    assert_eq!(browser.get(&page).await.code(), first);
}

/// MUST: RFC 6749 section 10.12: another site's page cannot make this server give a site what the person does not know of.
#[tokio::test]
async fn rfc6749_10_12_another_site_s_page_cannot_click() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    let path = format!("{page}/continue");
    for headers in [
        [("content-type", FORM), ("sec-fetch-site", "cross-site")],
        [("content-type", FORM), ("origin", "https://evil.example")],
        [("content-type", FORM), ("origin", "null")],
    ] {
        let answer = browser.fetch(axum::http::Method::POST, &path, &headers, "").await;
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await.version, 1);
}

#[tokio::test]
async fn a_click_without_a_session_leads_back_to_the_code() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    browser.cookies.remove("__Host-saoma-session");
    let answer = browser.post(&format!("{page}/continue"), "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, page.as_str()));
    browser.qr(&page).await;
}

#[tokio::test]
async fn a_click_cannot_pass_a_demand_for_a_scan() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    for demand in [("prompt", "login"), ("max_age", "0")] {
        app.pass(1);
        let page = browser.ask(&Ask::of(PAIRWISE_CLIENT).with(demand.0, demand.1)).await;
        let answer = browser.post(&format!("{page}/continue"), "").await;
        assert_eq!(answer.header("location"), page, "{demand:?}");
        assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await.version, 1);
    }
}

#[tokio::test]
async fn who_reads_long_can_still_click() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    app.pass(600);
    let answer = browser.post(&format!("{page}/continue"), "scope-email=on").await;
    assert_eq!(app.site().redeem_as(PAIRWISE_CLIENT, &answer.code()).await["scope"], "openid email");
}

#[tokio::test]
async fn another_account_can_be_used_instead() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    app.add_account("mei").await;
    let mei = app.phone_of("mei").await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    browser.approve(&page, &mei).await;
    let code = browser.get(&page).await.code();
    let tokens = app.site().redeem_as(PAIRWISE_CLIENT, &code).await;
    assert!(tokens["id_token"].is_string());
}

#[tokio::test]
async fn fifty_clicks_at_once_are_one() {
    let app = TestApp::new().await;
    let mut browser = signed_in(&app).await;
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    let cookies = browser.cookies.clone();
    let clicks = (0..50).map(|_| {
        let mut other = app.browser();
        other.cookies.clone_from(&cookies);
        let path = format!("{page}/continue");
        async move { other.post(&path, "").await }
    });
    let answers = futures_util::future::join_all(clicks).await;
    let codes: Vec<String> =
        answers.iter().filter_map(|answer| location_code(answer.header("location"))).collect();
    assert_eq!(codes.len(), 1, "{answers:?}");
    let ask = Ask::redeem(&codes[0]).with("redirect_uri", "https://pairwise.example/callback");
    let tokens: Value = app.site().token_as(Some((PAIRWISE_CLIENT, SECRET)), &ask).await.json();
    assert!(tokens["access_token"].is_string());
}

fn location_code(location: &str) -> Option<String> {
    let url = url::Url::parse(location).ok()?;
    url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned())
}
