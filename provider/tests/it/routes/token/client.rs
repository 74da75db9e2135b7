//! Who asks: client authentication (RFC 6749 section 2.3), and what this client may ask for.

use serde_json::json;

use crate::support::{
    Ask, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, REDIRECT_URI, SECRET},
};

/// Asserts that a code is as good as it was.
async fn assert_still_good(app: &TestApp, code: &str) {
    assert_eq!(app.site().redeem(code).await.status, 200);
}

/// MUST: RFC 6749 section 5.2: a client that used the Authorization header and failed is answered 401 with a
/// challenge of that scheme.
#[tokio::test]
async fn rfc6749_5_2_a_wrong_secret_is_401_with_a_challenge() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    for secret in ["wrong", "", &SECRET.to_uppercase(), &format!("{SECRET} ")] {
        let answer = app.site().token_as(Some((CLIENT, secret)), &Ask::redeem(&code)).await;
        assert_eq!(answer.oauth_error(), "401 invalid_client");
        assert_eq!(answer.header("www-authenticate"), r#"Basic realm="saoma", charset="UTF-8""#);
    }
    assert_still_good(&app, &code).await;
}

#[tokio::test]
async fn an_unknown_client_is_answered_like_a_wrong_secret() {
    let app = TestApp::new().await;
    let unknown = app.site().token_as(Some(("nobody", SECRET)), &Ask::redeem("x")).await;
    let wrong = app.site().token_as(Some((CLIENT, "wrong")), &Ask::redeem("x")).await;
    assert_eq!((unknown.oauth_error(), unknown.body), (wrong.oauth_error(), wrong.body.clone()));
    let by_form = app.site().token_as(None, &Ask::redeem("x").with("client_id", "nobody")).await;
    assert_eq!((by_form.oauth_error(), by_form.body), (wrong.oauth_error(), wrong.body));
    assert_eq!(app.site().token_as(None, &Ask::redeem("x")).await.oauth_error(), "401 invalid_client");
}

/// MUST: RFC 6749 section 2.3: a client uses no more than one authentication method in a request.
#[tokio::test]
async fn rfc6749_2_3_two_methods_at_once_are_refused() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let twice = Ask::redeem(&code).with("client_id", CLIENT).with("client_secret", SECRET);
    assert_eq!(app.site().token(&twice).await.oauth_error(), "400 invalid_request");
    let of_two = Ask::redeem(&code).with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.site().token(&of_two).await.oauth_error(), "400 invalid_request");
    assert_still_good(&app, &code).await;
}

#[tokio::test]
async fn the_client_s_name_may_stand_in_the_form_beside_basic() {
    let app = TestApp::new().await;
    let ask = Ask::redeem(&app.code(&Ask::default()).await).with("client_id", CLIENT);
    assert_eq!(app.site().token(&ask).await.status, 200);
}

/// MUST: OIDC Registration section 2: a client proves itself by the method that it registered, and by no other.
#[tokio::test]
async fn oidc_registration_2_another_method_than_the_registered_one_is_refused() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let post = Ask::redeem(&code).with("client_id", CLIENT).with("client_secret", SECRET);
    assert_eq!(app.site().token_as(None, &post).await.oauth_error(), "401 invalid_client");
    let none = Ask::redeem(&code).with("client_id", CLIENT);
    assert_eq!(app.site().token_as(None, &none).await.oauth_error(), "401 invalid_client");
    assert_still_good(&app, &code).await;
}

/// MUST: RFC 6749 section 2.3.1: where a secret is in the request, it is in the body, never in the URI.
#[tokio::test]
async fn rfc6749_2_3_1_a_client_of_client_secret_post_posts_its_secret() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "poster", "client_secret": SECRET, "client_name": "Poster", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": ["https://site.example"], "token_endpoint_auth_method": "client_secret_post",
    }))
    .await;
    let ask = Ask::redeem(&app.code(&Ask::default().with("client_id", "poster")).await);
    let by_basic = app.site().token_as(Some(("poster", SECRET)), &ask).await;
    assert_eq!(by_basic.oauth_error(), "401 invalid_client");
    let post = ask.with("client_id", "poster").with("client_secret", SECRET);
    assert_eq!(app.site().token_as(None, &post).await.status, 200);
}

#[tokio::test]
async fn a_public_client_has_no_secret_to_give() {
    let app = TestApp::new().await;
    let ask = Ask::redeem(&app.code(&Ask::default().with("client_id", PUBLIC_CLIENT)).await);
    let with_secret = ask.clone().with("client_id", PUBLIC_CLIENT).with("client_secret", SECRET);
    assert_eq!(app.site().token_as(None, &with_secret).await.oauth_error(), "401 invalid_client");
    let by_basic = app.site().token_as(Some((PUBLIC_CLIENT, SECRET)), &ask).await;
    assert_eq!(by_basic.oauth_error(), "401 invalid_client");
    let right = ask.with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.site().token_as(None, &right).await.status, 200);
}

/// MUST: RFC 6749 section 2.3.1: identifier and secret in the Authorization header are form-encoded.
#[tokio::test]
async fn rfc6749_2_3_1_basic_credentials_are_form_encoded_and_plain_ones_forgiven() {
    let app = TestApp::new().await;
    let secret = "a secret: with + and % and & of 40 signs";
    app.import(json!({
        "client_id": "odd:id", "client_secret": secret, "client_name": "Odd", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": ["https://site.example"],
    }))
    .await;
    let ask = Ask::redeem(&app.code(&Ask::default().with("client_id", "odd:id")).await);
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = (encode("odd:id"), encode(secret));
    assert_eq!(app.site().token_as(Some((&basic.0, "another")), &ask).await.status, 401);
    assert_eq!(app.site().token_as(Some((&basic.0, &basic.1)), &ask).await.status, 200);
    let again = app.site().token_as(Some((&basic.0, secret)), &ask).await;
    assert_eq!(again.oauth_error(), "400 invalid_grant", "it was let in, and the code was used");
}

/// MUST: RFC 6749 section 5.2: an unknown grant type is unsupported_grant_type.
#[tokio::test]
async fn rfc6749_5_2_grant_types_that_nobody_has_are_refused() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    for kind in ["password", "implicit", "AUTHORIZATION_CODE"] {
        let ask = Ask::redeem(&code).with("grant_type", kind);
        assert_eq!(app.site().token(&ask).await.oauth_error(), "400 unsupported_grant_type");
    }
    let none = Ask::redeem(&code).without("grant_type");
    assert_eq!(app.site().token(&none).await.oauth_error(), "400 invalid_request");
    assert_still_good(&app, &code).await;
}

/// MUST: RFC 6749 section 5.2: a grant type that the client may not use is unauthorized_client.
#[tokio::test]
async fn rfc6749_5_2_a_grant_type_that_the_client_is_not_registered_for_is_refused() {
    let app = TestApp::new().await;
    let ask = Ask::default().with("client_id", PUBLIC_CLIENT);
    let redeem = Ask::redeem(&app.code(&ask).await).with("client_id", PUBLIC_CLIENT);
    let tokens = app.site().token_as(None, &redeem).await.json();
    assert!(tokens.get("refresh_token").is_none(), "offline_access gives it none");
    let refresh = Ask::refresh("x").with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.site().token_as(None, &refresh).await.oauth_error(), "400 unauthorized_client");
}
