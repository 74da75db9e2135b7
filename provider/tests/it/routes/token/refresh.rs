//! The refresh token grant (RFC 6749 section 6).

use serde_json::{Value, json};

use crate::support::{
    Ask, TestApp,
    site::{REDIRECT_URI, SECRET},
};

const DAY: u64 = 24 * 3600;

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_refresh_token_is_followed_by_another() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    app.pass(601);
    assert_eq!(site.userinfo(text(&first, "access_token")).await.status, 401);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(site.userinfo(text(&second, "access_token")).await.status, 200);
    assert_eq!(site.refresh(text(&second, "refresh_token")).await.status, 200);
}

/// MUST: RFC 9700 section 4.14.2: where refresh tokens are rotated, one that comes back is noticed and all of its
/// grant is revoked.
#[tokio::test]
async fn rfc9700_4_14_2_a_spent_one_that_comes_back_takes_back_the_whole_grant() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    app.pass(10);
    assert_eq!(site.refresh(text(&first, "refresh_token")).await.oauth_error(), "400 invalid_grant");
    for tokens in [&first, &second] {
        assert_eq!(site.userinfo(text(tokens, "access_token")).await.status, 401);
        assert_eq!(site.refresh(text(tokens, "refresh_token")).await.oauth_error(), "400 invalid_grant");
    }
}

#[tokio::test]
async fn who_lost_the_answer_gets_it_again() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    app.pass(9);
    let again = site.refresh(text(&first, "refresh_token")).await.json();
    assert_eq!(text(&second, "refresh_token"), text(&again, "refresh_token"));
    assert_eq!(site.userinfo(text(&again, "access_token")).await.status, 200);
    let third = site.refresh(text(&again, "refresh_token")).await.json();
    assert_ne!(text(&third, "refresh_token"), text(&again, "refresh_token"));
}

/// MUST: RFC 9700 section 4.14.2: a spent refresh token whose successor has been used was not lost: the grant is
/// revoked, however soon it comes back.
#[tokio::test]
async fn rfc9700_4_14_2_once_the_successor_was_used_there_is_no_grace() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    let third = site.refresh(text(&second, "refresh_token")).await.json();
    assert_eq!(site.refresh(text(&first, "refresh_token")).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.refresh(text(&third, "refresh_token")).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.userinfo(text(&third, "access_token")).await.status, 401);
}

#[tokio::test]
async fn without_grace_the_second_use_revokes_at_once() {
    let app = TestApp::with(|config| config.lifetimes.refresh_grace = std::time::Duration::ZERO).await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    assert_eq!(site.refresh(text(&first, "refresh_token")).await.oauth_error(), "400 invalid_grant");
    assert_eq!(site.refresh(text(&second, "refresh_token")).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn another_grant_of_the_same_person_lives_on() {
    let app = TestApp::new().await;
    let (site, one) = (app.site(), app.tokens(&Ask::default()).await);
    let other = app.tokens(&Ask::default()).await;
    for _ in 0..2 {
        site.refresh(text(&one, "refresh_token")).await;
        app.pass(10);
    }
    assert_eq!(site.userinfo(text(&one, "access_token")).await.status, 401);
    assert_eq!(site.userinfo(text(&other, "access_token")).await.status, 200);
    assert_eq!(site.refresh(text(&other, "refresh_token")).await.status, 200);
}

/// MUST: RFC 6749 section 6: a refresh with less scope gives an access token of less, and the refresh token that follows has the scope of the old one.
#[tokio::test]
async fn rfc6749_6_a_narrower_scope_is_given_and_the_wider_stays_to_be_had() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    let narrow = Ask::refresh(text(&first, "refresh_token")).with("scope", "openid email");
    let narrow = site.token(&narrow).await.json();
    assert_eq!(text(&narrow, "scope"), "openid email");
    let seen = site.userinfo(text(&narrow, "access_token")).await.json();
    assert!(seen.get("name").is_none() && seen["email"] == "lin@example.com", "{seen}");
    let wide = site.refresh(text(&narrow, "refresh_token")).await.json();
    assert_eq!(text(&wide, "scope"), text(&first, "scope"));
}

/// MUST: RFC 6749 section 6: a refresh asks for no scope that was not granted.
#[tokio::test]
async fn rfc6749_6_a_wider_scope_is_refused() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().with("scope", "openid offline_access")).await;
    let refresh = Ask::refresh(text(&tokens, "refresh_token"));
    for scope in ["openid email", "profile", "admin"] {
        let answer = app.site().token(&refresh.clone().with("scope", scope)).await;
        assert_eq!(answer.oauth_error(), "400 invalid_scope", "{scope}");
    }
    assert_eq!(app.site().token(&refresh).await.status, 200, "it was not spent");
}

/// MUST: RFC 6749 section 6: a refresh token is good for the client that it was given to alone.
#[tokio::test]
async fn rfc6749_6_another_client_s_is_refused() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "other", "client_secret": SECRET, "client_name": "Other", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
    }))
    .await;
    let refresh = Ask::refresh(text(&app.tokens(&Ask::default()).await, "refresh_token"));
    for _ in 0..2 {
        let stranger = app.site().token_as(Some(("other", SECRET)), &refresh).await;
        assert_eq!(stranger.oauth_error(), "400 invalid_grant");
    }
    assert_eq!(app.site().token(&refresh).await.status, 200, "neither spent nor revoked");
}

#[tokio::test]
async fn thirty_days_without_use_end_it_and_each_use_begins_them_again() {
    let app = TestApp::new().await;
    let (site, first) = (app.site(), app.tokens(&Ask::default()).await);
    app.pass(29 * DAY);
    let second = site.refresh(text(&first, "refresh_token")).await.json();
    app.pass(29 * DAY);
    let third = site.refresh(text(&second, "refresh_token")).await.json();
    app.pass(30 * DAY);
    assert_eq!(site.refresh(text(&third, "refresh_token")).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let made_up = "saoma_refresh_".to_owned() + &"A".repeat(43);
    for wrong in [&made_up, "x", text(&tokens, "access_token"), text(&tokens, "id_token")] {
        assert_eq!(app.site().refresh(wrong).await.oauth_error(), "400 invalid_grant");
    }
    assert_eq!(app.site().refresh("").await.oauth_error(), "400 invalid_request");
    assert_eq!(app.site().refresh(text(&tokens, "refresh_token")).await.status, 200);
}
