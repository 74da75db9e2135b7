//! `prompt` and `max_age`.

use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::support::{
    Ask, TestApp, id_token,
    site::{CLIENT, OWN_CLIENT, more_sites},
};

async fn auth_time(app: &TestApp, code: &str) -> i64 {
    let tokens = app.site().redeem(code).await.json();
    let claims: Value = id_token(app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    claims["auth_time"].as_i64().unwrap()
}

/// MUST: OIDC Core section 3.1.2.6: with prompt=none and nobody signed in, the answer is the error login_required.
#[tokio::test]
async fn oidc_core_3_1_2_6_prompt_none_without_a_session_is_login_required() {
    let app = TestApp::new().await;
    let answer = app.browser().try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!((answer.error().as_str(), app.logins().await), ("login_required", 0));
}

/// MUST: OIDC Core section 3.1.2.1: with prompt=none the server shows no page, but answers at once where the person is signed in and has
/// consented.
#[tokio::test]
async fn oidc_core_3_1_2_1_prompt_none_is_silent_with_a_session() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = auth_time(&app, &browser.sign_in(&Ask::default(), &phone).await.code()).await;
    app.pass(100);
    let silent = browser.try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(silent.location_parameter("state").as_deref(), Some("the-state"));
    assert_eq!(auth_time(&app, &silent.code()).await, first, "nobody was authenticated anew");
}

/// MUST: OIDC Core section 3.1.2.6: with prompt=none and a question to ask, the answer is the error consent_required.
#[tokio::test]
async fn oidc_core_3_1_2_6_prompt_none_without_consent_is_consent_required() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let other = browser.try_ask(&Ask::of("pairwise").with("prompt", "none")).await;
    assert_eq!(other.error(), "consent_required");
    let more = Ask::default().with("scope", "openid phone").with("prompt", "none");
    assert_eq!(browser.try_ask(&more).await.error(), "consent_required");
    let own = browser.try_ask(&Ask::of(OWN_CLIENT).with("prompt", "none")).await;
    assert_eq!(own.location_parameter("error"), None, "the provider's own site asks nothing");
}

/// MUST: OIDC Core section 3.1.2.1: with prompt=login the person is authenticated anew, also where they are signed in.
#[tokio::test]
async fn oidc_core_3_1_2_1_prompt_login_asks_for_a_scan() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = browser.sign_in(&Ask::default(), &phone).await.code();
    let first = auth_time(&app, &first).await;
    app.pass(100);
    let page = browser.ask(&Ask::default().with("prompt", "login")).await;
    browser.approve(&page, &phone).await;
    let second = browser.get(&page).await.code();
    assert_eq!(auth_time(&app, &second).await, first + 100);
}

#[tokio::test]
async fn a_max_age_of_zero_is_past_however_fresh_the_session_is() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let ask = |age| Ask::default().with("max_age", age).with("prompt", "none");
    browser.try_ask(&ask("1")).await.code();
    assert_eq!(browser.try_ask(&ask("0")).await.error(), "login_required");
}

/// MUST: OIDC Core section 3.1.2.1: with prompt=consent the person is asked what they allow, also where that is known.
#[tokio::test]
async fn oidc_core_3_1_2_1_prompt_consent_asks_again() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let page = browser.ask(&Ask::default().with("prompt", "consent")).await;
    assert!(browser.get(&page).await.body.contains("scope-email"), "the question is on the page");
    let page = browser.ask(&Ask::default().with("prompt", "consent login")).await;
    let qr = browser.qr(&page).await;
    let site = phone.scan(&qr).await.json()["site"].clone();
    assert_eq!((&site["consent"], &site["scopes"][1]["granted"]), (&Value::from(true), &Value::from(true)));
}

/// MUST: OIDC Core section 3.1.2.1: with prompt=select_account the person is asked which account, also where one is signed in.
#[tokio::test]
async fn oidc_core_3_1_2_1_prompt_select_account_asks_which() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let page = browser.ask(&Ask::default().with("prompt", "select_account")).await;
    let shown = browser.get(&page).await.body;
    assert!(shown.contains("Lin Example") && shown.contains("Use another account"), "{shown}");
}

/// MUST: OIDC Core section 3.1.2.1: when max_age has passed since the person was authenticated, they are authenticated anew.
#[tokio::test]
async fn oidc_core_3_1_2_1_max_age_asks_for_a_scan_once_it_has_passed() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let silent = Ask::default().with("prompt", "none").with("max_age", "60");
    app.pass(60);
    assert_eq!(browser.try_ask(&silent).await.location_parameter("error"), None);
    app.pass(1);
    assert_eq!(browser.try_ask(&silent).await.error(), "login_required");
    let page = browser.ask(&Ask::default().with("max_age", "60")).await;
    browser.qr(&page).await;
    let page = browser.ask(&Ask::default().with("max_age", "0")).await;
    browser.qr(&page).await;
}

/// MUST: OIDC Registration section 2: default_max_age holds where a request has no max_age.
#[tokio::test]
async fn oidc_registration_2_a_client_s_default_max_age_holds() {
    let app = TestApp::new().await;
    let mut sites = more_sites();
    sites[0]["default_max_age"] = Value::from(60);
    app.import(sites).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    app.pass(61);
    let silent = Ask::of(OWN_CLIENT).with("prompt", "none");
    assert_eq!(browser.try_ask(&silent).await.error(), "login_required");
    assert_eq!(browser.try_ask(&silent.with("max_age", "600")).await.location_parameter("error"), None);
}
