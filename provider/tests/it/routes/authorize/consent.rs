//! Consent: what is asked on the phone, remembered, listed and taken back.

use serde_json::{Value, json};

use crate::support::{
    Ask, Phone, TestApp,
    site::{OWN_CLIENT, REDIRECT_URI, more_sites},
};

/// What a phone is told of the site that asks so.
async fn told(app: &TestApp, phone: &Phone<'_>, ask: &Ask) -> (Value, String) {
    let widget = app.widget().start_with(ask).await;
    let answer = phone.scan(&widget.qr).await.json();
    (answer["site"].clone(), answer["ticket"].as_str().unwrap().to_owned())
}

async fn scope_of_next_login(app: &TestApp, phone: &Phone<'_>, only: &[&str]) -> Value {
    let widget = app.widget().start().await;
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(phone.confirm_only(&ticket, only).await.status, 204);
    app.site().redeem(&widget.code().await).await.json()
}

#[tokio::test]
async fn what_is_declined_the_site_does_not_get() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let tokens = scope_of_next_login(&app, &phone, &["openid", "profile"]).await;
    assert_eq!((&tokens["scope"], tokens.get("refresh_token")), (&json!("openid profile"), None));
    let userinfo = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!((&userinfo["name"], userinfo.get("email")), (&json!("Lin Example"), None));
}

#[tokio::test]
async fn what_the_site_cannot_do_without_cannot_be_declined() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "shop", "client_name": "Shop", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": ["https://site.example"], "required_scope": "email",
    }))
    .await;
    let phone = app.phone().await;
    let widget = app.widget().start_with(&Ask::default().with("client_id", "shop")).await;
    let answer = phone.scan(&widget.qr).await.json();
    let optional: Vec<&Value> =
        answer["site"]["scopes"].as_array().unwrap().iter().map(|scope| &scope["optional"]).collect();
    assert_eq!(optional, [&json!(false), &json!(true), &json!(false)], "openid, profile, email");
    let ticket = answer["ticket"].as_str().unwrap();
    for bad in
        [&["openid"][..], &["email"], &[], &["openid", "email", "phone"], &["openid", "email", "admin"]]
    {
        assert_eq!(phone.confirm_only(ticket, bad).await.problem(), "400 needed_scope", "{bad:?}");
    }
    assert_eq!(phone.confirm_only(ticket, &["openid", "email"]).await.status, 204);
}

#[tokio::test]
async fn what_was_allowed_is_not_asked_again() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    scope_of_next_login(&app, &phone, &["openid", "profile"]).await;
    let (site, ticket) = told(&app, &phone, &Ask::default().with("scope", "openid profile")).await;
    assert_eq!((&site["consent"], &site["scopes"][1]["granted"]), (&json!(false), &json!(true)));
    phone.deny(&ticket).await;
    let (site, _) = told(&app, &phone, &Ask::default()).await;
    let granted: Vec<&Value> =
        site["scopes"].as_array().unwrap().iter().map(|scope| &scope["granted"]).collect();
    assert_eq!(granted, [&json!(true), &json!(true), &json!(false), &json!(false)]);
    assert_eq!(site["consent"], true, "more is asked than was allowed");
}

#[tokio::test]
async fn what_was_allowed_once_and_then_declined_is_asked_again() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let silent = |scopes: &str| Ask::default().with("scope", scopes).with("prompt", "none");
    browser.try_ask(&silent("openid profile email")).await.code();

    scope_of_next_login(&app, &phone, &["openid", "profile", "offline_access"]).await;
    assert_eq!(browser.try_ask(&silent("openid profile email")).await.error(), "consent_required");
    browser.try_ask(&silent("openid profile")).await.code();
    let (site, ticket) = told(&app, &phone, &Ask::default()).await;
    assert_eq!((&site["consent"], &site["scopes"][2]["granted"]), (&json!(true), &json!(false)));
    assert_eq!(
        phone.sites().await[0]["scopes"],
        json!(["openid", "profile", "email", "offline_access"]),
        "what the first yes gave lasts"
    );

    assert_eq!(phone.confirm(&ticket).await.status, 204);
    browser.try_ask(&silent("openid profile email")).await.code();
}

#[tokio::test]
async fn one_person_s_yes_is_nobody_else_s() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    scope_of_next_login(&app, &app.phone().await, &["openid", "profile"]).await;
    let mei = app.phone_of("mei").await;
    let (site, _) = told(&app, &mei, &Ask::default().with("scope", "openid profile")).await;
    assert_eq!((&site["consent"], mei.sites().await.len()), (&json!(true), 0));
}

#[tokio::test]
async fn the_provider_s_own_site_asks_nothing_and_is_not_listed() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::of(OWN_CLIENT)).await;
    let qr = browser.qr(&page).await;
    let answer = phone.scan(&qr).await.json();
    assert_eq!(answer["site"]["consent"], false);
    let ticket = answer["ticket"].as_str().unwrap();
    phone.match_digits(ticket, &browser.digits(&page).await).await;
    assert_eq!(phone.confirm_only(ticket, &["openid"]).await.problem(), "400 needed_scope");
    assert_eq!(phone.confirm(ticket).await.status, 204);
    assert_eq!(phone.sites().await.len(), 0);
}

#[tokio::test]
async fn what_was_allowed_is_listed_and_can_be_taken_back() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let tokens = scope_of_next_login(&app, &phone, &["openid", "profile", "offline_access"]).await;
    app.pass(60);
    scope_of_next_login(&app, &phone, &["openid", "email"]).await;
    let start = crate::support::START.seconds();
    assert_eq!(
        phone.sites().await,
        [json!({
            "client_id": "site", "name": "A site", "scopes": ["openid", "profile", "email", "offline_access"],
            "granted_at": start, "used_at": start + 60,
        })]
    );
    assert_eq!(phone.withdraw("site").await.status, 204);
    assert_eq!(
        (phone.sites().await.len(), phone.withdraw("site").await.problem()),
        (0, "404 unknown_site".into())
    );
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.site().userinfo(access).await.status, 401);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant");
    let (site, _) = told(&app, &phone, &Ask::default()).await;
    assert_eq!(site["consent"], true, "it is asked again");
}

#[tokio::test]
async fn what_is_on_its_way_to_the_site_is_taken_back_too() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (confirmed, delivered) = (app.widget().start().await, app.widget().start().await);
    for widget in [&confirmed, &delivered] {
        phone.approve(&widget.qr).await;
    }
    let code = delivered.code().await;
    assert_eq!(phone.withdraw("site").await.status, 204);
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
    assert_eq!(confirmed.result().await.problem(), "410 result_gone");
}

#[tokio::test]
async fn nobody_takes_back_what_another_allowed() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (lin, mei) = (app.phone().await, app.phone_of("mei").await);
    let tokens = scope_of_next_login(&app, &lin, &["openid"]).await;
    for client in ["site", "nobody", "a%20b", "%00"] {
        assert_eq!(mei.withdraw(client).await.problem(), "404 unknown_site", "{client}");
    }
    assert_eq!(lin.sites().await.len(), 1);
    assert_eq!(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
}
