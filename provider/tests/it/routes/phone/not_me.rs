//! `POST /api/phone/notices/{id}/not-me`: takes back what somebody else did, and tells the sites.

use serde_json::{Value, json};

use crate::support::{
    Ask, BackChannel, Phone, TestApp, claims_of,
    site::{CLIENT, OWN_CLIENT},
};

/// The newest notice of this kind.
async fn newest(phone: &Phone<'_>, kind: &str) -> Value {
    let notices = phone.notices().await;
    notices.into_iter().find(|notice| notice["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"))
}

#[tokio::test]
async fn a_login_s_session_grant_and_tokens_end_and_the_site_is_told() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let notice = newest(&phone, "login").await;
    assert_eq!(phone.says("not-me", &notice).await.status, 204);

    let (client, claims) = ear.told().await;
    assert_eq!((client.as_str(), &claims["sid"]), (CLIENT, &claims_of(&tokens["id_token"])["sid"]));
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    let refreshed = app.site().refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.oauth_error(), "400 invalid_grant");
    let silent = browser.try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(silent.error(), "login_required");
    assert!(phone.sites().await.is_empty(), "what it allowed the site for the first time is forgotten");
    assert!(ear.is_quiet().await, "the site is told once");
    assert_eq!(phone.says("not-me", &notice).await.problem(), "404 unknown_notice");
    assert!(phone.notices().await.is_empty());
    assert_eq!(phone.me().await.status, 200, "the phone stays");
}

#[tokio::test]
async fn other_browsers_and_what_was_allowed_before_stay() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut mine, phone) = (app.browser(), app.phone().await);
    let code = mine.sign_in(&Ask::default(), &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    app.pass(1);
    let mut theirs = app.browser();
    let code = theirs.sign_in(&Ask::default(), &phone).await.code();
    app.site().redeem(&code).await;
    let notice = newest(&phone, "login").await;
    phone.says("not-me", &notice).await;
    assert_eq!(ear.told_sites(1).await, [CLIENT]);
    assert!(ear.is_quiet().await);
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
    assert_eq!(phone.sites().await.len(), 1);
    assert!(!mine.try_ask(&Ask::default().with("prompt", "none")).await.code().is_empty());
}

#[tokio::test]
async fn all_that_came_from_its_session_ends_with_it() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    app.site().redeem(&code).await;
    let first = newest(&phone, "login").await;
    let code = browser.try_ask(&Ask::of(OWN_CLIENT)).await.code();
    let second = app.site().redeem_as(OWN_CLIENT, &code).await;
    phone.says("not-me", &first).await;
    assert_eq!(ear.told_sites(2).await, [OWN_CLIENT, CLIENT]);
    assert_eq!(app.site().userinfo(second["access_token"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn what_outlasted_a_session_that_was_signed_out_ends_too() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let ask = Ask::default().with("scope", "openid offline_access").with("prompt", "consent");
    let code = browser.sign_in(&ask, &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    browser.get(&format!("/logout?id_token_hint={}", tokens["id_token"].as_str().unwrap())).await;
    assert_eq!(ear.told_sites(1).await, [CLIENT]);
    let refreshed = app.site().refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.status, 200, "signing out leaves offline access");
    let notice = newest(&phone, "login").await;
    phone.says("not-me", &notice).await;
    assert_eq!(ear.told_sites(1).await, [CLIENT]);
    let refreshed = app.site().refresh(refreshed.json()["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn a_login_that_is_still_under_way_yields_nothing_more() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (confirmed, delivered) = (app.widget().start().await, app.widget().start().await);
    for widget in [&confirmed, &delivered] {
        phone.approve(&widget.qr).await;
    }
    let code = delivered.code().await;
    for notice in phone.notices().await {
        assert_eq!(phone.says("not-me", &notice).await.status, 204);
    }
    assert_eq!(confirmed.result().await.problem(), "409 not_confirmed");
    assert_eq!(confirmed.state().await, "cancelled");
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
}

#[tokio::test]
async fn a_device_that_was_signed_in_ends_too() {
    let app = TestApp::new().await;
    let television = json!({
        "client_id": "television", "client_name": "A television", "token_endpoint_auth_method": "none",
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"], "redirect_uris": [],
    });
    app.import(television).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "client_id=television&scope=openid";
    let started = app.call(axum::http::Method::POST, "/device_authorization", &form, body).await.json();
    let phone = app.phone().await;
    let code = json!({"user_code": started["user_code"]});
    let scanned = phone.call(axum::http::Method::POST, "/api/phone/scan", Some(code)).await.json();
    phone.confirm(scanned["ticket"].as_str().unwrap()).await;
    let device_code = started["device_code"].as_str().unwrap();
    let body = format!(
        "client_id=television&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={device_code}"
    );
    let tokens = app.call(axum::http::Method::POST, "/token", &form, &body).await.json();
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.site().userinfo(access_token).await.status, 200);
    let notice = newest(&phone, "login").await;
    assert_eq!(notice["site"], "A television");
    phone.says("not-me", &notice).await;
    assert_eq!(app.site().userinfo(access_token).await.status, 401);
}

#[tokio::test]
async fn a_phone_ends_with_all_that_it_confirmed() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (owner, mut stranger) = (app.phone().await, app.phone().await);
    let mut browser = app.browser();
    let code = browser.sign_in(&Ask::default(), &stranger).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let waits = app.widget().start().await;
    let ticket = stranger.ticket(&waits.qr).await;
    let notice = newest(&owner, "device").await;
    assert_eq!(owner.says("not-me", &notice).await.status, 204);
    assert_eq!(ear.told_sites(1).await, [CLIENT]);
    assert!(ear.is_quiet().await);
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(stranger.confirm(&ticket).await.problem(), "401 invalid_token");
    assert_eq!(stranger.refresh().await.problem(), "401 invalid_token");
    assert_eq!(owner.devices().await.len(), 1);
    assert!(owner.notices().await.is_empty(), "its logins are answered, too");
}

#[tokio::test]
async fn a_phone_ends_with_every_phone_that_it_let_in() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.phone().await, app.phone().await);
    let let_in_by = async |door: &Phone<'_>| {
        let mut phone = Phone::new(&app);
        let waiting = phone.sign_in("lin", crate::support::PASSWORD).await;
        let digits = waiting.json()["digits"].as_str().unwrap().to_owned();
        door.allow(&door.waiting().await[0], &digits).await;
        assert_eq!(phone.sign_in_result("lin", &waiting).await.status, 201);
        phone
    };
    let accomplice = let_in_by(&stranger).await;
    let mut third = let_in_by(&accomplice).await;
    // The same phone anew does not get rid of who let it in.
    assert_eq!(third.sign_in("lin", crate::support::PASSWORD).await.status, 201);
    let friend = let_in_by(&owner).await;
    let notices = owner.notices().await;
    let of_stranger = notices.last().unwrap();
    assert_eq!(owner.says("not-me", of_stranger).await.status, 204);
    for gone in [&stranger, &accomplice, &third] {
        assert_eq!(gone.me().await.problem(), "401 invalid_token");
    }
    assert_eq!(
        (owner.me().await.status, friend.me().await.status),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
}

#[tokio::test]
async fn one_of_many_words_counts() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    app.site().redeem(&code).await;
    let notice = newest(&phone, "login").await;
    let calls = (0..10).map(async |_| phone.says("not-me", &notice).await.status.as_u16());
    let mut statuses = futures_util::future::join_all(calls).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[204].as_slice(), &[404; 9]].concat());
    assert_eq!(ear.told_sites(1).await, [CLIENT]);
    assert!(ear.is_quiet().await);
}
