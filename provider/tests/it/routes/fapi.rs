//! The FAPI 2.0 Security Profile: a client that is registered with `security_profile: fapi2`.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, SiteKey, TestApp, claims_of,
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

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: nobody gives a site their password: that grant is refused.
#[tokio::test]
async fn fapi2_5_3_2_1_there_is_no_password_grant() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let form = Ask::bare().with("grant_type", "password").with("username", "lin").with("password", "x");
    let answer = bank.post("/token", &form, Some(&nonce)).await;
    assert_eq!(answer.oauth_error(), "400 unsupported_grant_type");
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: a client proves itself by private_key_jwt; one without a credential, or with a shared
/// secret, cannot be registered.
#[tokio::test]
async fn fapi2_5_3_2_1_a_client_has_a_key() {
    let app = TestApp::new().await;
    for method in ["none", "client_secret_basic", "client_secret_post", "client_secret_jwt"] {
        let mut metadata = metadata(&SiteKey::es256());
        metadata["token_endpoint_auth_method"] = json!(method);
        assert!(app.try_import(metadata).await.is_err(), "{method}");
    }
    app.import(metadata(&SiteKey::es256())).await;
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: there is no access token but one that is bound to a key.
#[tokio::test]
async fn fapi2_5_3_2_1_every_token_is_bound() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let redeem = Ask::redeem(&bank.code(&nonce).await);
    assert_eq!(bank.post("/token", &redeem, None).await.oauth_error(), "400 invalid_request");
    let tokens = bank.post("/token", &redeem, Some(&nonce)).await.json();
    assert_eq!(claims_of(&tokens["access_token"])["cnf"]["jkt"], bank.tokens.thumbprint());
    let refresh = Ask::refresh(tokens["refresh_token"].as_str().unwrap());
    assert!(bank.post("/token", &refresh, None).await.oauth_error().starts_with("400 "));
    let again = bank.post("/token", &refresh, Some(&nonce)).await.json();
    assert_eq!(claims_of(&again["access_token"])["cnf"]["jkt"], bank.tokens.thumbprint());
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: a code that was asked for with a key is redeemed by that key alone.
#[tokio::test]
async fn fapi2_5_3_2_1_a_code_is_bound_to_its_key() {
    let app = TestApp::new().await;
    let mut bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let redeem = Ask::redeem(&bank.code(&nonce).await);
    let right = std::mem::replace(&mut bank.tokens, SiteKey::es256());
    assert_eq!(bank.post("/token", &redeem, Some(&nonce)).await.oauth_error(), "400 invalid_grant");
    bank.tokens = right;
    assert_eq!(bank.post("/token", &redeem, Some(&nonce)).await.status, 200);
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: who pushes a request proves who it is.
#[tokio::test]
async fn fapi2_5_3_2_2_who_pushes_proves_who_it_is() {
    let app = TestApp::new().await;
    Bank::of(&app).await;
    for form in [ask(), ask().with("client_secret", SECRET)] {
        assert_eq!(app.post_form("/par", &[], &form).await.oauth_error(), "401 invalid_client");
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: a pushed request says where the browser is to go.
#[tokio::test]
async fn fapi2_5_3_2_2_a_pushed_request_has_a_redirect_uri() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    for form in [ask().without("redirect_uri"), ask().with("redirect_uri", "https://evil.example/")] {
        assert_eq!(bank.post("/par", &form, Some(&nonce)).await.oauth_error(), "400 invalid_request");
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: the one response type is code.
#[tokio::test]
async fn fapi2_5_3_2_2_the_response_type_is_code() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    for kind in ["token", "id_token", "code id_token"] {
        let answer = bank.post("/par", &ask().with("response_type", kind), Some(&nonce)).await;
        assert_eq!(answer.oauth_error(), "400 unsupported_response_type", "{kind}");
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: no answer goes over a network that is not encrypted.
#[tokio::test]
async fn fapi2_5_3_2_2_a_redirect_uri_is_https() {
    let app = TestApp::new().await;
    for uri in
        ["http://bank.example/cb", "http://localhost/cb", "http://127.0.0.1:8080/cb", "com.example.bank:/cb"]
    {
        let mut metadata = metadata(&SiteKey::es256());
        metadata["redirect_uris"] = json!([uri]);
        assert!(app.try_import(metadata).await.is_err(), "{uri}");
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: a code that was used is refused.
#[tokio::test]
async fn fapi2_5_3_2_2_a_code_is_used_once() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let redeem = Ask::redeem(&bank.code(&nonce).await);
    assert_eq!(bank.post("/token", &redeem, Some(&nonce)).await.status, 200);
    assert_eq!(bank.post("/token", &redeem, Some(&nonce)).await.oauth_error(), "400 invalid_grant");
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.2: the browser is sent on by 303, to the registered address, with the issuer; a pushed
/// request lasts for less than ten minutes.
#[tokio::test]
async fn fapi2_5_3_2_2_the_browser_goes_back_by_303() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let pushed = bank.post("/par", &ask(), Some(&nonce)).await.json();
    assert!((5..600).contains(&pushed["expires_in"].as_i64().unwrap()), "{pushed}");
    let carried =
        Ask::bare().with("client_id", CLIENT).with("request_uri", pushed["request_uri"].as_str().unwrap());
    let answer = app.browser().sign_in(&carried, &app.phone().await).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with(&format!("{REDIRECT_URI}?")));
    assert_eq!(answer.location_parameter("iss").as_deref(), Some("https://login.example"));
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.3: a nonce of 64 letters comes back in the ID token.
#[tokio::test]
async fn fapi2_5_3_2_3_a_nonce_of_64_letters_comes_back() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let (nonce, long) = (bank.nonce().await, "n".repeat(64));
    let pushed = bank.post("/par", &ask().with("nonce", &long), Some(&nonce)).await.json();
    let carried =
        Ask::bare().with("client_id", CLIENT).with("request_uri", pushed["request_uri"].as_str().unwrap());
    let code = app.browser().sign_in(&carried, &app.phone().await).await.code();
    let tokens = bank.post("/token", &Ask::redeem(&code), Some(&nonce)).await.json();
    assert_eq!(claims_of(&tokens["id_token"])["nonce"], long);
}

/// MUST: FAPI 2.0 Security Profile section 5.3.4: a bound token opens nothing without its key, and nothing once it is over or taken back.
#[tokio::test]
async fn fapi2_5_3_4_a_resource_wants_the_key_and_a_token_that_lasts() {
    let app = TestApp::new().await;
    let bank = Bank::of(&app).await;
    let nonce = bank.nonce().await;
    let tokens = bank.post("/token", &Ask::redeem(&bank.code(&nonce).await), Some(&nonce)).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let userinfo = async |key: &SiteKey, scheme: &str, nonce: &str| {
        let hash = provider::secret::Digest::of(token).to_base64url();
        let proof = key.proof_with(&app, ("GET", "/userinfo"), json!({"ath": hash, "nonce": nonce}));
        let authorization = format!("{scheme} {token}");
        let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
        app.call(Method::GET, "/userinfo", &headers, "").await.status.as_u16()
    };
    assert_eq!(userinfo(&bank.tokens, "DPoP", &nonce).await, 200);
    assert_eq!(userinfo(&SiteKey::es256(), "DPoP", &nonce).await, 401);
    assert_eq!(userinfo(&bank.tokens, "Bearer", &nonce).await, 401);
    assert_eq!(app.phone().await.withdraw(CLIENT).await.status, 204);
    assert_eq!(userinfo(&bank.tokens, "DPoP", &nonce).await, 401, "it was taken back");
}

/// MUST: FAPI 2.0 Security Profile section 5.4.1: an RSA key has 2048 bits at least, an elliptic one 224.
#[tokio::test]
async fn fapi2_5_4_1_short_keys_are_refused() {
    let app = TestApp::new().await;
    let n = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![0xff; bytes]);
    for (jwk, good) in [
        (json!({"kty": "RSA", "e": "AQAB", "n": n(128)}), false),
        (json!({"kty": "RSA", "e": "AQAB", "n": n(255)}), false),
        (json!({"kty": "RSA", "e": "AQAB", "n": n(256)}), true),
        (json!({"kty": "EC", "crv": "P-192", "x": n(24), "y": n(24)}), false),
        (SiteKey::es256().jwk(), true),
    ] {
        let mut metadata = metadata(&SiteKey::es256());
        metadata["jwks"] = json!({"keys": [jwk]});
        assert_eq!(app.try_import(metadata).await.is_ok(), good, "{jwk}");
    }
}

/// MUST: FAPI 2.0 Security Profile section 5.4.1: tokens are signed by PS256, ES256 or EdDSA: RS256 cannot be registered, ES256 is the default.
#[tokio::test]
async fn fapi2_5_4_1_no_token_is_signed_by_rs256() {
    let app = TestApp::new().await;
    let metadata = metadata(&SiteKey::es256());
    for (alg, good) in
        [(json!("RS256"), false), (json!("none"), false), (json!("EdDSA"), true), (Value::Null, true)]
    {
        for name in ["id_token_signed_response_alg", "access_token_signed_response_alg"] {
            let mut metadata = metadata.clone();
            metadata[name] = alg.clone();
            assert_eq!(app.try_import(metadata).await.is_ok(), good, "{name} {alg}");
        }
    }
}
