//! `GET` and `POST /authorize`: the request itself.

use axum::http::Method;
use provider::oauth::authorization_request::PkcePolicy;
use serde_json::json;

use crate::support::{
    Answer, Ask, ISSUER, TestApp,
    site::{PUBLIC_CLIENT, REDIRECT_URI},
};

async fn ask(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("/authorize?{query}")).await
}

/// Asserts that there is an error page and nothing else: no redirect, no cookie, no login.
async fn assert_page(app: &TestApp, answer: &Answer, says: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.body.contains(says), "{}", answer.body);
    assert_eq!((answer.header("set-cookie"), app.logins().await), ("", 0));
}

/// Asserts that the site is told, with `state` and `iss`, and that no login started. Answers the error's name.
async fn sent_back(app: &TestApp, query: &str) -> String {
    let answer = ask(app, query).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(answer.header("location").starts_with(REDIRECT_URI), "{answer:?}");
    assert_eq!(answer.location_parameter("state").as_deref(), Some("the-state"));
    assert_eq!(answer.location_parameter("iss").as_deref(), Some(ISSUER));
    assert_eq!(answer.location_parameter("code"), None);
    assert_eq!((answer.header("set-cookie"), app.logins().await), ("", 0));
    answer.location_parameter("error").unwrap()
}

#[tokio::test]
async fn a_good_request_leads_to_a_page_with_a_cookie() {
    let app = TestApp::new().await;
    let answer = ask(&app, &Ask::default().query()).await;
    assert_eq!(answer.status, 303);
    let page = answer.header("location");
    let id = page.strip_prefix("/login/").unwrap();
    assert!(answer.header("set-cookie").starts_with(&format!("__Host-saoma-login-{id}=saoma_browser_")));
    assert_eq!(app.stored(id).await.version, 1);
}

/// MUST: OIDC Core section 3.1.2.1: the authorization endpoint takes the same request by GET and by POST.
#[tokio::test]
async fn oidc_core_3_1_2_1_it_may_be_posted() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let answer = browser.post("/authorize", &Ask::default().query()).await;
    assert_eq!(answer.status, 303);
    let again = browser.get(answer.header("location")).await;
    assert!(again.header("location").starts_with("/login/"), "{again:?}");
}

#[tokio::test]
async fn a_post_too_long_for_a_query_is_taken_as_it_is() {
    let app = TestApp::new().await;
    let long = Ask::default().with("padding", &"x".repeat(7000)).query();
    let answer = app.browser().post("/authorize", &long).await;
    assert!(answer.header("location").starts_with("/login/"), "{answer:?}");
}

#[tokio::test]
async fn a_post_of_another_media_type_or_too_large_is_a_page() {
    let app = TestApp::new().await;
    let json = [("content-type", "application/json")];
    let answer = app.call(Method::POST, "/authorize", &json, &Ask::default().json().to_string()).await;
    assert_page(&app, &answer, "application/x-www-form-urlencoded").await;
    let large = Ask::default().with("padding", &"x".repeat(20_000)).query();
    assert_page(&app, &app.browser().post("/authorize", &large).await, "too large").await;
    assert_eq!(app.browser().post("/authorize", &Ask::default().query()).await.status, 303);
}

#[tokio::test]
async fn what_is_not_text_could_not_come_back_as_it_was_and_is_a_page() {
    let app = TestApp::new().await;
    let query = Ask::default().without("state").query() + "&state=%ff%fe";
    assert_page(&app, &ask(&app, &query).await, "a parameter is not text").await;
}

/// MUST: RFC 6749 section 4.1.2.1: where the client is unknown, the person is told, and nothing is sent anywhere.
#[tokio::test]
async fn rfc6749_4_1_2_1_an_unknown_client_is_a_page() {
    let app = TestApp::new().await;
    for client in ["nobody", "SITE", "a b", "", "扫", &"x".repeat(129)] {
        let answer = ask(&app, &Ask::default().with("client_id", client).query()).await;
        assert_page(&app, &answer, "no site is registered under this client_id").await;
    }
    assert_page(&app, &app.get("/authorize").await, "client_id").await;
}

