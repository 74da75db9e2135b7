//! Keys come and go.

use std::{collections::BTreeSet, time::Duration};

use axum::http::Method;
use jsonwebtoken::{
    DecodingKey, Validation,
    jwk::{Jwk, JwkSet},
};
use provider::{
    keys::{
        KeptKey, Vault,
        rotation::{Succession, succeed},
        sealing::KeyEncryption,
    },
    oauth::client::SigningAlgorithm::{self, EdDsa, Es256},
};
use serde_json::{Value, json};

use crate::support::{Ask, TestApp};

const HOUR: u64 = 3600;
const DAY: Duration = Duration::from_hours(24);

async fn tend(app: &TestApp) {
    let app = &app.app;
    app.keys.tend(&*app.store, Some(DAY * 90), app.clock.now()).await.unwrap();
}

async fn rotate(app: &TestApp, algorithm: SigningAlgorithm, succession: Succession) -> Option<KeptKey> {
    let encryption = KeyEncryption::none();
    let vault = Vault::new(&*app.app.store, &encryption);
    let made = succeed(&vault, algorithm, succession, app.app.clock.now()).await.unwrap();
    tend(app).await;
    made
}

async fn jwks(app: &TestApp) -> Vec<Value> {
    app.get("/jwks.json").await.json()["keys"].as_array().unwrap().clone()
}

/// Which key signs now.
fn signer(app: &TestApp, algorithm: SigningAlgorithm) -> String {
    let token = app.app.keys.sign(algorithm, "JWT", &json!({})).unwrap();
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn userinfo(app: &TestApp, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    app.call(Method::GET, "/userinfo", &[("authorization", &bearer)], "").await.status.as_u16()
}

#[tokio::test]
async fn a_key_is_published_before_it_signs() {
    let app = TestApp::new().await;
    let old = signer(&app, Es256);
    let made = rotate(&app, Es256, Succession::Published).await.unwrap();
    assert!(rotate(&app, Es256, Succession::Published).await.is_none(), "one is waiting already");
    let encryption = KeyEncryption::none();
    let new = Vault::new(&*app.app.store, &encryption).kid(&made).unwrap();
    assert!(jwks(&app).await.iter().any(|key| key["kid"] == *new));
    app.pass(HOUR - 1);
    tend(&app).await;
    assert_eq!(signer(&app, Es256), old);
    app.pass(1);
    tend(&app).await;
    assert_eq!(signer(&app, Es256), new);
    assert!(jwks(&app).await.iter().any(|key| key["kid"] == *old));
}

#[tokio::test]
async fn what_the_old_key_signed_last_is_good_until_it_expires_and_then_the_key_leaves() {
    let app = TestApp::with(|config| config.lifetimes.access_token = DAY).await;
    let old = signer(&app, Es256);
    rotate(&app, Es256, Succession::Published).await.unwrap();
    app.pass(HOUR - 1);
    tend(&app).await;
    let token = app.tokens(&Ask::default()).await["access_token"].as_str().unwrap().to_owned();
    app.pass(24 * HOUR - 1);
    tend(&app).await;
    assert_ne!(signer(&app, Es256), old);
    assert_eq!(userinfo(&app, &token).await, 200);
    app.pass(1);
    tend(&app).await;
    assert_eq!(userinfo(&app, &token).await, 401, "it has expired");
    assert_eq!(jwks(&app).await.len(), 4);
    app.pass(HOUR);
    tend(&app).await;
    assert_eq!(jwks(&app).await.len(), 4);
    app.pass(1);
    tend(&app).await;
    assert_eq!(jwks(&app).await.len(), 3);
    assert!(jwks(&app).await.iter().all(|key| key["kid"] != *old));
    assert!(app.app.keys.verify::<Value>(Es256, "at+jwt", &token).is_none());
}

#[tokio::test]
async fn a_site_that_pinned_the_old_key_reads_what_it_signed() {
    let app = TestApp::new().await;
    let pinned: JwkSet = serde_json::from_value(app.get("/jwks.json").await.json()).unwrap();
    let token = app.app.keys.sign(EdDsa, "JWT", &json!({"sub": "lin"})).unwrap();
    rotate(&app, EdDsa, Succession::AtOnce).await.unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let key: &Jwk = pinned.find(header.kid.as_deref().unwrap()).unwrap();
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let read = jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_jwk(key).unwrap(), &validation);
    assert_eq!(read.unwrap().claims["sub"], "lin");
    assert!(app.app.keys.verify::<Value>(EdDsa, "JWT", &token).is_some());
    assert!(pinned.find(&signer(&app, EdDsa)).is_none(), "what comes next takes a new look");
}

#[tokio::test]
async fn two_servers_whose_key_is_due_make_one() {
    let app = TestApp::new().await;
    app.pass(91 * 24 * HOUR);
    tokio::join!(tend(&app), tend(&app));
    assert_eq!(jwks(&app).await.len(), 6);
}

#[tokio::test]
async fn two_operators_who_rotate_at_once_make_one_key() {
    let app = TestApp::new().await;
    let both =
        tokio::join!(rotate(&app, Es256, Succession::Published), rotate(&app, Es256, Succession::Published));
    assert!(both.0.is_some() != both.1.is_some(), "{both:?}");
    assert_eq!(jwks(&app).await.len(), 4);
}

#[tokio::test]
async fn a_compromised_key_is_gone_at_once() {
    let app = TestApp::new().await;
    let token = app.app.keys.sign(EdDsa, "JWT", &json!({})).unwrap();
    let good = || app.app.keys.verify::<Value>(EdDsa, "JWT", &token).is_some();
    assert!(good());
    rotate(&app, EdDsa, Succession::Revoking).await.unwrap();
    assert!(!good());
    assert_eq!(jwks(&app).await.len(), 3);
}

/// MUST: OIDC Discovery section 3: the JWKS holds no private and no symmetric key.
#[tokio::test]
async fn oidc_discovery_3_nothing_private_is_published_at_any_stage() {
    let app = TestApp::new().await;
    for succession in [Succession::AtOnce, Succession::Published] {
        for algorithm in SigningAlgorithm::ALL {
            rotate(&app, algorithm, succession).await.unwrap();
        }
    }
    let keys = jwks(&app).await;
    assert_eq!(keys.len(), 9, "of each algorithm one that retires, one that signs, and the next");
    for key in &keys {
        let members: Vec<&str> = key.as_object().unwrap().keys().map(String::as_str).collect();
        let public: &[&str] = match key["alg"].as_str().unwrap() {
            "RS256" => &["alg", "e", "kid", "kty", "n", "use"],
            "ES256" => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            "EdDSA" => &["alg", "crv", "kid", "kty", "use", "x"],
            other => panic!("{other}"),
        };
        assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), public.iter().copied().collect());
        assert_eq!(key["use"], "sig");
    }
    let kids: BTreeSet<&str> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids.len(), keys.len(), "each has a name of its own");
}
