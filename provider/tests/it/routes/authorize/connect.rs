//! What OpenID Connect Core demands of the authorization endpoint, beside `prompt`, `claims` and hints.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    Ask, TestApp, id_token,
    site::{CLIENT, OWN_CLIENT, PAIRWISE_CLIENT, more_sites},
};

async fn tokens_and_claims(app: &TestApp, ask: &Ask) -> (Value, Value) {
    let tokens = app.tokens(ask).await;
    let claims = id_token(app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    (tokens, claims)
}

/// MUST: OIDC Core section 2: auth_time is there when max_age was asked, or auth_time itself.
#[tokio::test]
async fn oidc_core_2_auth_time_is_there_when_it_was_asked() {
    let app = TestApp::new().await;
    let essential = json!({"id_token": {"auth_time": {"essential": true}}}).to_string();
    for (name, value) in [("max_age", "600"), ("max_age", "0"), ("claims", essential.as_str())] {
        let (_, claims) = tokens_and_claims(&app, &Ask::default().with(name, value)).await;
        assert_eq!(claims["auth_time"], app.app.clock.now().seconds(), "{name}={value}");
    }
}

/// MUST: OIDC Core section 3.1.2.3: who is not signed in is authenticated: no code comes of a request alone.
#[tokio::test]
async fn oidc_core_3_1_2_3_who_is_not_signed_in_is_asked() {
    let app = TestApp::new().await;
    for ask in
        [Ask::default(), Ask::default().with("prompt", "consent"), Ask::default().with("max_age", "9999")]
    {
        let mut browser = app.browser();
        let page = browser.ask(&ask).await;
        assert!(browser.qr(&page).await.starts_with("https://login.example/q/"));
        assert_eq!(browser.get(&page).await.header("location"), "");
    }
}

/// MUST: OIDC Core section 3.1.2.3: while the person is asked, another site's page can neither click for them nor show the page as its own.
#[tokio::test]
async fn oidc_core_3_1_2_3_nobody_answers_for_the_person() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    assert!(browser.get(&page).await.header("content-security-policy").contains("frame-ancestors 'none'"));
    let foreign = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
    let answer = browser.fetch(axum::http::Method::POST, &format!("{page}/continue"), &foreign, "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (404, ""));
}

/// MUST: OIDC Core section 3.1.2.4: a site gets nothing of a person who has not agreed, also where they are signed in.
#[tokio::test]
async fn oidc_core_3_1_2_4_nothing_is_given_without_consent() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let page = browser.ask(&Ask::of(PAIRWISE_CLIENT)).await;
    for _ in 0..2 {
        assert_eq!(browser.get(&page).await.header("location"), "", "it waits for the click");
    }
    browser.post(&format!("{page}/continue"), "").await.code();
}

/// MUST: OIDC Core section 5.5: members of the claims parameter that are not known are ignored.
#[tokio::test]
async fn oidc_core_5_5_unknown_members_of_claims_are_ignored() {
    let app = TestApp::new().await;
    let claims = r#"{"userinfo":{"email":null,"https://x.example/y":{"purpose":"z"}},"future":{"a":[1]},"id_token":{}}"#;
    let (tokens, _) =
        tokens_and_claims(&app, &Ask::default().with("scope", "openid").with("claims", claims)).await;
    let who = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(who["email"], "lin@example.com");
}

/// MUST: OIDC Core section 5.5.1: a claim that cannot be given is no error, even if it is essential.
#[tokio::test]
async fn oidc_core_5_5_1_what_cannot_be_given_is_left_out() {
    let app = TestApp::new().await;
    let wish = json!({"essential": true});
    let claims = json!({"userinfo": {"phone_number": wish}, "id_token": {"birthdate": wish, "gender": {"value": "x"}}});
    let (tokens, token) = tokens_and_claims(&app, &Ask::default().with("claims", &claims.to_string())).await;
    let who = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!((who.get("phone_number"), token.get("birthdate")), (None, None));
}