/// MUST: RFC 6749 section 4.1.2.1: the browser is never sent to a redirect URI that is missing, invalid or not
/// registered.
#[tokio::test]
async fn rfc6749_4_1_2_1_an_unregistered_redirect_uri_is_a_page_whatever_else_is_wrong() {
    let app = TestApp::new().await;
    let wrong = Ask::default().with("prompt", "none").with("request", "x").with("response_type", "token");
    let more = wrong.clone().without("code_challenge").with("state", &"s".repeat(3000));
    for ask_for in [Ask::default(), wrong, more] {
        for uri in [
            "https://evil.example/callback",
            "https://site.example/callback/",
            "https://site.example/callback?x=1",
            "https://site.example/Callback",
            "https://site.example/callback/../callback",
            "https://site.example:443/callback",
            "http://site.example/callback",
            "javascript:alert(1)",
            "",
        ] {
            let answer = ask(&app, &ask_for.clone().with("redirect_uri", uri).query()).await;
            assert_page(&app, &answer, "the redirect_uri is not registered for this site").await;
        }
    }
}

/// MUST: RFC 6749 section 3.1: no parameter is there more than once.
#[tokio::test]
async fn rfc6749_3_1_a_parameter_twice_is_a_page() {
    let app = TestApp::new().await;
    for twice in ["client_id=site", "redirect_uri=x", "state=other", "nonce=other", "unknown=1&unknown=2"] {
        let query = format!("{}&{twice}", Ask::default().query());
        assert_page(&app, &ask(&app, &query).await, "more than once").await;
    }
}

/// MUST: RFC 6749 section 10.14: what came from outside is text where it is shown, never markup.
#[tokio::test]
async fn rfc6749_10_14_what_a_page_quotes_is_escaped() {
    let app = TestApp::new().await;
    let answer = ask(&app, "%3Cscript%3E=1&%3Cscript%3E=2").await;
    assert_page(&app, &answer, "&#60;script&#62;").await;
    assert!(!answer.body.contains("<script>"));
}

/// MUST: RFC 9700 section 2.1.1: a challenge does not show its verifier.
#[tokio::test]
async fn rfc9700_2_1_1_plain_pkce_is_refused() {
    let app = TestApp::new().await;
    let plain = Ask::default().with("code_challenge_method", "plain");
    assert_eq!(sent_back(&app, &plain.query()).await, "invalid_request");
    let by_default_plain = Ask::default().without("code_challenge_method");
    assert_eq!(sent_back(&app, &by_default_plain.query()).await, "invalid_request");
    let no_hash = Ask::default().with("code_challenge", "too-short");
    assert_eq!(sent_back(&app, &no_hash.query()).await, "invalid_request");
    assert_eq!(ask(&app, &Ask::default().query()).await.header("location").find("/login/"), Some(0));
}

/// MUST: RFC 9700 section 2.1.1: public clients use PKCE.
#[tokio::test]
async fn rfc9700_2_1_1_a_public_client_must_use_pkce() {
    let app = TestApp::new().await;
    let public = Ask::default().with("client_id", PUBLIC_CLIENT);
    let without = public.clone().without("code_challenge").without("code_challenge_method");
    assert_eq!(sent_back(&app, &without.query()).await, "invalid_request");
    assert!(ask(&app, &public.query()).await.header("location").starts_with("/login/"));
}

#[tokio::test]
async fn a_client_with_a_secret_may_leave_pkce_out_unless_all_must_use_it() {
    let without = Ask::default().without("code_challenge").without("code_challenge_method").query();
    let app = TestApp::new().await;
    assert!(ask(&app, &without).await.header("location").starts_with("/login/"));
    let strict = TestApp::with(|config| config.pkce = PkcePolicy::AllClients).await;
    assert_eq!(sent_back(&strict, &without).await, "invalid_request");
    assert!(ask(&strict, &Ask::default().query()).await.header("location").starts_with("/login/"));
}

