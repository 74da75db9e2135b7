//! This provider's own tokens, when they come back.

use axum::http::Method;
use provider::oauth::client::SigningAlgorithm;
use serde_json::{Value, json};

use super::{Maker, fits_a_header, meet};
use crate::support::{
    Answer, Ask, TestApp,
    forgery::{Good, Kind, Signer},
    site::{ORIGIN, REDIRECT_URI, SECRET},
};

const CLIENT: &str = "asker";

/// Where the browser goes after a sign-out.
const BACK: &str = "https://site.example/signed-out";

/// The provider's own private key, in PKCS#8.
pub(crate) async fn private_key(app: &TestApp, algorithm: SigningAlgorithm) -> Vec<u8> {
    let keys = app.app.store.signing_keys().await.unwrap();
    let key = keys.iter().find(|key| key.algorithm == algorithm).unwrap();
    // The first byte says that it is not sealed.
    key.private.as_bytes()[1..].to_vec()
}

/// What a client gets that sends its secret in the form, and whose tokens are signed by this algorithm.
async fn tokens(app: &TestApp, algorithm: SigningAlgorithm) -> Value {
    app.import(json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "Asker", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": [ORIGIN], "token_endpoint_auth_method": "client_secret_post",
        "id_token_signed_response_alg": algorithm.as_str(), "access_token_signed_response_alg": algorithm.as_str(),
        "post_logout_redirect_uris": [BACK],
    }))
    .await;
    let code = app.code(&Ask::default().with("client_id", CLIENT)).await;
    let answer = post(app, "/token", Ask::redeem(&code)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn post(app: &TestApp, path: &str, form: Ask) -> Answer {
    let form = form.with("client_id", CLIENT).with("client_secret", SECRET).query();
    app.call(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], &form).await
}

/// A token of such a client, made into a good one of the table as often as one likes.
async fn token(app: &TestApp, name: &'static str, algorithm: SigningAlgorithm) -> impl Fn() -> Good {
    let tokens = tokens(app, algorithm).await;
    let key = private_key(app, algorithm).await;
    let signer = move || Signer::from_pkcs8(algorithm.as_str(), &key);
    move || Good::new(tokens[name].as_str().unwrap(), signer())
}

/// MUST: RFC 6750 section 5.2: a token is protected against change: no forgery of it opens anything.
#[tokio::test]
async fn rfc6750_5_2_an_access_token_cannot_be_made_up_or_changed() {
    for algorithm in SigningAlgorithm::ALL {
        let app = TestApp::new().await;
        let takes = async |token: &str| {
            if !fits_a_header(token) {
                return false;
            }
            let answer = app.site().userinfo(token).await;
            let refused = answer.header("www-authenticate") == r#"Bearer error="invalid_token""#;
            assert_eq!(answer.status.as_u16(), if refused { 401 } else { 200 });
            !refused
        };
        meet(Maker::Provider, token(&app, "access_token", algorithm).await, &takes).await;
    }
}

/// MUST: RFC 7662 section 4: where a token is signed its signature is verified: no forgery of it is active.
#[tokio::test]
async fn rfc7662_4_no_forgery_of_a_token_is_active() {
    for algorithm in SigningAlgorithm::ALL {
        let app = TestApp::new().await;
        let takes = async |token: &str| {
            let told = post(&app, "/introspect", Ask::bare().with("token", token)).await.json();
            assert!(told["active"] == true || told == json!({"active": false}), "{told}");
            told["active"] == true
        };
        meet(Maker::Provider, token(&app, "access_token", algorithm).await, &takes).await;
    }
}

#[tokio::test]
async fn an_access_token_at_revocation() {
    let app = TestApp::new().await;
    let good = token(&app, "access_token", SigningAlgorithm::Es256).await;
    let good = good();
    let alive = async || app.site().userinfo(&good.jws).await.status == 200;
    let (twin, refused): (Vec<_>, Vec<_>) =
        good.forgeries().into_iter().partition(|forgery| forgery.kind == Kind::Twin);
    for forgery in refused {
        let answer = post(&app, "/revoke", Ask::bare().with("token", &forgery.jws)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
        assert!(alive().await, "{:?}: {}: {}", forgery.kind, forgery.what, forgery.jws);
    }
    post(&app, "/revoke", Ask::bare().with("token", &twin[0].jws)).await;
    assert!(!alive().await, "the twin says the same");
}

/// MUST: OIDC RP-Initiated Logout section 2: the server verifies that it made the ID token that is the hint: no forgery signs anybody out.
#[tokio::test]
async fn rp_logout_2_no_forgery_of_an_id_token_is_a_hint() {
    for algorithm in SigningAlgorithm::ALL {
        let app = TestApp::new().await;
        let takes = async |token: &str| {
            let ask = Ask::bare().with("id_token_hint", token).with("post_logout_redirect_uri", BACK);
            let answer = app.browser().get(&format!("/logout?{}", ask.query())).await;
            match answer.status.as_u16() {
                303 => assert_eq!(answer.header("location"), BACK),
                status => assert_eq!((status, answer.header("location")), (400, "")),
            }
            answer.status == 303
        };
        meet(Maker::Provider, token(&app, "id_token", algorithm).await, &takes).await;
    }
}

/// MUST: OIDC Core section 3.1.2.2: the server verifies that it made the ID token that is the hint: no forgery is taken.
#[tokio::test]
async fn oidc_core_3_1_2_2_no_forgery_of_an_id_token_is_a_hint() {
    for algorithm in SigningAlgorithm::ALL {
        let app = TestApp::new().await;
        let takes = async |token: &str| {
            let ask = Ask::default().with("client_id", CLIENT).with("id_token_hint", token);
            let answer = app.browser().try_ask(&ask).await;
            let taken = answer.header("location").starts_with("/login/");
            assert!(taken || answer.error() == "invalid_request");
            taken
        };
        meet(Maker::Provider, token(&app, "id_token", algorithm).await, &takes).await;
    }
}
