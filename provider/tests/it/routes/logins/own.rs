//! Every look and every step demands the secret of the browser that started the login.

use axum::http::Method;
use provider::login::Login;

use crate::support::{Answer, Ask, OWN_ORIGIN, TestApp, Widget};

/// All that a widget can ask, by every transport.
async fn everything(widget: &Widget<'_>) -> [Answer; 6] {
    [
        widget.look().await,
        widget.wait(0).await,
        widget.listen(None).await,
        widget.result().await,
        widget.cancel().await,
        widget.renew("request").await,
    ]
}

/// Asserts that `widget` gets nothing out of the login `stored`, by whatever call, and changes nothing.
async fn assert_shut_out(app: &TestApp, widget: &Widget<'_>, stored: Login) {
    let logins = app.logins().await;
    for answer in everything(widget).await {
        assert_eq!(answer.problem(), "404 unknown_login");
    }
    assert_eq!((app.stored(&widget.id).await, app.logins().await), (stored, logins));
}

#[tokio::test]
async fn without_the_secret_nothing_is_told() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let (secret, stored) = (widget.secret.clone(), app.stored(&widget.id).await);
    for wrong in ["", "garbage", "saoma_browser_", &secret[..secret.len() - 1], &secret.to_lowercase()] {
        widget.secret = wrong.to_owned();
        assert_shut_out(&app, &widget, stored.clone()).await;
    }
    widget.secret = secret;
    assert_eq!(widget.state().await, "waiting");
}

#[tokio::test]
async fn another_browser_s_secret_is_no_better() {
    let app = TestApp::new().await;
    let (mut widget, other) = (app.widget().start().await, app.widget().start().await);
    let mine = std::mem::replace(&mut widget.secret, other.secret.clone());
    let phone = app.phone().await;
    assert_shut_out(&app, &widget, app.stored(&widget.id).await).await;
    let ticket = phone.ticket(&widget.qr).await;
    assert_shut_out(&app, &widget, app.stored(&widget.id).await).await;
    phone.confirm(&ticket).await;
    assert_shut_out(&app, &widget, app.stored(&widget.id).await).await;
    widget.secret = mine;
    assert!(widget.code().await.starts_with("saoma_code_"));
}

#[tokio::test]
async fn an_unknown_login_is_answered_like_another_browser_s() {
    let app = TestApp::new().await;
    let (widget, mut other) = (app.widget().start().await, app.widget().start().await);
    // No origin: a page's is judged by the login's client, and an unknown login has none.
    other.origin = OWN_ORIGIN.to_owned();
    other.id.clone_from(&widget.id);
    let known = everything(&other).await.map(|answer| answer.body);
    for id in ["00000000000000000000000000000000", "no-id", "%20"] {
        other.id = id.to_owned();
        assert_eq!(everything(&other).await.map(|answer| answer.body), known, "{id}");
    }
}

#[tokio::test]
async fn on_our_own_page_the_cookie_is_enough() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let path = browser.ask(&Ask::default()).await.replace("/login/", "/api/logins/");
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(browser.fetch(Method::GET, &path, &own, "").await.json()["state"], "waiting");
    let result = browser.fetch(Method::POST, &format!("{path}/result"), &own, "").await;
    assert_eq!(result.problem(), "409 not_confirmed");
    let cancelled = browser.fetch(Method::POST, &format!("{path}/cancel"), &own, "").await;
    assert_eq!(cancelled.json()["state"], "cancelled");
}

#[tokio::test]
async fn another_browser_s_cookie_is_not() {
    let app = TestApp::new().await;
    let (mut mine, mut other) = (app.browser(), app.browser());
    let page = mine.ask(&Ask::default()).await;
    other.ask(&Ask::default()).await;
    let foreign = other.cookies.values().next().unwrap().clone();
    other.cookies.insert(mine.cookies.keys().next().unwrap().clone(), foreign);
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    let path = page.replace("/login/", "/api/logins/");
    let own = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let stream = [("accept", "text/event-stream")];
    for answer in [
        other.fetch(Method::GET, &path, &own, "").await,
        other.fetch(Method::GET, &format!("{path}?after=0"), &own, "").await,
        other.fetch(Method::GET, &path, &stream, "").await,
        other.fetch(Method::POST, &format!("{path}/result"), &own, "").await,
        other.fetch(Method::POST, &format!("{path}/cancel"), &own, "").await,
        other.fetch(Method::POST, &format!("{path}/renew"), &own, r#"{"reason":"request"}"#).await,
    ] {
        assert_eq!(answer.problem(), "404 unknown_login");
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, stored);
}

#[tokio::test]
async fn a_cookie_does_not_count_on_a_post_from_another_site() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    let path = page.replace("/login/", "/api/logins/");
    for site in ["cross-site", "same-site", "none", ""] {
        for step in ["result", "cancel", "renew"] {
            let headers = [("sec-fetch-site", site), ("content-type", "application/json")];
            let path = format!("{path}/{step}");
            let answer = browser.fetch(Method::POST, &path, &headers, r#"{"reason":"request"}"#).await;
            assert_eq!(answer.problem(), "404 unknown_login", "{step} from {site}");
        }
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, stored);
}

#[tokio::test]
async fn nothing_about_the_person_is_told_before_the_confirmation_nor_after_a_denial() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let Login { state, .. } = app.stored(&widget.id).await;
    let provider::login::LoginState::Scanned { approver, .. } = state else { panic!() };
    let personal =
        ["\"lin", "Lin Example", "lin@", "A phone", &phone.device, &approver.account.0.to_string()];
    let mut answers = vec![widget.look().await, widget.wait(0).await, widget.result().await];
    phone.deny(&ticket).await;
    answers.extend(everything(&widget).await);
    for answer in answers {
        assert!(!personal.iter().any(|word| answer.body.contains(word)), "{answer:?}");
        assert!(!format!("{:?}", answer.headers).contains("Lin"), "{answer:?}");
    }
}
