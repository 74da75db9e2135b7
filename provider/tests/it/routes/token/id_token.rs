//! The ID token (OpenID Connect Core section 2), verified as a site would: with the published keys alone.

use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::support::{
    Ask, START, TestApp, claims_of, id_token,
    site::{CLIENT, PUBLIC_CLIENT},
};

/// MUST: OIDC Core section 2: an ID token has iss, sub, aud, exp and iat, and auth_time is when the person was
/// authenticated.
#[tokio::test]
async fn oidc_core_2_it_says_who_for_whom_and_when() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let phone = app.phone().await;
    app.pass(10);
    phone.approve(&widget.qr_now().await).await;
    app.pass(5);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let token = tokens["id_token"].as_str().unwrap();
    let claims = id_token(&app, token, Algorithm::RS256, CLIENT).await;
    let who = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!((&claims["sub"], &claims["nonce"]), (&who["sub"], &Value::from("the-nonce")));
    let (now, confirmed) = (START.seconds() + 15, START.seconds() + 10);
    let times = ["auth_time", "iat", "exp"].map(|name| claims[name].as_i64().unwrap());
    assert_eq!(times, [confirmed, now, now + 600]);
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["acr", "amr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"],
        "and nothing of the profile"
    );
}

/// MUST: OIDC Registration section 2: an ID token is signed by the algorithm that its client registered.
#[tokio::test]
async fn oidc_registration_2_it_is_signed_as_the_client_registered() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default().with("client_id", PUBLIC_CLIENT)).await;
    let redeem = Ask::redeem(&code).with("client_id", PUBLIC_CLIENT);
    let tokens = app.site().token_as(None, &redeem).await.json();
    let token = tokens["id_token"].as_str().unwrap();
    assert_eq!(id_token(&app, token, Algorithm::ES256, PUBLIC_CLIENT).await["nonce"], "the-nonce");
}

/// MUST: OIDC Core section 3.1.3.6: the nonce of the request is in the ID token, unchanged, and where there was
/// none there is none.
#[tokio::test]
async fn oidc_core_3_1_3_6_without_a_nonce_there_is_none() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().without("nonce")).await;
    let claims = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert!(claims.get("nonce").is_none());
}

/// MUST: OIDC Core section 12.2: a refreshed ID token has the same iss, sub and auth_time, and an iat of its own.
#[tokio::test]
async fn oidc_core_12_2_a_refreshed_one_is_about_the_same_person_and_the_same_approval() {
    let app = TestApp::new().await;
    let first = app.tokens(&Ask::default()).await;
    app.pass(1000);
    let second = app.site().refresh(first["refresh_token"].as_str().unwrap()).await.json();
    let old = id_token(&app, first["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    let new = id_token(&app, second["id_token"].as_str().unwrap(), Algorithm::RS256, CLIENT).await;
    assert_eq!((&old["sub"], &old["auth_time"]), (&new["sub"], &new["auth_time"]));
    assert_eq!(old["iat"].as_i64().unwrap() + 1000, new["iat"].as_i64().unwrap());
}

/// MUST: OIDC Core section 3.1.3.3: the answer has an ID token beside the access token, of the type Bearer, and nobody may store it.
#[tokio::test]
async fn oidc_core_3_1_3_3_the_answer_has_an_id_token() {
    let app = TestApp::new().await;
    let answer = app.site().redeem(&app.code(&Ask::default()).await).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let tokens = answer.json();
    assert!(tokens["id_token"].is_string() && tokens["access_token"].is_string());
    assert_eq!(tokens["token_type"], "Bearer");
}

/// MUST: OIDC Core section 3.1.3.2: an ID token is the answer to a request that asked for one by the scope openid, and to no other.
#[tokio::test]
async fn oidc_core_3_1_3_2_without_openid_there_is_no_id_token() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default().with("scope", "profile offline_access")).await;
    assert_eq!(tokens.get("id_token"), None);
    let again = app.site().refresh(tokens["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(again.get("id_token"), None);
}

/// MUST: OIDC Core section 12.2: a refreshed ID token is by the same issuer, for the same client, and says no other azp.
#[tokio::test]
async fn oidc_core_12_2_a_refreshed_one_is_for_the_same_client() {
    let app = TestApp::new().await;
    let first = app.tokens(&Ask::default()).await;
    let second = app.site().refresh(first["refresh_token"].as_str().unwrap()).await.json();
    let (old, new) = (claims_of(&first["id_token"]), claims_of(&second["id_token"]));
    for claim in ["iss", "aud", "sub", "azp", "acr", "amr", "sid"] {
        assert_eq!(old.get(claim), new.get(claim), "{claim}");
    }
    assert_eq!(old["aud"], CLIENT);
}

/// MUST: OIDC Back-Channel Logout section 2.1: an ID token names its session, each session by another name.
#[tokio::test]
async fn back_channel_logout_2_1_an_id_token_names_its_session() {
    let app = TestApp::new().await;
    let (one, other) = (app.tokens(&Ask::default()).await, app.tokens(&Ask::default()).await);
    let sid = |tokens: &Value| claims_of(&tokens["id_token"])["sid"].as_str().unwrap().to_owned();
    assert_ne!(sid(&one), sid(&other), "the same person, at two browsers");
}
