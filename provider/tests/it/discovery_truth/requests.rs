//! What an authorization request may say.

use jsonwebtoken::Algorithm;
use provider::oauth::{authorization_request::ResponseMode, prompt::Prompt, scope::Scopes};
use serde_json::Value;

use super::{all_are_named, document};
use crate::support::{
    Ask, TestApp, id_token,
    site::{CLIENT, VERIFIER},
};

/// A request's error code, as it goes to the site; empty if there is none.
async fn refusal(app: &TestApp, ask: &Ask) -> String {
    let answer = app.browser().try_ask(ask).await;
    let to_the_site = answer.header("location").starts_with("https://site.example/");
    if to_the_site { answer.location_parameter("error").unwrap_or_default() } else { String::new() }
}

pub(super) async fn scopes(app: &TestApp, named: &[&str]) {
    let standard = Scopes::standard().names();
    all_are_named(named, standard.iter().map(String::as_str));
    for scope in named {
        let tokens = app.tokens(&Ask::default().with("scope", &format!("openid {scope}"))).await;
        let granted = tokens["scope"].as_str().unwrap();
        assert!(granted.split(' ').any(|name| name == *scope), "{scope}: {granted}");
    }
    for other in ["admin", "groups", "device_sso"] {
        assert_eq!(refusal(app, &Ask::default().with("scope", other)).await, "invalid_scope", "{other}");
    }
}

pub(super) async fn response_types(app: &TestApp, named: &[&str]) {
    for kind in ["code", "token", "id_token", "code id_token", "code token", "id_token token", "none"] {
        let refused = refusal(app, &Ask::default().with("response_type", kind)).await;
        let expected = if named.contains(&kind) { "" } else { "unsupported_response_type" };
        assert_eq!(refused, expected, "{kind}");
    }
    assert_eq!(named, ["code"]);
}

pub(super) async fn response_modes(app: &TestApp, named: &[&str]) {
    all_are_named(named, ResponseMode::ALL.map(ResponseMode::as_str));
    for mode in ["query", "form_post", "fragment", "jwt", "query.jwt", "form_post.jwt", "web_message"] {
        let (mut browser, phone) = (app.browser(), app.phone().await);
        let ask = Ask::default().with("response_mode", mode);
        if named.contains(&mode) {
            let answer = browser.sign_in(&ask, &phone).await;
            let status = if mode == "query" { 303 } else { 200 };
            assert_eq!(answer.status, status, "{mode}");
        } else {
            assert_eq!(refusal(app, &ask).await, "invalid_request", "{mode}");
        }
    }
}

pub(super) async fn prompts(app: &TestApp, named: &[&str]) {
    all_are_named(named, Prompt::ALL.map(Prompt::as_str));
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    for prompt in named {
        assert!(Prompt::ALL.iter().any(|known| known.as_str() == *prompt), "{prompt}");
        let answer = browser.try_ask(&Ask::default().with("prompt", prompt)).await;
        let silent = answer.header("location").contains("code=");
        assert_eq!(silent, *prompt == "none", "{prompt}: {answer:?}");
    }
    let ask = Ask::default().with("prompt", "none");
    assert_eq!(app.browser().try_ask(&ask).await.error(), "login_required");
}

pub(super) async fn displays(app: &TestApp, named: &[&str]) {
    assert!(named.contains(&"page"), "the default");
    for display in named {
        assert_eq!(refusal(app, &Ask::default().with("display", display)).await, "", "{display}");
    }
}

pub(super) async fn languages(app: &TestApp, named: &[&str]) {
    for language in named {
        let mut browser = app.browser();
        let page = browser.ask(&Ask::default().with("ui_locales", language)).await;
        let body = browser.get(&page).await.body;
        assert!(body.contains(&format!(r#"<html lang="{language}"#)), "{language}");
    }
}

pub(super) async fn challenge_methods(app: &TestApp, named: &[&str]) {
    for method in ["S256", "plain", "S512"] {
        let ask = Ask::default().with("code_challenge_method", method);
        if named.contains(&method) {
            app.tokens(&ask).await;
        } else {
            let plain = ask.with("code_challenge", VERIFIER);
            assert_eq!(refusal(app, &plain).await, "invalid_request", "{method}");
        }
    }
    assert_eq!(named, ["S256"]);
}

pub(super) async fn claims_parameter(app: &TestApp, supported: &Value) {
    assert_eq!(*supported, true);
    let ask = Ask::default().with("claims", r#"{"id_token":{"email":{"essential":true}}}"#);
    let tokens = app.tokens(&ask).await;
    let claims = id_token(app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert_eq!(claims["email"], "lin@example.com");
}

/// What is not supported is refused by name.
pub(super) async fn unsupported(app: &TestApp, supported: &Value, parameter: &str) {
    assert_eq!(*supported, false);
    let refused = refusal(app, &Ask::default().with(parameter, "x")).await;
    assert_eq!(refused, format!("{parameter}_not_supported"));
}

/// A request that was not pushed is taken where the document does not demand it, and refused where it does (RFC 9126 section 5).
pub(super) async fn must_be_pushed(by_default: &Value) {
    for demanded in [false, true] {
        let app = TestApp::with(|config| config.require_pushed_authorization_requests = demanded).await;
        assert_eq!(document(&app).await["require_pushed_authorization_requests"], demanded);
        let answer = app.browser().try_ask(&Ask::default()).await;
        let at_our_page = answer.header("location").starts_with("/login/");
        assert_eq!(at_our_page, !demanded, "{answer:?}");
    }
    assert_eq!(*by_default, false);
}
