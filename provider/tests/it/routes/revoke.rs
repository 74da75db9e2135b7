//! `POST /revoke` (RFC 7009).

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::token::client_credentials;
use crate::support::{
    Answer, Ask, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, SECRET, basic},
};

fn basic_of(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")))
}

/// Revokes a token as this client.
async fn revoke(app: &TestApp, client: &str, token: &str) -> Answer {
    let secret = if client == PUBLIC_CLIENT { "" } else { SECRET };
    let mut form = vec![("client_id", client), ("token", token)];
    let basic = basic_of(client, secret);
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    if !secret.is_empty() {
        headers.push(("authorization", &basic));
        form.remove(0);
    }
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    app.call(Method::POST, "/revoke", &headers, &form).await
}

async fn alive(app: &TestApp, access_token: &str) -> bool {
    app.site().userinfo(access_token).await.status == 200
}

/// MUST: RFC 7009 section 2.1: a refresh token that is revoked takes the access tokens of its grant along.
#[tokio::test]
async fn rfc7009_2_1_a_refresh_token_takes_the_whole_grant_along() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    assert!(alive(&app, access).await);
    let answer = revoke(&app, CLIENT, refresh).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert!(!alive(&app, access).await);
    assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn an_access_token_takes_the_whole_grant_along_too() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let other = app.tokens(&Ask::default()).await;
    assert_eq!(revoke(&app, CLIENT, tokens["access_token"].as_str().unwrap()).await.status, 200);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant");
    assert!(alive(&app, other["access_token"].as_str().unwrap()).await, "another grant lives on");
}

/// Who lost the answer of a refresh has nothing but the old token to give back.
#[tokio::test]
async fn a_spent_refresh_token_takes_the_whole_grant_along_too() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let spent = tokens["refresh_token"].as_str().unwrap();
    let lost = app.site().refresh(spent).await.json();
    revoke(&app, PUBLIC_CLIENT, spent).await;
    assert!(alive(&app, lost["access_token"].as_str().unwrap()).await, "it is another client's");
    assert_eq!(revoke(&app, CLIENT, spent).await.status, 200);
    assert!(!alive(&app, lost["access_token"].as_str().unwrap()).await);
    let next = app.site().refresh(lost["refresh_token"].as_str().unwrap()).await;
    assert_eq!(next.oauth_error(), "400 invalid_grant");
}

/// MUST: RFC 7009 section 2.2: a token that is none is answered 200, too.
#[tokio::test]
async fn rfc7009_2_2_what_is_no_token_is_answered_alike() {
    let app = TestApp::new().await;
    for token in ["x", "saoma_refresh_x", "eyJhbGciOiJub25lIn0.e30.", "a.b.c"] {
        assert_eq!(revoke(&app, CLIENT, token).await.status, 200, "{token}");
    }
}

/// MUST: RFC 7009 section 2.1: where the hint does not fit the token, the server looks among the other kinds, too.
#[tokio::test]
async fn rfc7009_2_1_a_wrong_hint_does_no_harm() {
    let app = TestApp::new().await;
    for (member, hint) in
        [("refresh_token", "access_token"), ("access_token", "refresh_token"), ("access_token", "id_token")]
    {
        let tokens = app.tokens(&Ask::default()).await;
        let token = format!("{}&token_type_hint={hint}", tokens[member].as_str().unwrap());
        let form = format!("client_id={CLIENT}&token={token}");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", &basic_of(CLIENT, SECRET)),
        ];
        assert_eq!(app.call(Method::POST, "/revoke", &headers, &form).await.status, 200);
        assert!(!alive(&app, tokens["access_token"].as_str().unwrap()).await, "{member} as {hint}");
    }
}

/// MUST: RFC 7009 section 2.2.1: unsupported_token_type is for tokens that clients get and that cannot be revoked: there are none, and
/// what is no such token is left alone.
#[tokio::test]
async fn rfc7009_2_2_1_no_token_of_a_client_is_unsupported() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (tokens, code) = (app.tokens(&Ask::default()).await, app.code(&Ask::default()).await);
    let id_token = tokens["id_token"].as_str().unwrap();
    for token in [id_token, &code, phone.access_token.expose(), phone.refresh_token.expose()] {
        let answer = revoke(&app, CLIENT, token).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{token}");
    }
    assert_eq!(phone.me().await.status, 200);
    assert!(alive(&app, tokens["access_token"].as_str().unwrap()).await);
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

