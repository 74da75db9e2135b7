//! `POST /par` (RFC 9126), and the request URI at `GET /authorize`.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    Answer, Ask, Phone, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, REDIRECT_URI, SECRET},
};

async fn push_with(app: &TestApp, ask: &Ask, more: &[(&str, &str)]) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("authorization", &basic)];
    headers.extend(more);
    app.call(Method::POST, "/par", &headers, &ask.query()).await
}

/// Pushes a request that must be good; answers what the browser carries.
async fn pushed(app: &TestApp, ask: &Ask) -> Ask {
    let answer = push_with(app, ask, &[]).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    carried(answer.json()["request_uri"].as_str().unwrap())
}

fn carried(request_uri: &str) -> Ask {
    Ask::bare().with("client_id", CLIENT).with("request_uri", request_uri)
}

async fn page(app: &TestApp, answer: &Answer, says: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{answer:?}");
    assert!(answer.body.contains(says), "{}", answer.body);
    assert_eq!(app.logins().await, 0);
}

/// MUST: RFC 9126 section 2.2: the answer is 201 with a request_uri that cannot be guessed and its lifetime, as JSON that nobody may store.
#[tokio::test]
async fn rfc9126_2_2_a_good_request_gets_a_name() {
    let app = TestApp::new().await;
    let answer = push_with(&app, &Ask::default(), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    let told = answer.json();
    let uri = told["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:saoma_request_") && uri.len() == 91, "{uri}");
    assert_eq!(told["expires_in"], 60);
    assert_eq!(app.logins().await, 0, "nobody has come yet");
}

#[tokio::test]
async fn the_browser_carries_no_more_than_the_name() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let answer = browser.sign_in(&pushed(&app, &Ask::default()).await, &phone).await;
    assert!(answer.header("location").starts_with(REDIRECT_URI));
    assert_eq!(answer.location_parameter("state").as_deref(), Some("the-state"));
    assert_eq!(app.site().redeem(&answer.code()).await.status, 200);
}

/// MUST: RFC 9126 section 4: what the browser brings beside the request_uri does not count.
#[tokio::test]
async fn rfc9126_4_what_else_the_browser_brings_does_not_count() {
    let app = TestApp::new().await;
    let ask = pushed(&app, &Ask::default().with("scope", "openid")).await;
    let more =
        ask.with("scope", "openid email").with("redirect_uri", "https://evil.example/").with("state", "x");
    let page = app.browser().ask(&more).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await.request;
    assert_eq!(stored.scopes.to_string(), "openid");
    let redirect = stored.redirect().unwrap();
    assert_eq!((redirect.uri.as_str(), redirect.state.as_deref()), (REDIRECT_URI, Some("the-state")));
}

/// MUST: RFC 9126 section 4: a request_uri is used once.
#[tokio::test]
async fn rfc9126_4_fifty_browsers_at_once_start_one_login() {
    let app = TestApp::new().await;
    let ask = pushed(&app, &Ask::default()).await;
    let answers = join_all((0..50).map(|_| async { app.browser().try_ask(&ask).await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 400).collect();
    assert!(refused.len() == 49 && refused.iter().all(|answer| answer.body.contains("used or expired")));
    assert_eq!(app.logins().await, 1);
}

/// MUST: RFC 9126 section 2.2: a request_uri expires.
#[tokio::test]
async fn rfc9126_2_2_a_name_is_good_for_a_minute() {
    let app = TestApp::new().await;
    let (first, second) = (pushed(&app, &Ask::default()).await, pushed(&app, &Ask::default()).await);
    app.pass(60);
    page(&app, &app.browser().try_ask(&first).await, "used or expired").await;
    assert_eq!(app.app.store.sweep(app.app.clock.now(), crate::support::START).await.unwrap(), 2);
    page(&app, &app.browser().try_ask(&second).await, "used or expired").await;
}

/// MUST: RFC 9126 section 2.2: a request_uri is bound to the client that pushed it.
#[tokio::test]
async fn rfc9126_2_2_another_client_s_name_is_none() {
    let app = TestApp::new().await;
    let ask = pushed(&app, &Ask::default()).await;
    let stolen = ask.clone().with("client_id", PUBLIC_CLIENT);
    page(&app, &app.browser().try_ask(&stolen).await, "used or expired").await;
    app.browser().ask(&ask).await;
}

#[tokio::test]
async fn a_made_up_name_is_none() {
    let app = TestApp::new().await;
    let made_up = carried(&format!("urn:ietf:params:oauth:request_uri:saoma_request_{}", "A".repeat(43)));
    page(&app, &app.browser().try_ask(&made_up).await, "used or expired").await;
    let foreign = Ask::default().with("request_uri", "https://site.example/request.jwt");
    assert_eq!(app.browser().try_ask(&foreign).await.error(), "request_uri_not_supported");
}

/// MUST: RFC 9126 section 2.1: a pushed request does not name another one.
#[tokio::test]
async fn rfc9126_2_1_a_pushed_request_names_no_other() {
    let app = TestApp::new().await;
    let answer = push_with(&app, &Ask::default().with("request_uri", "urn:x"), &[]).await;
    assert_eq!(answer.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 9126 section 2.1: the request is checked as at the authorization endpoint, and errors are those of the token endpoint's form.
#[tokio::test]
async fn rfc9126_2_1_a_bad_request_is_refused_at_once() {
    let app = TestApp::new().await;
    for (name, value, error) in [
        ("redirect_uri", "https://evil.example/", "400 invalid_request"),
        ("response_type", "token", "400 unsupported_response_type"),
        ("scope", "admin", "400 invalid_scope"),
        ("code_challenge_method", "plain", "400 invalid_request"),
        ("request", "eyJ", "400 request_not_supported"),
        ("resource", "https://api.example", "400 invalid_target"),
        ("id_token_hint", "x", "400 invalid_request"),
        ("client_id", PUBLIC_CLIENT, "400 invalid_request"),
    ] {
        let answer = push_with(&app, &Ask::default().with(name, value), &[]).await;
        assert_eq!(answer.oauth_error(), error, "{name}={value}");
    }
}

/// MUST: RFC 9126 section 2: the client proves who it is as at the token endpoint.
#[tokio::test]
async fn rfc9126_2_the_client_proves_who_it_is() {
    let app = TestApp::new().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = app.call(Method::POST, "/par", &form, &Ask::default().query()).await;
    assert_eq!(answer.oauth_error(), "401 invalid_client");
    let public = Ask::default().with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.call(Method::POST, "/par", &form, &public.query()).await.status, 201);
    let get = app.call(Method::GET, "/par", &[], "").await;
    assert_eq!(get.status, 405);
}

/// MUST: RFC 9126 section 6: a client that must push is not served otherwise.
#[tokio::test]
async fn rfc9126_6_who_must_push_is_not_served_otherwise() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "careful", "client_secret": SECRET, "client_name": "Careful", "redirect_uris": [REDIRECT_URI],
        "require_pushed_authorization_requests": true,
    }))
    .await;
    let ask = Ask::default().with("client_id", "careful");
    assert_eq!(app.browser().try_ask(&ask).await.error(), "invalid_request");
    let basic = format!("Basic {}", STANDARD.encode(format!("careful:{SECRET}")));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    let pushed = app.call(Method::POST, "/par", &headers, &ask.query()).await.json();
    let carried = carried(pushed["request_uri"].as_str().unwrap()).with("client_id", "careful");
    app.browser().ask(&carried).await;
}

