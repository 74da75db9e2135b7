//! Whom the site expects: `id_token_hint`, and the claim `sub` with a value; and whom it thinks of: `login_hint`.

use serde_json::{Value, json};

use crate::support::{
    Ask, TestApp,
    site::{PAIRWISE_CLIENT, more_sites},
};

async fn id_token(app: &TestApp, code: &str) -> String {
    app.site().redeem(code).await.json()["id_token"].as_str().unwrap().to_owned()
}

/// MUST: OIDC Core section 3.1.2.1: with id_token_hint and prompt=none the answer is positive only where that very person is signed in.
#[tokio::test]
async fn oidc_core_3_1_2_1_a_hint_is_silent_for_the_same_person_alone() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (mut browser, lin) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &lin).await.code();
    let hint = Ask::default().with("id_token_hint", &id_token(&app, &code).await).with("prompt", "none");
    app.pass(3600);
    browser.try_ask(&hint).await.code();
    let mei = app.phone_of("mei").await;
    browser.sign_in(&Ask::default().with("prompt", "login"), &mei).await.code();
    assert_eq!(browser.try_ask(&hint).await.error(), "login_required");
}

#[tokio::test]
async fn another_person_s_phone_cannot_answer_a_hint() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (mut browser, lin, mei) = (app.browser(), app.phone().await, app.phone_of("mei").await);
    let code = browser.sign_in(&Ask::default(), &lin).await.code();
    let hint = Ask::default().with("id_token_hint", &id_token(&app, &code).await).with("prompt", "login");
    let page = browser.ask(&hint).await;
    let qr = browser.qr(&page).await;
    assert_eq!(mei.scan(&qr).await.problem(), "403 other_account");
    browser.approve(&page, &lin).await;
    browser.get(&page).await.code();
}

/// MUST: OIDC Core section 5.5.1: a sub that is asked for with a value is the only one that may be answered.
#[tokio::test]
async fn oidc_core_5_5_1_a_sub_asked_for_is_the_only_one() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let tokens = app.tokens(&Ask::default()).await;
    let sub = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json()["sub"].clone();
    browser.sign_in(&Ask::default(), &phone).await.code();
    let ask = |sub: &Value| {
        let claims = json!({"id_token": {"sub": {"value": sub}}}).to_string();
        Ask::default().with("prompt", "none").with("claims", &claims)
    };
    browser.try_ask(&ask(&sub)).await.code();
    assert_eq!(browser.try_ask(&ask(&json!("somebody"))).await.error(), "login_required");
}

/// MUST: OIDC Core section 5.5.1: of several values one has to be answered, so nobody else may approve.
#[tokio::test]
async fn oidc_core_5_5_1_one_of_several_subs_is_answered() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let token = id_token(&app, &code).await;
    let tokens = app.tokens(&Ask::default()).await;
    let sub = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json()["sub"].clone();
    let ask = |claims: Value| Ask::default().with("prompt", "none").with("claims", &claims.to_string());
    browser.try_ask(&ask(json!({"id_token": {"sub": {"values": ["x", sub]}}}))).await.code();
    for others in [json!({"values": ["x", "y"]}), json!({"values": [7, "x"]})] {
        let refused = browser.try_ask(&ask(json!({"id_token": {"sub": others}}))).await;
        assert_eq!(refused.error(), "login_required");
    }
    let both = ask(json!({"userinfo": {"sub": {"values": ["x", sub]}}})).with("id_token_hint", &token);
    browser.try_ask(&both).await.code();
    for nobody in [json!({"value": 7}), json!({"values": ["x"]})] {
        let torn = ask(json!({"id_token": {"sub": nobody}})).with("id_token_hint", &token);
        assert_eq!(browser.try_ask(&torn).await.error(), "invalid_request");
    }
}

/// MUST: OIDC Core section 3.1.2.2: the server verifies that it made the ID token that is the hint, and made it for this client.
#[tokio::test]
async fn oidc_core_3_1_2_2_a_hint_that_is_not_ours_or_another_client_s_is_refused() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let token = id_token(&app, &code).await;
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let altered = format!("{rest}.{}", signature.chars().rev().collect::<String>());
    for hint in [altered.as_str(), "eyJhbGciOiJub25lIn0.e30.", "x"] {
        assert_eq!(
            browser.try_ask(&Ask::default().with("id_token_hint", hint)).await.error(),
            "invalid_request"
        );
    }
    let other = Ask::of(PAIRWISE_CLIENT).with("id_token_hint", &token);
    assert_eq!(browser.try_ask(&other).await.error(), "invalid_request");
}

#[tokio::test]
async fn who_is_not_whom_the_site_thinks_of_is_asked_whether_to_go_on() {
    let app = TestApp::new().await;
    let claims = json!({"email": "lin@example.com", "phone_number": "+86 10 1234"});
    app.add_person("lin.two", claims).await;
    let (mut browser, phone) = (app.browser(), app.phone_of("lin.two").await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let sub = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json()["sub"].clone();
    let ask = |hint: &str| Ask::default().with("login_hint", hint);
    for hint in [sub.as_str().unwrap(), "Lin.Two", "LIN@example.com", "+86 10 1234", &"x".repeat(600)] {
        browser.try_ask(&ask(hint)).await.code();
    }
    for hint in ["lin", "mei@example.com"] {
        let page = browser.ask(&ask(hint)).await;
        assert!(browser.get(&page).await.body.contains("Continue as lin.two"), "{hint}");
        browser.try_ask(&ask(hint).with("prompt", "none")).await.code();
    }
}
