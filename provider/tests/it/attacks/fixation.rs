//! Making a browser use what somebody else knows: planted cookies, other people's sign-ins.

use axum::http::Method;
use serde_json::Value;

use crate::support::{Ask, Browser, BrowserKey, TestApp};

/// A neighbour on another host of the same domain can plant cookies, but none with the prefix `__Host-`; the same cookie by any other
/// name is none.
#[tokio::test]
async fn a_cookie_that_a_neighbour_could_plant_is_none() {
    let app = TestApp::new().await;
    let (mut attacker, mut victim) = (app.browser(), app.browser());
    let page = attacker.ask(&Ask::default()).await;
    let (name, secret) = attacker.cookies.first_key_value().unwrap();
    let plain = name.strip_prefix("__Host-").expect("it is a host cookie");
    for planted in [plain.to_owned(), format!("__Secure-{plain}")] {
        victim.cookies.insert(planted, secret.clone());
    }
    assert_eq!(victim.get(&page).await.status, 404);
    assert_eq!(attacker.get(&page).await.status, 200);
}

/// Session fixation: a session that the attacker has planted is not the victim's after the victim has signed in.
#[tokio::test]
async fn a_planted_session_does_not_become_the_victim_s() {
    let app = TestApp::new().await;
    app.add_account("mallory").await;
    let (mut attacker, mut victim) = (app.browser(), app.browser());
    attacker.sign_in(&Ask::default(), &app.phone_of("mallory").await).await;
    let planted: Vec<_> =
        attacker.cookies.clone().into_iter().filter(|(name, _)| name.ends_with("session")).collect();
    assert_eq!(planted.len(), 1);
    victim.cookies.extend(planted);
    let scan = Ask::default().with("prompt", "login");
    let code = victim.sign_in(&scan, &app.phone().await).await.code();
    let lin = app.site().redeem(&code).await.json();
    let silent = Ask::default().with("prompt", "none");
    let mallory = app.site().redeem(&attacker.try_ask(&silent).await.code()).await.json();
    let sub = async |tokens: &Value| {
        let told = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
        told["sub"].as_str().unwrap().to_owned()
    };
    assert_ne!(sub(&lin).await, sub(&mallory).await, "the attacker's cookie is the attacker's session still");
}

/// Login CSRF at the provider: the attacker's own sign-in, confirmed, opened in the victim's browser. No state of it is told, and no
/// session is left.
#[tokio::test]
async fn another_s_confirmed_sign_in_signs_nobody_in() {
    let app = TestApp::new().await;
    let (mut attacker, mut victim) = (app.browser(), app.browser());
    let page = attacker.ask(&Ask::default()).await;
    attacker.approve(&page, &app.phone().await).await;
    for path in [page.clone(), Browser::api(&page)] {
        let answer = victim.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (404, ""), "{answer:?}");
    }
    let cross_site = [("sec-fetch-site", "cross-site"), ("origin", "https://attacker.example")];
    for form in ["continue", "result", "renew", "extend", "cancel", "typed-code"] {
        let answer = victim.fetch(Method::POST, &format!("{page}/{form}"), &cross_site, "").await;
        // As another site's, and in the same words as whoever has no such sign-in: it is not even said that there is one.
        assert_eq!(answer.status, 404, "{form}: {answer:?}");
        assert_eq!(answer.body, victim.get(&page).await.body, "{form}");
        assert_eq!(answer.header("set-cookie"), "", "{form}");
    }
    assert!(victim.cookies.is_empty());
    let silent = victim.try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(silent.error(), "login_required");
}

/// A sign-in that the attacker has bound to their own key stays theirs; what the victim's browser starts is another one.
#[tokio::test]
async fn a_sign_in_cannot_be_bound_to_a_second_key() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let mut thief = app.browser();
    thief.cookies.clone_from(&browser.cookies);
    assert_eq!(browser.bind(&page, &BrowserKey::new()).await.status, 204);
    let late = thief.bind(&page, &BrowserKey::new()).await;
    assert_eq!(late.problem(), "401 invalid_dpop_proof");
}
