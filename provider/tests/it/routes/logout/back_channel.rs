//! Sites hear that a session has ended (OpenID Connect Back-Channel Logout).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Ask, BackChannel, Browser, START, TestApp,
    site::{CLIENT, OWN_CLIENT, SISTER_CLIENT},
};

/// A browser that is signed in at three sites, and the ID tokens that they got.
async fn everywhere(app: &TestApp) -> (Browser<'_>, [Value; 3]) {
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = browser.sign_in(&Ask::default(), &phone).await.code();
    let first = app.site().redeem(&first).await.json();
    let own = browser.try_ask(&Ask::of(OWN_CLIENT)).await.code();
    let own = app.site().redeem_as(OWN_CLIENT, &own).await;
    let sister = browser.sign_in(&Ask::of(SISTER_CLIENT).with("prompt", "login"), &phone).await.code();
    let sister = app.site().redeem_as(SISTER_CLIENT, &sister).await;
    (browser, [first, own, sister])
}

async fn sign_out(browser: &mut Browser<'_>, tokens: &Value) {
    let hint = tokens["id_token"].as_str().unwrap();
    assert_eq!(browser.get(&format!("/logout?id_token_hint={hint}")).await.status, 200);
}

/// MUST: OIDC Back-Channel Logout section 2.4: a logout token has iss, aud, iat, exp, jti, events and the sub or sid of the ID token, and no nonce.
#[tokio::test]
async fn back_channel_logout_2_4_a_logout_token_says_who_and_where() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, [first, _, sister]) = everywhere(&app).await;
    sign_out(&mut browser, &first).await;
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let (client, claims) = ear.told().await;
        let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"]);
        assert_eq!(claims["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
        assert_eq!(claims["iat"], START.seconds());
        assert!(claims["exp"].as_i64().unwrap() <= START.seconds() + 120);
        let known = if client == SISTER_CLIENT { &sister } else { &first };
        let known = crate::support::claims_of(&known["id_token"]);
        if client != OWN_CLIENT {
            assert_eq!((&claims["sid"], &claims["sub"]), (&known["sid"], &known["sub"]), "{client}");
        }
        assert!(seen.insert(claims["jti"].to_string()), "each has a jti of its own");
        assert!(seen.insert(claims["sid"].to_string()), "each site has a sid of its own");
    }
    assert!(ear.is_quiet().await);
}

/// MUST: OIDC Back-Channel Logout section 2.4: a logout token is of the type logout+jwt, so that none passes for an ID token.
#[tokio::test]
async fn back_channel_logout_2_4_a_logout_token_is_no_id_token() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, [first, ..]) = everywhere(&app).await;
    sign_out(&mut browser, &first).await;
    let (_, token) = ear.next().await;
    assert_eq!(jsonwebtoken::decode_header(&token).unwrap().typ.as_deref(), Some("logout+jwt"));
    let answer = browser.get(&format!("/logout?id_token_hint={token}")).await;
    assert_eq!(answer.status, 400);
}

/// MUST: OIDC Back-Channel Logout section 2.5: every site of the session that registered an address is told when it ends.
#[tokio::test]
async fn back_channel_logout_2_5_every_site_of_the_session_is_told() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, [_, own, _]) = everywhere(&app).await;
    let (_other, _) = everywhere(&app).await;
    sign_out(&mut browser, &own).await;
    assert_eq!(ear.told_sites(3).await, [OWN_CLIENT, SISTER_CLIENT, CLIENT]);
    assert!(ear.is_quiet().await, "the other browser is still signed in");
}

/// MUST: OIDC Back-Channel Logout section 2.5: the token is the one field of a form that is POSTed.
#[tokio::test]
async fn back_channel_logout_2_5_the_token_is_a_field_of_a_form() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let tokens = app.tokens(&Ask::default()).await;
    sign_out(&mut app.browser(), &tokens).await;
    // The ear takes nothing but a form that begins with this field.
    let (client, token) = ear.next().await;
    assert_eq!((client.as_str(), token.split('.').count(), token.contains('&')), (CLIENT, 3, false));
}