/// MUST: OIDC Core section 8: a sub is at most 255 letters of ASCII, is the same at each login, and another for another person.
#[tokio::test]
async fn oidc_core_8_a_sub_is_short_and_stays() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    app.import(more_sites()).await;
    for (client, redirect) in
        [(CLIENT, "https://site.example/callback"), (PAIRWISE_CLIENT, "https://pairwise.example/callback")]
    {
        let mut subs = Vec::new();
        for account in ["lin", "lin", "mei"] {
            let (mut browser, phone) = (app.browser(), app.phone_of(account).await);
            let ask = Ask::default().with("client_id", client).with("redirect_uri", redirect);
            let code = browser.sign_in(&ask, &phone).await.code();
            let form = Ask::redeem(&code).with("redirect_uri", redirect);
            let basic = Some((client, crate::support::site::SECRET));
            let tokens = app.site().token_as(basic, &form).await.json();
            let claims = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, client).await;
            subs.push(claims["sub"].as_str().unwrap().to_owned());
            app.pass(1000);
        }
        assert!(subs.iter().all(|sub| sub.len() <= 255 && sub.is_ascii()), "{subs:?}");
        assert!(subs[0] == subs[1] && subs[0] != subs[2], "{subs:?}");
    }
}

/// MUST: OIDC Core section 11: offline access is given where the person agrees to it, and not where they decline.
#[tokio::test]
async fn oidc_core_11_offline_access_is_the_person_s_to_give() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let asked = phone.scan(&widget.qr).await.json();
    let scopes = asked["site"]["scopes"].as_array().unwrap();
    let offline = scopes.iter().find(|scope| scope["name"] == "offline_access").unwrap();
    assert_eq!((&offline["optional"], &asked["site"]["consent"]), (&json!(true), &json!(true)));
    let ticket = asked["ticket"].as_str().unwrap();
    assert_eq!(phone.confirm_only(ticket, &["openid", "profile", "email"]).await.status, 204);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    assert_eq!((tokens.get("refresh_token"), &tokens["scope"]), (None, &json!("openid profile email")));
    assert!(app.tokens(&Ask::default()).await["refresh_token"].is_string());
}

/// MUST: OIDC Core section 11: without offline_access there is no refresh token.
#[tokio::test]
async fn oidc_core_11_who_does_not_ask_gets_no_refresh_token() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().with("scope", "openid profile email")).await;
    assert_eq!(tokens.get("refresh_token"), None);
}

/// MUST: OIDC Core section 15.1: display, ui_locales, claims_locales, login_hint and acr_values lead to no error, whatever they say.
#[tokio::test]
async fn oidc_core_15_1_preferences_are_no_reason_to_refuse() {
    let app = TestApp::new().await;
    for (name, values) in [
        ("display", ["page", "wap", "hologram"]),
        ("ui_locales", ["zh-Hans-CN en", "tlh", "-- \"x\""]),
        ("claims_locales", ["fr", "en zh", "%"]),
        ("login_hint", ["lin", "somebody@else.example", "<script>"]),
        ("acr_values", ["urn:saoma:acr:scan", "urn:example:gold", "0 1 2"]),
    ] {
        for value in values {
            let page = app.browser().ask(&Ask::default().with(name, value)).await;
            assert!(page.starts_with("/login/"), "{name}={value}");
        }
    }
}

/// MUST: OIDC Core section 15.1: ID tokens can be signed by RS256, and are where the client has said nothing.
#[tokio::test]
async fn oidc_core_15_1_rs256_is_the_default() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let code = app.browser().sign_in(&Ask::of(OWN_CLIENT), &app.phone().await).await.code();
    let tokens = app.site().redeem_as(OWN_CLIENT, &code).await;
    let header = jsonwebtoken::decode_header(tokens["id_token"].as_str().unwrap()).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
}
