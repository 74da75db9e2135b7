//! The widget in the page.

use http::StatusCode;
use serde_json::json;

use crate::support::Stage;

#[tokio::test]
async fn the_page_gets_the_widget_s_attributes_and_never_the_verifier() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let answer = browser.post_json("/sign-in/here", &json!({ "place": "/" })).await;
    let attributes = answer.json();
    let mut names: Vec<_> = attributes.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = ["client-id", "code-challenge", "nonce", "redirect", "redirect-uri", "scope", "state"];
    assert_eq!(names, expected);
    assert_eq!(attributes["redirect"], "callback");
    assert_eq!(stage.provider.calls("discovery"), 0);
}

#[tokio::test]
async fn the_event_s_answer_signs_in_without_a_redirect() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_here("/articles/a-bed-that-tells-the-hour").await;
    let before = browser.cookie.clone();
    let answer = stage.provider.approve(&request);
    let finished = browser.post_json("/sign-in/here/finish", &answer.json()).await;
    assert_eq!((finished.status, finished.json()), (StatusCode::OK, json!({ "name": "Lin <Mei>" })));
    assert_ne!(browser.cookie, before);
    assert!(browser.get("/articles/a-bed-that-tells-the-hour").await.body.contains("id=\"whole-piece\""));
}

#[tokio::test]
async fn another_site_s_page_can_neither_begin_nor_finish() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_here("/").await;
    let answer = stage.provider.approve(&request);
    for origin in [Some("http://evil.example"), Some("null"), Some("http://localhost:8091"), None] {
        browser.origin = origin.map(str::to_owned);
        for (path, body) in
            [("/sign-in/here", json!({ "place": "/" })), ("/sign-in/here/finish", answer.json())]
        {
            let refused = browser.post_json(path, &body).await;
            assert_eq!(
                (refused.status, refused.failure().as_deref()),
                (StatusCode::FORBIDDEN, Some("foreign_origin"))
            );
        }
    }
    assert_eq!(stage.provider.calls("token"), 0);
}

#[tokio::test]
async fn an_attacker_s_answer_does_not_sign_the_victim_in() {
    let stage = Stage::new().await;
    let (mut attacker, mut victim) = (stage.browser(), stage.browser());
    let request = attacker.begin_here("/").await;
    victim.begin_here("/").await;
    let answer = stage.provider.approve(&request);
    let refused = victim.post_json("/sign-in/here/finish", &answer.json()).await;
    assert_eq!(
        (refused.status, refused.failure().as_deref()),
        (StatusCode::BAD_REQUEST, Some("unknown_login"))
    );
    assert_eq!(stage.provider.calls("token"), 0);
}

#[tokio::test]
async fn an_answer_is_good_once_and_from_our_issuer() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_here("/").await;
    let mut answer = stage.provider.approve(&request);
    answer.iss = "https://evil.example".into();
    let refused = browser.post_json("/sign-in/here/finish", &answer.json()).await;
    assert_eq!(refused.failure().as_deref(), Some("wrong_issuer"));
    answer.iss.clone_from(&stage.provider.issuer);
    let again = browser.post_json("/sign-in/here/finish", &answer.json()).await;
    assert_eq!(again.failure().as_deref(), Some("unknown_login"));
}

#[tokio::test]
async fn a_login_begun_here_ends_after_an_hour_and_five_minutes() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_here("/").await;
    stage.clock.turn(65 * 60);
    let answer = stage.provider.approve(&request);
    let late = browser.post_json("/sign-in/here/finish", &answer.json()).await;
    assert_eq!(late.failure().as_deref(), Some("unknown_login"));
}