/// MUST: OIDC Back-Channel Logout section 2.6: a logout token is signed by the algorithm and keys of the client's ID tokens, never by none.
#[tokio::test]
async fn back_channel_logout_2_6_it_is_signed_as_id_tokens_are() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (mut browser, [first, _, sister]) = everywhere(&app).await;
    sign_out(&mut browser, &first).await;
    for _ in 0..3 {
        let (client, token) = ear.next().await;
        let of_client = if client == SISTER_CLIENT { &sister } else { &first };
        let header = |token: &str| jsonwebtoken::decode_header(token).unwrap();
        let (own, known) = (header(&token), header(of_client["id_token"].as_str().unwrap()));
        assert_eq!((own.alg, &own.kid), (known.alg, &known.kid), "{client}");
        assert!(own.kid.is_some());
    }
}

#[tokio::test]
async fn revoking_the_phone_reaches_the_sites_and_ends_what_they_got() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let lost = app.phone().await;
    let mut browser = app.browser();
    let code = browser.sign_in(&Ask::default(), &lost).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let other = app.phone().await;
    assert_eq!(other.revoke(&lost.device).await.status, 204);
    let (client, claims) = ear.told().await;
    assert_eq!(
        (client.as_str(), &claims["sid"]),
        (CLIENT, &crate::support::claims_of(&tokens["id_token"])["sid"])
    );
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    let refreshed = app.site().refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.oauth_error(), "400 invalid_grant", "offline access ends, too");
    let silent = browser.try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(silent.error(), "login_required");
    assert!(ear.is_quiet().await);
}

#[tokio::test]
async fn taking_back_what_a_site_was_allowed_reaches_that_site_alone() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let (_browser, [first, ..]) = everywhere(&app).await;
    let phone = app.phone().await;
    assert_eq!(phone.withdraw(CLIENT).await.status, 204);
    let (client, claims) = ear.told().await;
    assert_eq!(
        (client.as_str(), &claims["sid"]),
        (CLIENT, &crate::support::claims_of(&first["id_token"])["sid"])
    );
    assert!(ear.is_quiet().await);
    assert_eq!(phone.withdraw(CLIENT).await.problem(), "404 unknown_site");
    assert!(ear.is_quiet().await, "once is enough");
}

#[tokio::test]
async fn what_fails_is_tried_again_with_growing_pauses() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let tokens = app.tokens(&Ask::default()).await;
    ear.will_answer(&[503, 500, 404, 302]);
    sign_out(&mut app.browser(), &tokens).await;
    let mut jtis = BTreeSet::new();
    for pause in [5, 30, 120, 600] {
        let (_, claims) = ear.told().await;
        assert!(jtis.insert(claims["jti"].to_string()));
        assert_eq!(claims["iat"], app.app.clock.now().seconds(), "each attempt has a fresh token");
        assert_eq!(ear.next_try().await, pause);
        app.pass(pause);
    }
    ear.told().await;
    assert!(ear.is_quiet().await, "200 ends it");
}

#[tokio::test]
async fn who_refuses_is_asked_once() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let tokens = app.tokens(&Ask::default()).await;
    ear.will_answer(&[400]);
    sign_out(&mut app.browser(), &tokens).await;
    ear.told().await;
    assert!(ear.is_quiet().await);
}

#[tokio::test]
async fn a_site_that_stays_silent_for_a_day_is_given_up() {
    let app = BackChannel::app().await;
    let mut ear = BackChannel::open(&app).await;
    let tokens = app.tokens(&Ask::default()).await;
    ear.will_answer(&[503; 40]);
    sign_out(&mut app.browser(), &tokens).await;
    let mut passed = 0;
    while passed < 24 * 3600 - 3600 {
        ear.told().await;
        let pause = ear.next_try().await;
        app.pass(pause);
        passed += pause;
    }
    ear.told().await;
    assert!(ear.is_quiet().await, "after {passed} s");
}

#[tokio::test]
async fn a_site_without_a_back_channel_is_not_waited_for() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    sign_out(&mut app.browser(), &tokens).await;
    assert_eq!(app.app.store.next_logout_notice().await.unwrap(), None);
}
