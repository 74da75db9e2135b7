//! Sites hear of a sign-out. How they are told is in `routes/logout`; here, that they are.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    Ask, TestApp, id_token,
    site::{CLIENT, REDIRECT_URI, SECRET},
};

/// A notice for the site waits once its visitor has signed out, and none before.
pub(super) async fn tells_the_sites(app: &TestApp, supported: &Value) {
    assert_eq!(*supported, true);
    app.import(json!({
        "client_id": "listening", "client_secret": SECRET, "client_name": "It listens",
        "redirect_uris": [REDIRECT_URI], "backchannel_logout_uri": "https://site.example/logout",
    }))
    .await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default().with("client_id", "listening"), &phone).await.code();
    let tokens = app.site().token_as(Some(("listening", SECRET)), &Ask::redeem(&code)).await.json();
    assert_eq!(app.app.store.next_logout_notice().await.unwrap(), None);
    let hint = tokens["id_token"].as_str().unwrap();
    assert_eq!(browser.get(&format!("/logout?id_token_hint={hint}")).await.status, 200);
    assert!(app.app.store.next_logout_notice().await.unwrap().is_some(), "the site is not told");
}

/// An ID token says which session it is of, so that a site knows which has ended.
pub(super) async fn names_the_session(app: &TestApp, supported: &Value) {
    assert_eq!(*supported, true);
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default(), &phone).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let token = tokens["id_token"].as_str().unwrap();
    let claims = id_token(app, token, Algorithm::RS256, CLIENT).await;
    assert!(claims["sid"].is_string());
}
