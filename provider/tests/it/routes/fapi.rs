//! The FAPI 2.0 Security Profile: a client that is registered with `security_profile: fapi2`.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, SiteKey, TestApp,
    site::{REDIRECT_URI, SECRET},
};

const CLIENT: &str = "bank";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn metadata(key: &SiteKey) -> Value {
    json!({
        "client_id": CLIENT, "client_name": "Bank", "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.jwk()]},
        "grant_types": ["authorization_code", "refresh_token"], "id_token_signed_response_alg": "ES256",
        "security_profile": "fapi2",
    })
}

/// A site that holds its own key and another for its tokens.
struct Bank<'a> {
    app: &'a TestApp,
    own: SiteKey,
    tokens: SiteKey,
}

impl<'a> Bank<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let own = SiteKey::es256();
        app.import(metadata(&own)).await;
        Self { app, own, tokens: SiteKey::es256() }
    }

    /// POSTs a form with the site's assertion and, if it is to, a proof with this nonce.
    async fn post(&self, path: &str, form: &Ask, nonce: Option<&str>) -> Answer {
        let assertion = self.own.assertion(self.app, CLIENT);
        let form =
            form.clone().with("client_assertion", &assertion).with("client_assertion_type", ASSERTION_TYPE);
        let proof =
            nonce.map(|nonce| self.tokens.proof_with(self.app, ("POST", path), json!({"nonce": nonce})));
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(proof.as_deref().map(|proof| ("dpop", proof)));
        self.app.call(Method::POST, path, &headers, &form.query()).await
    }

    /// A nonce, as the server offers it to a first try.
    async fn nonce(&self) -> String {
        let answer = self.post("/token", &Ask::refresh("x"), Some("")).await;
        assert_eq!(answer.oauth_error(), "400 use_dpop_nonce");
        answer.header("dpop-nonce").to_owned()
    }

    /// The code of a request that was pushed and approved.
    async fn code(&self, nonce: &str) -> String {
        let pushed = self.post("/par", &ask(), Some(nonce)).await;
        assert_eq!(pushed.status, 201, "{pushed:?}");
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let carried = Ask::bare().with("client_id", CLIENT).with("request_uri", &uri);
        let answer = self.app.browser().sign_in(&carried, &self.app.phone().await).await;
        assert_eq!(answer.location_parameter("iss").as_deref(), Some("https://login.example"));
        answer.code()
    }
}

fn ask() -> Ask {
    Ask::default().with("client_id", CLIENT)
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: a request is pushed by a client that signs, the code is bound to a DPoP key, the tokens
/// are, and a refresh token is not rotated.
#[tokio::test]
async fn fapi2_5_3_2_1_a_whole_flow() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let code = bank.code(&nonce).await;
    let tokens = bank.post("/token", &Ask::redeem(&code), Some(&nonce)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let first = tokens.json();
    assert_eq!(first["token_type"], "DPoP");

    let token = first["access_token"].as_str().unwrap();
    let hash = provider::secret::Digest::of(token).to_base64url();
    let proof = bank.tokens.proof_with(&app, ("GET", "/userinfo"), json!({"ath": hash, "nonce": nonce}));
    let headers = [("authorization", format!("DPoP {token}")), ("dpop", proof)];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(app.call(Method::GET, "/userinfo", &headers, "").await.status, 200);

    let refresh = Ask::refresh(first["refresh_token"].as_str().unwrap());
    for _ in 0..3 {
        let again = bank.post("/token", &refresh, Some(&nonce)).await.json();
        assert_eq!(again["refresh_token"], first["refresh_token"]);
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: requests that were not pushed, have no PKCE, or no proof, are refused.
#[tokio::test]
async fn fapi2_5_3_2_2_what_is_less_is_refused() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    assert_eq!(app.browser().try_ask(&ask()).await.error(), "invalid_request", "not pushed");
    let no_pkce = ask().without("code_challenge").without("code_challenge_method");
    for wrong in [no_pkce, ask().with("code_challenge_method", "plain")] {
        assert_eq!(bank.post("/par", &wrong, Some(&nonce)).await.oauth_error(), "400 invalid_request");
    }
    let code = bank.code(&nonce).await;
    let redeem = Ask::redeem(&code);
    assert_eq!(bank.post("/token", &redeem, None).await.oauth_error(), "400 invalid_request");
    assert_eq!(bank.post("/token", &redeem, Some("old")).await.oauth_error(), "400 use_dpop_nonce");
    let by_secret = app.site().token_as(Some((CLIENT, SECRET)), &redeem).await;
    assert_eq!(by_secret.oauth_error(), "401 invalid_client");
    assert_eq!(bank.post("/token", &redeem, Some(&nonce)).await.status, 200, "nothing of this used it up");
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: a code lives for 60 seconds at most, whatever the operator allows others.
#[tokio::test]
async fn fapi2_5_3_2_1_a_code_lives_a_minute_at_most() {
    let app = TestApp::with(|config| config.lifetimes.code = std::time::Duration::from_mins(10)).await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let code = bank.code(&nonce).await;
    app.pass(60);
    assert_eq!(
        bank.post("/token", &Ask::redeem(&code), Some(&nonce)).await.oauth_error(),
        "400 invalid_grant"
    );
}
