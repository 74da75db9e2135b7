//! `GET` and `POST /logout`: a site sends its visitor to sign out (OpenID Connect RP-Initiated Logout).

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, Browser, TestApp,
    site::{CLIENT, ORIGIN, REDIRECT_URI, SECRET},
};

const COOKIE: &str = "__Host-saoma-session";
const BACK: &str = "https://site.example/signed-out?from=saoma";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "A site",
        "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "grant_types": ["authorization_code", "refresh_token"], "post_logout_redirect_uris": [BACK],
    }))
    .await;
    app
}

/// A browser that is signed in, and its ID token.
async fn signed_in(app: &TestApp) -> (Browser<'_>, String) {
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    (browser, tokens["id_token"].as_str().unwrap().to_owned())
}

fn logout(parameters: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/logout?{query}")
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.try_ask(&Ask::default().with("prompt", "none")).await;
    answer.location_parameter("code").is_some()
}

#[track_caller]
fn page(answer: &Answer, status: u16, words: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (status, ""), "{answer:?}");
    assert!(answer.body.contains(words), "{}", answer.body);
}

/// MUST: OIDC RP-Initiated Logout section 2: the endpoint takes GET and POST, ends the session that the hint names, and goes back with state.
#[tokio::test]
async fn rp_logout_2_a_good_hint_signs_out_and_goes_back() {
    for method in [Method::GET, Method::POST] {
        let app = app().await;
        let (mut browser, token) = signed_in(&app).await;
        assert!(is_signed_in(&mut browser).await);
        app.pass(3600); // an expired ID token is as good a hint
        let request = logout(&[
            ("id_token_hint", token.as_str()),
            ("post_logout_redirect_uri", BACK),
            ("state", "a b&c"),
            ("client_id", CLIENT),
            ("logout_hint", "lin"),
            ("unknown", "x"),
        ]);
        let answer = if method == Method::GET {
            browser.get(&request).await
        } else {
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            browser.fetch(method, "/logout", &headers, request.split_once('?').unwrap().1).await
        };
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, &*format!("{BACK}&state=a+b%26c"))
        );
        assert!(!browser.cookies.contains_key(COOKIE));
        assert!(!is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn without_an_address_there_is_a_page() {
    let app = app().await;
    let (mut browser, token) = signed_in(&app).await;
    let answer =
        browser.get(&logout(&[("id_token_hint", &token), ("state", "s"), ("ui_locales", "zh")])).await;
    page(&answer, 200, "你已退出登录");
    assert!(!is_signed_in(&mut browser).await);
    page(&browser.get("/logout").await, 200, "You are signed out");
}

/// MUST: OIDC RP-Initiated Logout section 3: the server redirects to no address that is not registered to the letter.
#[tokio::test]
async fn rp_logout_3_an_unregistered_address_is_a_page() {
    let app = app().await;
    let (mut browser, token) = signed_in(&app).await;
    for odd in
        ["https://evil.example/", "https://site.example/signed-out", &format!("{BACK}&x=1"), REDIRECT_URI]
    {
        let request = logout(&[("id_token_hint", &token), ("post_logout_redirect_uri", odd)]);
        page(&browser.get(&request).await, 400, "sign-out link does not work");
    }
    let nobody = logout(&[("post_logout_redirect_uri", BACK)]);
    page(&browser.get(&nobody).await, 400, "does not say which site asks");
    assert!(is_signed_in(&mut browser).await, "nothing has changed");
}

/// MUST: OIDC RP-Initiated Logout section 2: the server verifies that it issued the ID token, and that client_id is the one it was made for.
#[tokio::test]
async fn rp_logout_2_a_bad_hint_is_a_page() {
    let app = app().await;
    let (mut browser, token) = signed_in(&app).await;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for bad in ["x", "a.b.c", &forged] {
        let request = logout(&[("id_token_hint", bad), ("post_logout_redirect_uri", BACK)]);
        page(&browser.get(&request).await, 400, "not an ID token that this server made");
    }
    let request = logout(&[("id_token_hint", &token), ("client_id", "public")]);
    page(&browser.get(&request).await, 400, "another client_id");
    page(&browser.get("/logout?client_id=nobody").await, 400, "no site is registered");
    assert!(is_signed_in(&mut browser).await, "nothing has changed");
}

/// MUST: OIDC RP-Initiated Logout section 2: without an ID token of the session the person is asked before they are signed out.
#[tokio::test]
async fn rp_logout_2_without_a_hint_the_person_is_asked() {
    let app = app().await;
    let (mut browser, _) = signed_in(&app).await;
    let parameters = [("client_id", CLIENT), ("post_logout_redirect_uri", BACK), ("state", "s")];
    let asked = browser.get(&logout(&parameters)).await;
    page(&asked, 200, "A site asks to sign Lin Example out");
    assert!(asked.body.contains(r#"action="/logout/confirm""#) && asked.body.contains(r#"value="s""#));
    assert!(is_signed_in(&mut browser).await, "not yet");

    let form = logout(&parameters);
    let form = form.split_once('?').unwrap().1;
    for headers in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let headers = [("content-type", "application/x-www-form-urlencoded"), headers];
        let answer = browser.fetch(Method::POST, "/logout/confirm", &headers, form).await;
        assert_eq!(answer.status, 404, "another site's page cannot answer: {answer:?}");
    }
    assert!(is_signed_in(&mut browser).await);
    let evil = form.replace("site.example", "evil.example");
    page(&browser.post("/logout/confirm", &evil).await, 400, "not registered");
    assert!(is_signed_in(&mut browser).await);

    let answer = browser.post("/logout/confirm", form).await;
    assert_eq!(answer.header("location"), format!("{BACK}&state=s"));
    assert!(!is_signed_in(&mut browser).await);
}

/// MUST: OIDC RP-Initiated Logout section 2: where the ID token is not of who is signed in, they are asked before they are signed out.
#[tokio::test]
async fn rp_logout_2_somebody_else_s_hint_does_not_sign_out_who_is_here() {
    let app = app().await;
    app.add_account("mei").await;
    let (_, token) = signed_in(&app).await;
    let (mut browser, phone) = (app.browser(), app.phone_of("mei").await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let request = logout(&[("id_token_hint", token.as_str()), ("post_logout_redirect_uri", BACK)]);
    let answer = browser.get(&request).await;
    assert_eq!(answer.header("location"), BACK, "the other session has ended");
    assert!(is_signed_in(&mut browser).await);
    page(&browser.get(&request).await, 200, "asks to sign Lin Example out");
    assert!(is_signed_in(&mut browser).await, "mei, who is called so too, is asked");
}

/// MUST: OIDC RP-Initiated Logout section 2: who says yes is signed out, and the request comes by GET or by POST.
#[tokio::test]
async fn rp_logout_2_who_says_yes_is_signed_out() {
    let app = app().await;
    let (mut browser, _) = signed_in(&app).await;
    let asked = browser.post("/logout", &format!("client_id={CLIENT}")).await;
    page(&asked, 200, "A site asks to sign Lin Example out");
    page(&browser.post("/logout/confirm", &format!("client_id={CLIENT}")).await, 200, "You are signed out");
    assert!(!browser.cookies.contains_key(COOKIE) && !is_signed_in(&mut browser).await);
}

/// MUST: OIDC RP-Initiated Logout section 3: without a good hint the browser goes nowhere unless the site that asks is known, and the address is its own.
#[tokio::test]
async fn rp_logout_3_an_address_alone_says_nothing() {
    let app = app().await;
    let mut stranger = app.browser();
    let alone = stranger.get(&logout(&[("post_logout_redirect_uri", BACK), ("state", "s")])).await;
    page(&alone, 400, "which site asks");
    let other = logout(&[("client_id", "public"), ("post_logout_redirect_uri", BACK)]);
    page(&stranger.get(&other).await, 400, "not registered");
}

/// MUST: OIDC RP-Initiated Logout section 4: where a check fails nothing of the request is carried out: nobody is signed out or asked, no browser sent on.
#[tokio::test]
async fn rp_logout_4_what_fails_a_check_is_not_used() {
    let app = app().await;
    let (mut browser, token) = signed_in(&app).await;
    let forged = format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(342));
    let good = [("client_id", CLIENT), ("post_logout_redirect_uri", BACK), ("state", "s")];
    for wrong in [("id_token_hint", forged.as_str()), ("id_token_hint", "x"), ("client_id", "nobody")] {
        let mut parameters: Vec<_> = good.iter().filter(|(name, _)| *name != wrong.0).copied().collect();
        parameters.push(wrong);
        let answer = browser.get(&logout(&parameters)).await;
        page(&answer, 400, "sign-out link does not work");
        assert!(!answer.body.contains("/logout/confirm"));
    }
    assert!(is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn a_widget_s_session_ends_by_its_hint_alone_and_no_other() {
    let app = app().await;
    let (mut browser, _) = signed_in(&app).await;
    let tokens: Value = app.tokens(&Ask::default()).await;
    let token = tokens["id_token"].as_str().unwrap();
    let mut stranger = app.browser();
    let answer = stranger.get(&logout(&[("id_token_hint", token), ("post_logout_redirect_uri", BACK)])).await;
    assert_eq!(answer.header("location"), BACK);
    let who = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(who.status, 200, "offline access outlasts a sign-out");
    assert!(is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn grants_without_offline_access_end_with_the_session() {
    let app = app().await;
    let tokens = app.tokens(&Ask::default().with("scope", "openid")).await;
    let request = logout(&[("id_token_hint", tokens["id_token"].as_str().unwrap())]);
    page(&app.browser().get(&request).await, 200, "signed out");
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn a_code_that_is_under_way_dies_with_its_session() {
    let app = app().await;
    let (mut browser, token) = signed_in(&app).await;
    let code = browser.try_ask(&Ask::default()).await.code();
    browser.get(&logout(&[("id_token_hint", &token)])).await;
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
}
