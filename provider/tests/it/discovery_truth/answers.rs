//! What answers say of a person, and of who answers.

use axum::http::Method;
use jsonwebtoken::Algorithm;
use provider::oidc::authentication::ContextClass;
use serde_json::{Value, json};

use super::{all_are_named, grants};
use crate::support::{
    Ask, ISSUER, TestApp, id_token,
    site::{CLIENT, PAIRWISE_CLIENT, more_sites},
};

/// A person of whom everything is known.
fn everything() -> Value {
    let mut claims = json!({
        "email_verified": true, "phone_number_verified": true, "updated_at": 1_700_000_000,
        "address": {"country": "Nowhere"},
    });
    for name in provider::oidc::claims::Claims::supported() {
        if claims.get(name).is_none() {
            claims[name] = json!(sample(name));
        }
    }
    claims
}

fn sample(claim: &str) -> &str {
    match claim {
        "profile" | "picture" | "website" => "https://mei.example/",
        "email" => "mei@example.com",
        "birthdate" => "2000-01-01",
        "zoneinfo" => "Asia/Shanghai",
        "locale" => "zh-CN",
        "phone_number" => "+8613800000000",
        other => other,
    }
}

pub(super) async fn claims(app: &TestApp, named: &[&str]) {
    app.add_person("everything", everything()).await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone_of("everything").await);
    let ask = Ask::of(PAIRWISE_CLIENT).with("scope", "openid profile email phone address");
    let code = browser.sign_in(&ask, &phone).await.code();
    let tokens = app.site().redeem_as(PAIRWISE_CLIENT, &code).await;
    let said = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    let token = tokens["id_token"].as_str().unwrap();
    let in_token = id_token(app, token, Algorithm::RS256, PAIRWISE_CLIENT).await;
    for claim in named {
        assert!(said.get(*claim).is_some() || in_token.get(*claim).is_some(), "{claim} is never said");
    }
    let members = said.as_object().unwrap().keys().chain(in_token.as_object().unwrap().keys());
    all_are_named(named, members.map(String::as_str));
}

pub(super) async fn context_classes(app: &TestApp, named: &[&str]) {
    all_are_named(named, ContextClass::ALL.map(ContextClass::as_str));
    let phone = app.phone().await;
    for class in named {
        if ["urn:saoma:acr:scan-match", "urn:saoma:acr:unlocked"].contains(class) {
            // A device has no page to show digits on; a browser is asked for both where the class is essential.
            let claims = json!({"id_token": {"acr": {"essential": true, "value": class}}}).to_string();
            let tokens = app.tokens(&Ask::default().with("claims", &claims)).await;
            let token = tokens["id_token"].as_str().unwrap();
            assert_eq!(id_token(app, token, Algorithm::RS256, CLIENT).await["acr"], *class);
            continue;
        }
        let started = grants::start_on_a_device(app).await;
        let text = |member: &str| started[member].as_str().unwrap().to_owned();
        let scan = match *class {
            "urn:saoma:acr:scan" => json!({"qr": text("verification_uri_complete")}),
            "urn:saoma:acr:typed-code" => json!({"user_code": text("user_code")}),
            other => panic!("nobody knows how to sign in as {other}"),
        };
        let scanned = phone.call(Method::POST, "/api/phone/scan", Some(scan)).await.json();
        assert_eq!(phone.confirm(scanned["ticket"].as_str().unwrap()).await.status, 204);
        let tokens = grants::fetch_on_a_device(app, &started).await;
        let token = tokens["id_token"].as_str().unwrap();
        let claims = id_token(app, token, Algorithm::RS256, grants::DEVICE).await;
        assert_eq!(claims["acr"], *class);
    }
}

/// RFC 9207: in good answers and in errors.
pub(super) async fn issuer(app: &TestApp, supported: &Value) {
    assert_eq!(*supported, true);
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let good = browser.sign_in(&Ask::default(), &phone).await;
    let bad = app.browser().try_ask(&Ask::default().with("client_id", CLIENT).with("prompt", "none")).await;
    for answer in [good, bad] {
        assert_eq!(answer.location_parameter("iss").as_deref(), Some(ISSUER));
    }
}
