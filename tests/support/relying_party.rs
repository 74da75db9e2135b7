//! A site that adds "scan to log in": its registration, its authorization request, its back end.

use reqwest::Client;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::Answer;

/// The site's identifier.
pub const CLIENT: &str = "site";
/// The site's secret.
pub const CLIENT_SECRET: &str = "site-secret-that-is-long-enough-for-anyone";
/// Where results go.
pub const REDIRECT_URI: &str = "https://site.example/callback";
/// The origin whose pages may run the widget.
pub const ORIGIN: &str = "https://site.example";
/// The PKCE verifier of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Its challenge.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn metadata() -> Value {
    json!({
        "client_id": CLIENT, "client_secret": CLIENT_SECRET, "client_name": "A site",
        "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "grant_types": ["authorization_code", "refresh_token"],
    })
}

/// The site.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    http: Client,
    provider: String,
}

impl RelyingParty {
    /// A site whose provider is at this URL.
    pub fn new(provider: &str) -> Self {
        Self { http: crate::browser::client(), provider: provider.to_owned() }
    }

    /// Its registration.
    pub fn metadata() -> Value {
        metadata()
    }

    /// Its authorization request, as names and values.
    pub fn request() -> Vec<(&'static str, &'static str)> {
        vec![
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid profile offline_access"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    /// The path to which it sends its visitors.
    pub fn authorize_path() -> String {
        format!("/authorize?{}", Serializer::new(String::new()).extend_pairs(Self::request()).finish())
    }

    async fn token(&self, form: &[(&str, &str)]) -> reqwest::Result<Answer> {
        let call = self.http.post(format!("{}/token", self.provider));
        Answer::read(call.basic_auth(CLIENT, Some(CLIENT_SECRET)).form(form).send().await?).await
    }

    /// Redeems a code; fails if the provider cannot be reached.
    pub async fn try_redeem(&self, code: &str) -> reqwest::Result<Answer> {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.try_redeem(code).await.unwrap()
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await.unwrap()
    }

    /// Asks who the access token is for.
    pub async fn userinfo(&self, access_token: &str) -> Answer {
        let call = self.http.get(format!("{}/userinfo", self.provider)).bearer_auth(access_token);
        Answer::read(call.send().await.unwrap()).await.unwrap()
    }
}