/// MUST: RFC 7009 section 2.1: a token is revoked by the client that it was given to alone.
#[tokio::test]
async fn rfc7009_2_1_another_client_s_token_is_left_alone() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    for token in [access, refresh] {
        assert_eq!(revoke(&app, PUBLIC_CLIENT, token).await.status, 200);
    }
    assert!(alive(&app, access).await);
    assert_eq!(app.site().refresh(refresh).await.status, 200);
}

/// MUST: RFC 7009 section 2.1: the client proves who it is as at the token endpoint.
#[tokio::test]
async fn rfc7009_2_1_the_client_proves_who_it_is() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let access = tokens["access_token"].as_str().unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for (form, error) in [
        (format!("client_id={CLIENT}&token={access}"), "401 invalid_client"),
        (format!("token={access}"), "401 invalid_client"),
        (format!("client_id={PUBLIC_CLIENT}"), "400 invalid_request"),
    ] {
        assert_eq!(app.call(Method::POST, "/revoke", &headers, &form).await.oauth_error(), error);
    }
    assert!(alive(&app, access).await);
}

#[tokio::test]
async fn a_client_s_own_token_can_be_revoked() {
    let app = client_credentials::app().await;
    let token = client_credentials::ask(&app, &[]).await.json()["access_token"].clone();
    let active = async || {
        super::introspect::ask(&app, "robot", token.as_str().unwrap()).await.json()["active"].clone()
    };
    assert_eq!(active().await, true);
    assert_eq!(revoke(&app, "api", token.as_str().unwrap()).await.status, 200);
    assert_eq!(active().await, true, "it is not the api's");
    assert_eq!(revoke(&app, "robot", token.as_str().unwrap()).await.status, 200);
    assert_eq!(active().await, false);
}

async fn with_hint(app: &TestApp, token: &str, hint: &str) -> Answer {
    let form = Ask::bare().with("token", token).with("token_type_hint", hint);
    app.post_form("/revoke", &[("authorization", &basic(CLIENT))], &form).await
}

/// MUST: RFC 7009 section 2: refresh tokens can be revoked, and access tokens, too.
#[tokio::test]
async fn rfc7009_2_tokens_of_both_kinds_can_be_revoked() {
    let app = TestApp::new().await;
    for kind in ["refresh_token", "access_token"] {
        let tokens = app.tokens(&Ask::default()).await;
        assert_eq!(revoke(&app, CLIENT, tokens[kind].as_str().unwrap()).await.status, 200);
        let refresh = tokens["refresh_token"].as_str().unwrap();
        assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant", "{kind}");
    }
}

/// MUST: RFC 7009 section 2.1: a wrong hint costs nothing: the token is looked for among all kinds.
#[tokio::test]
async fn rfc7009_2_1_a_wrong_hint_is_no_obstacle() {
    let app = TestApp::new().await;
    for (kind, hint) in [
        ("access_token", "refresh_token"),
        ("refresh_token", "access_token"),
        ("refresh_token", "pat"),
        ("access_token", ""),
    ] {
        let tokens = app.tokens(&Ask::default()).await;
        assert_eq!(with_hint(&app, tokens[kind].as_str().unwrap(), hint).await.status, 200);
        assert!(!alive(&app, tokens["access_token"].as_str().unwrap()).await, "{kind} as {hint}");
    }
}

/// MUST: RFC 7009 section 2.1: a token that is revoked is of no use from that moment on.
#[tokio::test]
async fn rfc7009_2_1_it_is_so_at_once() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert!(alive(&app, access).await);
    for _ in 0..2 {
        assert_eq!(revoke(&app, CLIENT, access).await.status, 200, "twice is no error");
        assert!(!alive(&app, access).await);
        let told = super::introspect::ask(&app, CLIENT, access).await.json();
        assert_eq!(told, serde_json::json!({"active": false}));
    }
}

/// MUST: RFC 7009 section 2.2.1: errors are those of the token endpoint: without a token it is invalid_request.
#[tokio::test]
async fn rfc7009_2_2_1_errors_are_those_of_the_token_endpoint() {
    let app = TestApp::new().await;
    assert_eq!(revoke(&app, CLIENT, "").await.oauth_error(), "400 invalid_request");
    let twice = app
        .call(
            Method::POST,
            "/revoke",
            &[("content-type", "application/x-www-form-urlencoded"), ("authorization", &basic(CLIENT))],
            "token=a&token=b",
        )
        .await;
    assert_eq!(twice.oauth_error(), "400 invalid_request");
    assert_eq!(app.get("/revoke?token=x").await.status, 405);
}
