//! The back channel: the provider says that somebody has signed out (OIDC Back-Channel Logout sections 2.5 to 2.8).

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use crate::support::Stage;
use crate::support::browser::{Answer, Browser};
use crate::support::keys::Key;

/// The provider's call, which no page makes.
async fn tell(stage: &Stage, logout_token: &str) -> Answer {
    let mut provider = stage.browser();
    provider.origin = None;
    provider.post_form("/backchannel-logout", &format!("logout_token={logout_token}")).await
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/session").await.json() == json!({ "signed_in": true })
}

/// MUST: OIDC Back-Channel Logout section 2.7: a relying party ends the sessions that the token names, and says 200 that nobody may store.
#[tokio::test]
async fn back_channel_logout_2_7_a_logout_token_ends_the_sessions_that_it_names() {
    for changes in [json!({}), json!({ "sub": null }), json!({ "sid": null })] {
        let stage = Stage::new().await;
        let (mut one, mut other) = (stage.member().await, stage.member().await);
        assert!(is_signed_in(&mut one).await);
        let answer = tell(&stage, &stage.provider.logout_token(&changes)).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
        assert!(!is_signed_in(&mut one).await && !is_signed_in(&mut other).await, "{changes}");
    }
}

#[tokio::test]
async fn somebody_else_s_logout_ends_nothing_and_is_no_error() {
    for changes in
        [json!({ "sid": "another" }), json!({ "sub": "another" }), json!({ "sid": null, "sub": "another" })]
    {
        let stage = Stage::new().await;
        let mut member = stage.member().await;
        assert_eq!(tell(&stage, &stage.provider.logout_token(&changes)).await.status, StatusCode::OK);
        assert!(is_signed_in(&mut member).await, "{changes}");
    }
}

/// MUST: OIDC Back-Channel Logout section 2.6: a relying party checks issuer, audience, times, events, sub or sid, and that there is no nonce.
#[tokio::test]
async fn back_channel_logout_2_6_a_token_that_breaks_a_rule_ends_nothing() {
    let stage = Stage::new().await;
    let mut member = stage.member().await;
    let now = crate::support::NOW;
    let event = "http://schemas.openid.net/event/backchannel-logout";
    for (rule, changes) in [
        ("issuer", json!({ "iss": "https://evil.example" })),
        ("audience", json!({ "aud": ["other-site"] })),
        ("expired", json!({ "iat": now - 400, "exp": now - 61 })),
        ("no exp", json!({ "exp": null })),
        ("too long a life", json!({ "exp": now + 90_000 })),
        ("no iat", json!({ "iat": null })),
        ("future", json!({ "iat": now + 61, "exp": now + 120 })),
        ("no jti", json!({ "jti": null })),
        ("nobody", json!({ "sid": null, "sub": null })),
        ("no events", json!({ "events": null })),
        ("another event", json!({ "events": { "urn:other": {} } })),
        ("event is no object", json!({ "events": { event: "yes" } })),
        ("nonce", json!({ "nonce": "n" })),
    ] {
        let answer = tell(&stage, &stage.provider.logout_token(&changes)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{rule}");
        assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
        assert_eq!(answer.json()["error"], "invalid_request", "{rule}");
        assert!(is_signed_in(&mut member).await, "{rule}");
    }
}

/// MUST: OIDC Back-Channel Logout section 2.6: a relying party verifies the signature of a logout token as of an ID token.
#[tokio::test]
async fn back_channel_logout_2_6_another_signature_type_or_text_ends_nothing() {
    let stage = Stage::new().await;
    let mut member = stage.member().await;
    let honest = stage.provider.logout_token(&json!({}));
    let claims: Value = claims_of(&honest);
    let stranger = Key::es256("key-1").sign_as("logout+jwt", &claims);
    let unknown = Key::es256("no-such-key").sign_as("logout+jwt", &claims);
    let mut access_token = String::new();
    stage.provider.script(|script| access_token = script.key.sign_as("at+jwt", &claims));
    for token in [stranger.as_str(), &unknown, &access_token, "", "a.b.c", &honest[..honest.len() - 2]] {
        assert_eq!(tell(&stage, token).await.status, StatusCode::BAD_REQUEST, "{token}");
    }
    let nothing = stage.browser().post_form("/backchannel-logout", "token=x").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    assert!(is_signed_in(&mut member).await);
}

/// MUST: OIDC Back-Channel Logout section 2.6: a relying party does not take a logout token twice.
#[tokio::test]
async fn back_channel_logout_2_6_a_logout_token_works_once() {
    let stage = Stage::new().await;
    stage.member().await;
    let token = stage.provider.logout_token(&json!({}));
    assert_eq!(tell(&stage, &token).await.status, StatusCode::OK);
    let mut back = stage.member().await;
    assert_eq!(tell(&stage, &token).await.status, StatusCode::BAD_REQUEST);
    assert!(is_signed_in(&mut back).await);
    let fresh = stage.provider.logout_token(&json!({ "jti": "logout-2" }));
    assert_eq!(tell(&stage, &fresh).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut back).await);
}

fn claims_of(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
