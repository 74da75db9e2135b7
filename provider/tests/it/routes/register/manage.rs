//! A registration is read, replaced and ended by its own token (RFC 7592).

use axum::http::Method;
use provider::oauth::registration::RegistrationPolicy;
use serde_json::{Value, json};

use super::{app_with, good, is_let_in, manage, register, with};
use crate::support::{Ask, ISSUER, TestApp, site::ORIGIN};

async fn registered(metadata: &Value) -> (TestApp, Value) {
    let app = app_with(RegistrationPolicy::Open).await;
    let client = register(&app, None, metadata).await.json();
    (app, client)
}

/// What replaces a registration by itself.
fn same(client: &Value) -> Value {
    with("client_id", client["client_id"].clone())
}

async fn put(app: &TestApp, client: &Value, metadata: &Value) -> crate::support::Answer {
    manage(app, Method::PUT, client, &metadata.to_string()).await
}

/// MUST: RFC 7592 section 2.1: without the token, or with one that is none, a registration is not shown: 401, whether there is such a client or not.
#[tokio::test]
async fn rfc7592_2_1_a_registration_is_not_shown_to_others() {
    let (app, client) = registered(&good()).await;
    let path = client["registration_client_uri"].as_str().unwrap().strip_prefix(ISSUER).unwrap();
    let secret = client["client_secret"].as_str().unwrap();
    for path in [path, "/register/nobody"] {
        for token in ["", "x", secret] {
            let header = format!("Bearer {token}");
            let answer = app.call(Method::GET, path, &[("authorization", &header)], "").await;
            assert_eq!(answer.oauth_error(), "401 invalid_token", "{path}");
            assert!(answer.header("www-authenticate").starts_with("Bearer "));
        }
        assert_eq!(app.get(path).await.oauth_error(), "401 invalid_token");
    }
}

/// MUST: RFC 7592 section 2.2: who replaces a registration names its client_id, and that is not changed.
#[tokio::test]
async fn rfc7592_2_2_the_client_id_is_there_and_stays() {
    let (app, client) = registered(&good()).await;
    for id in [Value::Null, json!("other"), json!([client["client_id"]])] {
        let answer = put(&app, &client, &with("client_id", id.clone())).await;
        assert_eq!(answer.oauth_error(), "400 invalid_client_metadata", "{id}");
    }
    assert_eq!(put(&app, &client, &same(&client)).await.json()["client_id"], client["client_id"]);
}

/// MUST: RFC 7592 section 2.2: what only the server says of a registration is not part of what replaces it.
#[tokio::test]
async fn rfc7592_2_2_what_only_the_server_says_is_refused() {
    let (app, client) = registered(&good()).await;
    for name in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        let mut metadata = same(&client);
        metadata[name] = client[name].clone();
        assert_eq!(
            put(&app, &client, &metadata).await.oauth_error(),
            "400 invalid_client_metadata",
            "{name}"
        );
    }
}

/// MUST: RFC 7592 section 2.2: a client that says its secret says the one that it has; it cannot choose another.
#[tokio::test]
async fn rfc7592_2_2_a_secret_can_be_said_and_not_chosen() {
    let (app, client) = registered(&good()).await;
    let mut metadata = same(&client);
    for other in [json!("b".repeat(50)), json!(""), json!(7)] {
        metadata["client_secret"] = other;
        assert_eq!(put(&app, &client, &metadata).await.oauth_error(), "400 invalid_client_metadata");
    }
    metadata["client_secret"] = client["client_secret"].clone();
    assert_eq!(put(&app, &client, &metadata).await.status, 200);
    let secret = client["client_secret"].as_str().unwrap();
    assert!(is_let_in(&app, client["client_id"].as_str().unwrap(), secret).await);
}

/// MUST: RFC 7592 section 2.2: what is left out of what replaces a registration is gone, and what is in it holds.
#[tokio::test]
async fn rfc7592_2_2_what_is_left_out_is_gone() {
    let mut metadata = with("tos_uri", json!("https://a.example/tos"));
    metadata["default_max_age"] = json!(60);
    let (app, client) = registered(&metadata).await;
    let mut next = same(&client);
    next["redirect_uris"] = json!(["https://new.example/cb"]);
    assert_eq!(put(&app, &client, &next).await.status, 200);
    let shown = manage(&app, Method::GET, &client, "").await.json();
    assert_eq!((shown.get("tos_uri"), shown.get("default_max_age")), (None, None));
    let id = client["client_id"].as_str().unwrap();
    let old = app.browser().try_ask(&Ask::default().with("client_id", id)).await;
    assert_eq!(old.status, 400, "the old redirect URI is gone, too");
    app.browser()
        .ask(&Ask::default().with("client_id", id).with("redirect_uri", "https://new.example/cb"))
        .await;
}

/// MUST: RFC 7592 section 2.3: with a registration end its secret, its token, its codes and all that it was given.
#[tokio::test]
async fn rfc7592_2_3_all_of_a_client_ends_with_it() {
    let mut metadata = with("grant_types", json!(["authorization_code", "refresh_token"]));
    metadata["allowed_origins"] = json!([ORIGIN]);
    let (app, client) = registered(&metadata).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let ask = Ask::default().with("client_id", id);
    let redeem = Ask::redeem(&app.code(&ask).await);
    let tokens = app.site().token_as(Some((id, secret)), &redeem).await.json();
    let unused = Ask::redeem(&app.code(&ask).await);
    let answer = manage(&app, Method::DELETE, &client, "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    let refresh = Ask::refresh(tokens["refresh_token"].as_str().unwrap());
    for form in [unused, refresh] {
        assert_eq!(app.site().token_as(Some((id, secret)), &form).await.oauth_error(), "401 invalid_client");
    }
    assert_eq!(manage(&app, Method::GET, &client, "").await.oauth_error(), "401 invalid_token");
    assert_eq!(app.browser().try_ask(&ask).await.status, 400);
}

/// MUST: RFC 7592 section 3: each answer names the address and the token of the registration.
#[tokio::test]
async fn rfc7592_3_each_answer_names_address_and_token() {
    let (app, client) = registered(&good()).await;
    let shown = manage(&app, Method::GET, &client, "").await.json();
    let replaced = put(&app, &client, &same(&client)).await.json();
    for answer in [&client, &shown, &replaced] {
        let uri = format!("{ISSUER}/register/{}", client["client_id"].as_str().unwrap());
        assert_eq!(answer["registration_client_uri"], uri);
        assert_eq!(answer["registration_access_token"], client["registration_access_token"]);
    }
}
