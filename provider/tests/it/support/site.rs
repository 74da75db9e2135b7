//! A site that adds "scan to log in": its registration, its authorization request, its back end.

use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Answer, TestApp};

/// The site's identifier and secret.
pub(crate) const CLIENT: &str = "site";
pub(crate) const SECRET: &str = "site-secret-that-is-long-enough-for-anyone";

/// Another client, which has no secret.
pub(crate) const PUBLIC_CLIENT: &str = "public";

/// Where results go.
pub(crate) const REDIRECT_URI: &str = "https://site.example/callback";

/// The origin whose pages may run the widget.
pub(crate) const ORIGIN: &str = "https://site.example";

/// The PKCE pair of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn metadata() -> Value {
    json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "A site",
        "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "grant_types": ["authorization_code", "refresh_token"],
    })
}

pub(super) fn public_metadata() -> Value {
    json!({
        "client_id": PUBLIC_CLIENT, "client_name": "A site without a secret", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": [ORIGIN], "token_endpoint_auth_method": "none", "id_token_signed_response_alg": "ES256",
    })
}

/// A site of the provider's own house: people are not asked what they allow it.
pub(crate) const OWN_CLIENT: &str = "own";

/// A site that knows people by identifiers of its own, as does its sister.
pub(crate) const PAIRWISE_CLIENT: &str = "pairwise";
pub(crate) const SISTER_CLIENT: &str = "sister";

/// More sites, for tests of what lies between sites.
pub(crate) fn more_sites() -> Value {
    let site = |id: &str, host: &str| {
        json!({
            "client_id": id, "client_secret": SECRET, "client_name": id,
            "redirect_uris": [format!("https://{host}/callback")],
            "grant_types": ["authorization_code", "refresh_token"],
        })
    };
    let mut own = site(OWN_CLIENT, "own.example");
    own["first_party"] = json!(true);
    let mut pairwise = site(PAIRWISE_CLIENT, "pairwise.example");
    let mut sister = site(SISTER_CLIENT, "sister.example");
    for one in [&mut pairwise, &mut sister] {
        one["subject_type"] = json!("pairwise");
        one["owner"] = json!("the sisters");
    }
    json!([own, pairwise, sister])
}

/// `Basic` credentials of a client with the usual secret.
pub(crate) fn basic(client: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{SECRET}")))
}

/// What the site asks, by default an authorization request; to change before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Ask(Vec<(String, String)>);

impl Default for Ask {
    fn default() -> Self {
        Self(Vec::new())
            .with("client_id", CLIENT)
            .with("redirect_uri", REDIRECT_URI)
            .with("response_type", "code")
            .with("scope", "openid profile email offline_access")
            .with("state", "the-state")
            .with("nonce", "the-nonce")
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256")
    }
}

impl Ask {
    /// The request by which the site redeems a code.
    pub(crate) fn redeem(code: &str) -> Self {
        Self(Vec::new())
            .with("grant_type", "authorization_code")
            .with("code", code)
            .with("redirect_uri", REDIRECT_URI)
            .with("code_verifier", VERIFIER)
    }

    /// The request by which the site gets fresh tokens.
    pub(crate) fn refresh(refresh_token: &str) -> Self {
        Self(Vec::new()).with("grant_type", "refresh_token").with("refresh_token", refresh_token)
    }

    /// A request that says nothing yet.
    pub(crate) fn bare() -> Self {
        Self(Vec::new())
    }

    /// The same request of another of [`more_sites`].
    pub(crate) fn of(client: &str) -> Self {
        Self::default()
            .with("client_id", client)
            .with("redirect_uri", &format!("https://{client}.example/callback"))
    }

    /// With this parameter in place of the one of that name.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let mut ask = self.without(name);
        ask.0.push((name.to_owned(), value.to_owned()));
        ask
    }

    /// Without this parameter.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self
    }

    /// As query or form.
    pub(crate) fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// As the widget's JSON.
    pub(crate) fn json(&self) -> Value {
        self.0.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
    }
}

/// The site's back end.
pub(crate) struct Site<'a> {
    app: &'a TestApp,
}

impl<'a> Site<'a> {
    pub(super) fn new(app: &'a TestApp) -> Self {
        Self { app }
    }

    /// POSTs to the token endpoint with the site's `Basic` credentials.
    pub(crate) async fn token(&self, ask: &Ask) -> Answer {
        self.token_as(Some((CLIENT, SECRET)), ask).await
    }

    /// POSTs to the token endpoint with these `Basic` credentials.
    pub(crate) async fn token_as(&self, basic: Option<(&str, &str)>, ask: &Ask) -> Answer {
        let mut request =
            Request::post("/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some((id, secret)) = basic {
            let encoded = STANDARD.encode(format!("{id}:{secret}"));
            request = request.header(header::AUTHORIZATION, format!("Basic {encoded}"));
        }
        self.app.send(request.body(Body::from(ask.query())).unwrap()).await
    }

    /// Redeems a code.
    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        self.token(&Ask::redeem(code)).await
    }

    /// Redeems a code as another of [`more_sites`].
    pub(crate) async fn redeem_as(&self, client: &str, code: &str) -> Value {
        let ask = Ask::redeem(code).with("redirect_uri", &format!("https://{client}.example/callback"));
        let answer = self.token_as(Some((client, SECRET)), &ask).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Gets fresh tokens.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&Ask::refresh(refresh_token)).await
    }

    /// Asks who the access token is for.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Answer {
        let request =
            Request::get("/userinfo").header(header::AUTHORIZATION, format!("Bearer {access_token}"));
        self.app.send(request.body(Body::empty()).unwrap()).await
    }
}