/// MUST: OIDC Core section 3.1.2.6: what is asked and not supported is refused by its own error code.
#[tokio::test]
async fn oidc_core_3_1_2_6_what_is_not_supported_is_refused_by_name() {
    let app = TestApp::new().await;
    for (name, value, error) in [
        ("request", "eyJ", "request_not_supported"),
        ("request_uri", "https://site.example/r", "request_uri_not_supported"),
        ("registration", "{}", "registration_not_supported"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "admin", "invalid_scope"),
        ("nonce", &"n".repeat(2049), "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("claims", "{\"userinfo\":1}", "invalid_request"),
        ("dpop_jkt", "short", "invalid_request"),
        ("resource", "https://api.example", "invalid_target"),
        ("id_token_hint", "eyJ", "invalid_request"),
    ] {
        let query = Ask::default().with(name, value).query();
        assert_eq!(sent_back(&app, &query).await, error, "{name}={value}");
    }
}

#[tokio::test]
async fn a_scope_that_the_client_may_not_ask_for_is_left_out() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "modest", "client_name": "Modest", "redirect_uris": [REDIRECT_URI], "scope": "openid",
    }))
    .await;
    let modest = Ask::default().with("client_id", "modest");
    let page = app.browser().ask(&modest).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    assert_eq!(stored.request.scopes.to_string(), "openid");
    let query = modest.with("scope", "email").query();
    assert_eq!(ask(&app, &query).await.location_parameter("error").unwrap(), "invalid_scope");
}

#[tokio::test]
async fn offline_access_means_nothing_to_a_client_that_may_not_refresh() {
    let app = TestApp::new().await;
    let page = app.browser().ask(&Ask::default().with("client_id", PUBLIC_CLIENT)).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    assert_eq!(stored.request.scopes.to_string(), "openid profile email");
}

#[tokio::test]
async fn a_client_without_the_code_grant_is_refused() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "no-code", "client_name": "No code", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["refresh_token"],
    }))
    .await;
    let query = Ask::default().with("client_id", "no-code").query();
    assert_eq!(sent_back(&app, &query).await, "unauthorized_client");
}

/// MUST: RFC 6749 section 4.1.2: the state comes back exactly as it was sent.
#[tokio::test]
async fn rfc6749_4_1_2_a_long_state_comes_back_to_the_letter() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let state: String = "a&=%+ 扫/".chars().cycle().take(450).collect();
    let page = browser.ask(&Ask::default().with("state", &state)).await;
    browser.approve(&page, &phone).await;
    assert_eq!(browser.get(&page).await.location_parameter("state"), Some(state));
}

#[tokio::test]
async fn a_state_that_is_too_long_is_refused_and_not_sent_back() {
    let app = TestApp::new().await;
    let answer = ask(&app, &Ask::default().with("state", &"s".repeat(2049)).query()).await;
    assert_eq!(answer.location_parameter("error").as_deref(), Some("invalid_request"));
    assert_eq!((answer.location_parameter("state"), app.logins().await), (None, 0));
}

/// MUST: RFC 6749 section 3.1: parameters that are not known are ignored.
#[tokio::test]
async fn rfc6749_3_1_unknown_parameters_are_ignored() {
    let app = TestApp::new().await;
    let query = Ask::default().with("utm_source", "x").with("display", "popup").with("max_age", "0");
    let query = query.with("login_hint", "lin").with("acr_values", "0").with("claims_locales", "zh");
    let query = query.with("prompt", "login consent").with("ui_locales", "zh").with("claims", "{}").query();
    assert!(ask(&app, &query).await.header("location").starts_with("/login/"));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::new().await;
    let path = format!("/authorize?{}", Ask::default().query());
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(app.call(method, &path, &[], "").await.problem(), "405 method_not_allowed");
    }
    assert_eq!(app.logins().await, 0);
}

/// MUST: RFC 9207 section 2: every answer of the authorization endpoint, success or error, names its issuer.
#[tokio::test]
async fn rfc9207_2_every_answer_names_its_issuer() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let good = browser.sign_in(&Ask::default(), &phone).await;
    let refused = browser.try_ask(&Ask::default().with("response_type", "token")).await;
    let silent = app.browser().try_ask(&Ask::default().with("prompt", "none")).await;
    for answer in [good, refused, silent] {
        assert_eq!(answer.location_parameter("iss").as_deref(), Some(ISSUER), "{answer:?}");
    }
}
