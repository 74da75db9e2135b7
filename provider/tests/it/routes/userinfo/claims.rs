//! What userinfo says of a person (OpenID Connect Core sections 5.1 and 5.3).

use serde_json::{Value, json};

use super::access_token;
use crate::support::{Ask, TestApp};

/// A person of whom much is known; what userinfo says of them.
async fn told(app: &TestApp, scope: &str) -> crate::support::Answer {
    app.add_person(
        "mei",
        json!({
            "name": "李梅 \"Mei\"", "email": "mei@example.com", "email_verified": false, "updated_at": 1_700_000_000,
            "phone_number": "+8613800000000", "phone_number_verified": true,
            "address": {"formatted": "1 Road\nHangzhou", "country": "CN"}, "birthdate": "2000-01-01",
        }),
    )
    .await;
    let widget = app.widget().start_with(&Ask::default().with("scope", scope)).await;
    app.phone_of("mei").await.approve(&widget.qr).await;
    let tokens = app.site().redeem(&widget.code().await).await.json();
    app.site().userinfo(access_token(&tokens)).await
}

/// MUST: OIDC Core section 5.1: claims have their types: text, true or false, numbers, and an object for the address.
#[tokio::test]
async fn oidc_core_5_1_claims_have_their_types() {
    let app = TestApp::new().await;
    let who = told(&app, "openid profile email phone address").await.json();
    for name in ["sub", "name", "email", "phone_number", "birthdate"] {
        assert!(who[name].is_string(), "{name}");
    }
    assert_eq!((&who["email_verified"], &who["phone_number_verified"]), (&json!(false), &json!(true)));
    assert!(who["updated_at"].is_number());
}

/// MUST: OIDC Core section 5.1.1: the address is a JSON object, whose lines are divided by line feeds.
#[tokio::test]
async fn oidc_core_5_1_1_an_address_is_an_object() {
    let app = TestApp::new().await;
    let who = told(&app, "openid address").await.json();
    assert_eq!(who["address"], json!({"formatted": "1 Road\nHangzhou", "country": "CN"}));
}

/// MUST: OIDC Core section 5.3.2: userinfo is JSON in UTF-8, and says who is meant, also where nothing else is told.
#[tokio::test]
async fn oidc_core_5_3_2_userinfo_is_json_and_names_the_person() {
    let app = TestApp::new().await;
    let answer = told(&app, "openid profile").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json()["name"], "李梅 \"Mei\"");
    let app = TestApp::new().await;
    let who: Value = told(&app, "openid").await.json();
    assert_eq!(who.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
}

/// MUST: OIDC Core section 5.3.3: userinfo refuses as RFC 6750 says: with a challenge that names the error.
#[tokio::test]
async fn oidc_core_5_3_3_errors_are_those_of_bearer_tokens() {
    let app = TestApp::new().await;
    let answer = app.site().userinfo("x").await;
    assert_eq!(super::challenge(&answer), super::INVALID);
    assert_eq!(answer.json()["error"], "invalid_token");
}
