//! `GET` and `POST /userinfo`.

mod bearer;
mod claims;

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Ask, TestApp, site::PUBLIC_CLIENT};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn access_token(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

fn challenge(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.header("www-authenticate"))
}

const INVALID: (u16, &str) = (401, r#"Bearer error="invalid_token""#);

/// MUST: OIDC Core section 5.3.1: the userinfo endpoint takes GET and POST, and the token as RFC 6750 says.
#[tokio::test]
async fn oidc_core_5_3_1_get_and_post_answer_alike() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let bearer = format!("Bearer {}", access_token(&tokens));
    let body = format!("access_token={}", access_token(&tokens));
    let by_get = app.site().userinfo(access_token(&tokens)).await;
    let by_header = app.call(Method::POST, "/userinfo", &[("authorization", &bearer)], "").await;
    let by_body = app.call(Method::POST, "/userinfo", &[FORM], &body).await;
    assert_eq!((by_get.status.as_u16(), by_get.header("cache-control")), (200, "no-store"));
    assert_eq!(by_get.json()["email"], "lin@example.com");
    assert_eq!((by_header.body, by_body.body), (by_get.body.clone(), by_get.body));
}

#[tokio::test]
async fn scopes_decide_what_is_told() {
    let app = TestApp::new().await;
    for (scope, told) in [
        ("openid", json!({})),
        ("openid email", json!({"email": "lin@example.com", "email_verified": true})),
        ("openid profile", json!({"name": "Lin Example"})),
    ] {
        let tokens = app.tokens(&Ask::default().with("scope", scope)).await;
        let mut who = app.site().userinfo(access_token(&tokens)).await.json();
        assert!(who.as_object_mut().unwrap().remove("sub").is_some_and(|sub| sub.is_string()));
        assert_eq!(who, told, "{scope}");
    }
}

#[tokio::test]
async fn pages_of_any_origin_may_ask() {
    let app = TestApp::new().await;
    let preflight = app.call(Method::OPTIONS, "/userinfo", &[("origin", "https://any.example")], "").await;
    assert_eq!(preflight.header("access-control-allow-headers"), "authorization, dpop");
    for answer in [preflight, app.get("/userinfo").await] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}

/// MUST: RFC 6750 section 3.1: a request without any credential is challenged without an error code.
#[tokio::test]
async fn rfc6750_3_1_without_a_token_the_challenge_names_no_error() {
    let app = TestApp::new().await;
    assert_eq!(challenge(&app.get("/userinfo").await), (401, r#"Bearer realm="saoma""#));
    let basic = app.call(Method::GET, "/userinfo", &[("authorization", "Basic c2l0ZTp4")], "").await;
    assert_eq!(challenge(&basic), (401, r#"Bearer realm="saoma""#));
    let token = app.tokens(&Ask::default()).await;
    let by_query = app.get(&format!("/userinfo?access_token={}", access_token(&token))).await;
    assert_eq!(by_query.status, 401, "a token in a URL ends in logs");
}

/// MUST: RFC 6750 section 3.1: a token that is expired, revoked or malformed is 401 invalid_token.
#[tokio::test]
async fn rfc6750_3_1_what_is_no_access_token_is_refused() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let good = access_token(&tokens);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    let (unsigned, broken) = (format!("{signed}."), format!("{signed}.{turned}"));
    let phone = app.phone().await;
    for wrong in ["garbage", "a.b.c", &broken, &unsigned, phone.access_token.expose(), ""] {
        assert_eq!(challenge(&app.site().userinfo(wrong).await), INVALID, "{wrong}");
    }
    assert_eq!(app.site().userinfo(good).await.status, 200);
}

#[tokio::test]
async fn an_access_token_lives_ten_minutes() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    app.pass(599);
    assert_eq!(app.site().userinfo(access_token(&tokens)).await.status, 200);
    app.pass(1);
    assert_eq!(challenge(&app.site().userinfo(access_token(&tokens)).await), INVALID);
}

/// MUST: RFC 6750 section 2: a client sends its token in one way per request.
#[tokio::test]
async fn rfc6750_2_two_tokens_are_refused() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let bearer = format!("Bearer {}", access_token(&tokens));
    let body = format!("access_token={}", access_token(&tokens));
    let answer = app.call(Method::POST, "/userinfo", &[FORM, ("authorization", &bearer)], &body).await;
    assert_eq!(challenge(&answer), (400, r#"Bearer error="invalid_request""#));
    assert_eq!(app.site().userinfo(access_token(&tokens)).await.status, 200);
}

/// MUST: RFC 9068 section 4: the typ of an access token is at+jwt, and any other is refused.
#[tokio::test]
async fn rfc9068_4_an_id_token_is_no_access_token_by_whatever_key_it_is_signed() {
    let app = TestApp::new().await;
    let rs256 = app.tokens(&Ask::default()).await;
    let code = app.code(&Ask::default().with("client_id", PUBLIC_CLIENT)).await;
    let redeem = Ask::redeem(&code).with("client_id", PUBLIC_CLIENT);
    let es256 = app.site().token_as(None, &redeem).await.json();
    for tokens in [rs256, es256] {
        let id_token = tokens["id_token"].as_str().unwrap();
        assert_eq!(challenge(&app.site().userinfo(id_token).await), INVALID);
    }
}

/// MUST: RFC 6750 section 3.1: a token that allows too little is 403 insufficient_scope.
#[tokio::test]
async fn rfc6750_3_1_without_openid_there_is_nothing_to_tell() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().with("scope", "profile email")).await;
    let answer = app.site().userinfo(access_token(&tokens)).await;
    assert_eq!(challenge(&answer), (403, r#"Bearer error="insufficient_scope", scope="openid""#));
    assert_eq!(answer.json()["error"], "insufficient_scope");
}
