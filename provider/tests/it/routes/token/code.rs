//! The authorization code grant (RFC 6749 section 4.1.3).

use provider::{login::LoginState, secret::Code};

use crate::support::{
    Answer, Ask, TestApp,
    site::{PUBLIC_CLIENT, REDIRECT_URI, VERIFIER},
};

fn text<'a>(tokens: &'a serde_json::Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// Redeems a code in a way that must fail, and then in the right way, which must still work.
async fn refused(app: &TestApp, wrong: &Ask, right: &Ask) -> String {
    let answer = app.site().token(wrong).await;
    assert_eq!(app.site().token(right).await.status, 200, "the refusal used the code up: {answer:?}");
    answer.oauth_error()
}

/// MUST: RFC 6749 section 5.1: a good request is answered access_token, token_type and expires_in as JSON that
/// nobody may store.
#[tokio::test]
async fn rfc6749_5_1_a_code_gives_tokens() {
    let app = TestApp::new().await;
    let answer = app.site().redeem(&app.code(&Ask::default()).await).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let tokens = answer.json();
    assert_eq!((text(&tokens, "token_type"), tokens["expires_in"].as_u64()), ("Bearer", Some(600)));
    assert_eq!(text(&tokens, "scope"), "openid profile email offline_access");
    assert!(text(&tokens, "refresh_token").starts_with("saoma_refresh_"));
    assert_eq!(text(&tokens, "id_token").split('.').count(), 3);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().with("scope", "profile")).await;
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none(), "{tokens}");
}

/// MUST: RFC 6749 section 4.1.2: a code is used once; a second use is refused, and what the first gave is revoked.
#[tokio::test]
async fn rfc6749_4_1_2_a_code_that_comes_back_takes_back_what_it_gave() {
    let app = TestApp::new().await;
    let (site, code) = (app.site(), app.code(&Ask::default()).await);
    let first = site.redeem(&code).await.json();
    assert_eq!(site.userinfo(text(&first, "access_token")).await.status, 200);
    assert_eq!(site.redeem(&code).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.userinfo(text(&first, "access_token")).await.status, 401);
    assert_eq!(site.refresh(text(&first, "refresh_token")).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn a_replay_after_a_refresh_takes_back_what_the_refresh_gave() {
    let app = TestApp::new().await;
    let (site, code) = (app.site(), app.code(&Ask::default()).await);
    let first = site.redeem(&code).await.json();
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    app.pass(3600);
    assert_eq!(site.redeem(&code).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.refresh(text(&second, "refresh_token")).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn another_client_s_replay_takes_nothing_back() {
    let app = TestApp::new().await;
    let (site, code) = (app.site(), app.code(&Ask::default()).await);
    let first = site.redeem(&code).await.json();
    let stranger = Ask::redeem(&code).with("client_id", PUBLIC_CLIENT);
    assert_eq!(site.token_as(None, &stranger).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.userinfo(text(&first, "access_token")).await.status, 200);
}

/// MUST: RFC 6749 section 4.1.2: a code expires soon after it was given.
#[tokio::test]
async fn rfc6749_4_1_2_a_code_lives_a_minute() {
    let app = TestApp::new().await;
    let (last, late) = (app.code(&Ask::default()).await, app.code(&Ask::default()).await);
    app.pass(59);
    assert_eq!(app.site().redeem(&last).await.status, 200);
    app.pass(1);
    assert_eq!(app.site().redeem(&late).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn a_code_that_the_browser_has_not_collected_is_none() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let LoginState::Confirmed { approval } = app.stored(&widget.id).await.state else { panic!() };
    let code = Code::derive(&widget.secret, &approval.salt.0).expose().to_owned();
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
    assert_eq!(widget.code().await, code, "it was the right one, too early");
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

/// MUST: RFC 6749 section 4.1.3: a code is good for the client that it was given to alone.
#[tokio::test]
async fn rfc6749_4_1_3_a_code_of_another_client_is_none() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let stranger = Ask::redeem(&code).with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.site().token_as(None, &stranger).await.oauth_error(), "400 invalid_grant");
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

#[tokio::test]
async fn what_is_no_code_is_refused() {
    let app = TestApp::new().await;
    let made_up = "saoma_code_".to_owned() + &"A".repeat(43);
    for code in [made_up.as_str(), "saoma_code_", "x", "'; drop table logins; --", "扫"] {
        assert_eq!(app.site().redeem(code).await.oauth_error(), "400 invalid_grant", "{code}");
    }
    let none = Ask::redeem("").without("code");
    assert_eq!(app.site().token(&none).await.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 7636 section 4.6: a verifier that does not fit the challenge is invalid_grant.
#[tokio::test]
async fn rfc7636_4_6_the_verifier_must_fit() {
    let app = TestApp::new().await;
    let right = Ask::redeem(&app.code(&Ask::default()).await);
    let wrong = right.clone().with("code_verifier", &VERIFIER.replace('d', "e"));
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_grant");
}

/// MUST: RFC 7636 section 4.2: S256 compares the hash of the verifier, not the verifier.
#[tokio::test]
async fn rfc7636_4_2_the_challenge_is_no_verifier() {
    let app = TestApp::new().await;
    let right = Ask::redeem(&app.code(&Ask::default()).await);
    let wrong = right.clone().with("code_verifier", crate::support::site::CHALLENGE);
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_grant");
}

/// MUST: RFC 7636 section 4.5: who sent a challenge sends its verifier.
#[tokio::test]
async fn rfc7636_4_5_the_verifier_must_be_there() {
    let app = TestApp::new().await;
    let right = Ask::redeem(&app.code(&Ask::default()).await);
    let wrong = right.clone().without("code_verifier");
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_grant");
}

/// MUST: RFC 9700 section 2.1.1: a verifier where there was no challenge is refused.
#[tokio::test]
async fn rfc9700_2_1_1_a_verifier_without_a_challenge_is_refused() {
    let app = TestApp::new().await;
    let plain = Ask::default().without("code_challenge").without("code_challenge_method");
    let wrong = Ask::redeem(&app.code(&plain).await);
    let right = wrong.clone().without("code_verifier");
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_grant");
}

/// MUST: RFC 6749 section 4.1.3: the redirect_uri is that of the authorization request.
#[tokio::test]
async fn rfc6749_4_1_3_the_redirect_uri_must_be_that_of_the_request() {
    let app = TestApp::new().await;
    let right = Ask::redeem(&app.code(&Ask::default()).await);
    let wrong = right.clone().with("redirect_uri", &format!("{REDIRECT_URI}/"));
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_grant");
}

/// MUST: RFC 6749 section 4.1.3: redirect_uri is there where the authorization request had one.
#[tokio::test]
async fn rfc6749_4_1_3_without_pkce_the_redirect_uri_must_be_there() {
    let app = TestApp::new().await;
    let plain = Ask::default().without("code_challenge").without("code_challenge_method");
    let right = Ask::redeem(&app.code(&plain).await).without("code_verifier");
    let wrong = right.clone().without("redirect_uri");
    assert_eq!(refused(&app, &wrong, &right).await, "400 invalid_request");
}

#[tokio::test]
async fn with_pkce_the_redirect_uri_may_be_left_out() {
    let app = TestApp::new().await;
    let ask = Ask::redeem(&app.code(&Ask::default()).await).without("redirect_uri");
    let answer: Answer = app.site().token(&ask).await;
    assert_eq!(answer.status, 200, "OAuth 2.1 section 4.1.3: {answer:?}");
}