/// MUST: RFC 9449 section 10.1: a DPoP proof with the pushed request binds the code to its key, and a dpop_jkt beside it is the same key.
#[tokio::test]
async fn rfc9449_10_1_a_proof_binds_the_code() {
    let app = TestApp::new().await;
    let phone = Phone::new(&app);
    let proof = phone.proof("POST", "/par", None);
    let answer = push_with(&app, &Ask::default(), &[("dpop", &proof)]).await;
    let ask = carried(answer.json()["request_uri"].as_str().unwrap());
    let page = app.browser().ask(&ask).await;
    let stored = app.stored(page.strip_prefix("/login/").unwrap()).await;
    let bound = stored.request.options.dpop_jkt.unwrap();
    let other = phone.proof("POST", "/par", None);
    let named = Ask::default().with("dpop_jkt", &"A".repeat(43));
    assert_eq!(push_with(&app, &named, &[("dpop", &other)]).await.oauth_error(), "400 invalid_request");
    let third = phone.proof("POST", "/par", None);
    let same = Ask::default().with("dpop_jkt", &bound);
    assert_eq!(push_with(&app, &same, &[("dpop", &third)]).await.status, 201);
    assert_eq!(push_with(&app, &same, &[("dpop", &third)]).await.oauth_error(), "400 invalid_dpop_proof");
    let elsewhere = phone.proof("POST", "/token", None);
    assert_eq!(push_with(&app, &same, &[("dpop", &elsewhere)]).await.oauth_error(), "400 invalid_dpop_proof");
}

#[tokio::test]
async fn a_widget_may_start_with_a_name() {
    let app = TestApp::new().await;
    let widget = app.widget().start_with(&pushed(&app, &Ask::default()).await).await;
    app.phone().await.approve(&widget.qr).await;
    assert_eq!(app.site().redeem(&widget.code().await).await.status, 200);
}

/// MUST: RFC 9126 section 2.2: no two requests get the same name.
#[tokio::test]
async fn rfc9126_2_2_each_request_has_a_name_of_its_own() {
    let app = TestApp::new().await;
    let mut names = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let answer = push_with(&app, &Ask::default(), &[]).await.json();
        assert!(names.insert(answer["request_uri"].as_str().unwrap().to_owned()));
    }
}

/// MUST: RFC 9126 section 2.3: another method than POST is 405, and a request that is too large is 413.
#[tokio::test]
async fn rfc9126_2_3_another_method_is_405_and_too_much_is_413() {
    let app = TestApp::new().await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(app.call(method, "/par", &[], "").await.status, 405);
    }
    let large = Ask::default().with("padding", &"x".repeat(17_000));
    assert_eq!(push_with(&app, &large, &[]).await.oauth_error(), "413 invalid_request");
}

/// MUST: RFC 9126 section 5: where the metadata says that every request is pushed, no other is served, not to a widget either.
#[tokio::test]
async fn rfc9126_5_where_all_must_push_no_other_request_is_served() {
    let app = TestApp::with(|config| config.require_pushed_authorization_requests = true).await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(app.browser().try_ask(&Ask::default()).await.error(), "invalid_request");
    assert_eq!(app.widget().try_start(&Ask::default()).await.status, 400);
    app.browser().ask(&pushed(&app, &Ask::default()).await).await;
}

/// MUST: RFC 9126 section 7.4: a client whose registration has changed since is judged by what holds now.
#[tokio::test]
async fn rfc9126_7_4_what_holds_now_counts() {
    let app = TestApp::new().await;
    let ask = pushed(&app, &Ask::default()).await;
    app.import(json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "A site", "redirect_uris": ["https://new.example/cb"],
    }))
    .await;
    page(&app, &app.browser().try_ask(&ask).await, "not registered").await;
}
