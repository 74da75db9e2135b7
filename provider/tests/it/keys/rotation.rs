//! Keys come and go.

use std::time::Duration;

use axum::http::Method;
use provider::keys::rotation::{Succession, succeed};
use provider::oauth::client::SigningAlgorithm::{EdDsa, Es256};

use crate::support::{Ask, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn tend(app: &TestApp) {
    let app = &app.app;
    app.keys.tend(&*app.store, Some(DAY * 90), app.clock.now()).await.unwrap();
}

async fn published(app: &TestApp) -> usize {
    app.get("/jwks.json").await.json()["keys"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_next_key_is_published_then_signs_and_the_old_one_leaves_at_last() {
    let app = TestApp::new().await;
    let store = &*app.app.store;
    let made = succeed(store, Es256, Succession::Published, app.app.clock.now()).await.unwrap().unwrap();
    assert!(succeed(store, Es256, Succession::Published, app.app.clock.now()).await.unwrap().is_none());
    tend(&app).await;
    assert_eq!(published(&app).await, 4, "published before it signs");
    app.pass(3599);
    tend(&app).await;
    let token = app.tokens(&Ask::default()).await["access_token"].as_str().unwrap().to_owned();
    app.pass(1);
    tend(&app).await;
    let by_new = app.app.keys.sign(Es256, "JWT", &serde_json::json!({})).unwrap();
    let kid = jsonwebtoken::decode_header(&by_new).unwrap().kid.unwrap();
    assert_eq!(kid, made.kid().unwrap());
    let headers = [("authorization", format!("Bearer {token}"))];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    assert_eq!(
        app.call(Method::GET, "/userinfo", &headers, "").await.status,
        200,
        "the old one's token is good"
    );
    app.pass(26 * 3600);
    tend(&app).await;
    assert_eq!(published(&app).await, 3);
}

#[tokio::test]
async fn two_servers_whose_key_is_due_make_one() {
    let app = TestApp::new().await;
    app.pass(91 * 24 * 3600);
    tokio::join!(tend(&app), tend(&app));
    assert_eq!(published(&app).await, 6);
}

#[tokio::test]
async fn a_compromised_key_is_gone_at_once() {
    let app = TestApp::new().await;
    let token = app.app.keys.sign(EdDsa, "JWT", &serde_json::json!({})).unwrap();
    let good = || app.app.keys.verify::<serde_json::Value>(EdDsa, "JWT", &token).is_some();
    assert!(good());
    let now = app.app.clock.now();
    succeed(&*app.app.store, EdDsa, Succession::Revoking, now).await.unwrap().unwrap();
    tend(&app).await;
    assert!(!good());
    assert_eq!(published(&app).await, 3);
}
