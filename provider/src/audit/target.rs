//! The provider that is audited, and what there is to work with.

use std::{path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::paths;
use reqwest::{Certificate, Client, Method, RequestBuilder, StatusCode, header, redirect};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::{Stop, answer::Answer};
use crate::{
    mock_phone::{MockPhone, PhoneError, Secret},
    random::Random,
};

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest that a `Retry-After` is obeyed, and how often.
const LONGEST_PAUSE: u64 = 60;
const MOST_PAUSES: u32 = 5;

/// A client that is registered for the audit.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its `client_id`.
    pub id: String,
    /// Its secret, if it has one (`client_secret_basic`).
    pub secret: Option<Secret>,
    /// One of its redirect URIs. Nobody has to listen there.
    pub redirect_uri: String,
}

/// What there is to work with.
#[derive(Debug, Default)]
pub struct Given {
    /// A registered client.
    pub client: Option<Registered>,
    /// The home of a mock phone that is signed in.
    pub phone: Option<PathBuf>,
    /// PEM file of an authority to trust besides.
    pub authority: Option<PathBuf>,
}

/// Why there is nothing to audit.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The authority's certificate cannot be used.
    #[error("the certificate {0} cannot be used")]
    Authority(PathBuf),
    /// The provider cannot be reached.
    #[error("the provider cannot be reached")]
    Unreachable(#[from] reqwest::Error),
    /// It has no metadata.
    #[error("{0} answers no metadata, so this is no OpenID provider")]
    NoMetadata(String),
    /// The phone cannot be used.
    #[error("the phone cannot be used: {}", .0.detail())]
    Phone(PhoneError),
    /// The phone is signed in elsewhere, or nowhere.
    #[error("the phone is not signed in at {0}: `saoma phone --home … sign-in --server {0}` first")]
    OtherPhone(String),
}

/// The provider that is audited.
#[derive(Debug)]
pub struct Target {
    /// Its issuer, as it was given; no slash at its end.
    pub issuer: String,
    pub(super) metadata: Value,
    pub(super) random: Random,
    http: Client,
    client: Option<Registered>,
    phone: Option<MockPhone>,
}

impl Target {
    /// Looks the provider up, and the phone over.
    pub async fn find(issuer: &str, given: Given) -> Result<Self, TargetError> {
        let issuer = issuer.trim_end_matches('/').to_owned();
        let mut http = Client::builder()
            .user_agent(concat!("saoma-audit/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE);
        if let Some(file) = &given.authority {
            let refused = || TargetError::Authority(file.clone());
            let pem = std::fs::read(file).map_err(|_| refused())?;
            http = http.no_proxy().tls_certs_merge([Certificate::from_pem(&pem).map_err(|_| refused())?]);
        }
        if issuer.starts_with("http:") {
            http = http.no_proxy();
        }
        let http = http.build()?;
        let document = format!("{issuer}{}", paths::OPENID_CONFIGURATION);
        let answer = Answer::read(http.get(&document).send().await?).await?;
        let metadata = answer.json();
        if answer.status != StatusCode::OK || !metadata["issuer"].is_string() {
            return Err(TargetError::NoMetadata(document));
        }
        let phone = match (&given.phone, &given.authority) {
            (None, _) => None,
            (Some(home), None) => Some(MockPhone::open(home).map_err(TargetError::Phone)?),
            (Some(home), Some(ca)) => Some(MockPhone::open_trusting(home, ca).map_err(TargetError::Phone)?),
        };
        if phone.as_ref().is_some_and(|phone| phone.server().as_deref() != Some(issuer.as_str())) {
            return Err(TargetError::OtherPhone(issuer));
        }
        Ok(Self { issuer, metadata, random: Random::System, http, client: given.client, phone })
    }

    /// The client.
    pub(super) fn client(&self) -> Result<&Registered, Stop> {
        self.client.as_ref().ok_or_else(|| {
            Stop::Skipped(
                "needs a registered client: --client-id, --redirect-uri and perhaps a secret".into(),
            )
        })
    }

    /// The phone.
    pub(super) fn phone(&self) -> Result<&MockPhone, Stop> {
        self.phone
            .as_ref()
            .ok_or_else(|| Stop::Skipped("needs a phone that is signed in: --phone HOME".into()))
    }

    /// An endpoint that the metadata names.
    pub(super) fn endpoint(&self, name: &str) -> Result<&str, Stop> {
        self.metadata[name].as_str().ok_or_else(|| Stop::Failed(format!("the metadata names no {name}")))
    }

    /// A path at the provider.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// A request to be filled.
    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request. Where the provider asks to wait, it is obeyed.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Answer, Stop> {
        let broken = |error: reqwest::Error| Stop::Broken(format!("a call failed: {error}"));
        for _ in 0..MOST_PAUSES {
            let again =
                request.try_clone().ok_or_else(|| Stop::Broken("a body cannot be repeated".into()))?;
            let answer = Answer::read(again.send().await.map_err(broken)?).await.map_err(broken)?;
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                return Ok(answer);
            }
            let pause = answer.header("retry-after").parse().unwrap_or(1).clamp(1, LONGEST_PAUSE);
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
        Err(Stop::Broken("the provider limits requests (429) for longer than the audit waits".into()))
    }

    pub(super) async fn get(&self, url: &str) -> Result<Answer, Stop> {
        self.send(self.request(Method::GET, url)).await
    }

    /// POSTs a form.
    pub(super) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Answer, Stop> {
        self.send(self.request(Method::POST, url).form(form)).await
    }

    /// Asks the authorization endpoint in a browser without cookies.
    pub(super) async fn authorize(&self, parameters: &[(&str, &str)]) -> Result<Answer, Stop> {
        let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.get(&format!("{}?{query}", self.endpoint("authorization_endpoint")?)).await
    }

    /// Asks the token endpoint as the client.
    pub(super) async fn token(&self, form: &[(&str, &str)]) -> Result<Answer, Stop> {
        self.send(self.token_request(form)?).await
    }

    /// A request to the token endpoint as the client, with its credential.
    pub(super) fn token_request(&self, form: &[(&str, &str)]) -> Result<RequestBuilder, Stop> {
        let (client, url) = (self.client()?, self.endpoint("token_endpoint")?);
        let request = self.request(Method::POST, url);
        Ok(match &client.secret {
            Some(secret) => {
                request.basic_auth(encoded(&client.id), Some(encoded(secret.expose()))).form(form)
            }
            None => request.form(&[form, &[("client_id", client.id.as_str())]].concat()),
        })
    }

    /// Asks who an access token is for, with a scheme such as `Bearer`.
    pub(super) async fn userinfo(&self, scheme: &str, token: &str) -> Result<Answer, Stop> {
        let request = self.request(Method::GET, self.endpoint("userinfo_endpoint")?);
        self.send(request.header(header::AUTHORIZATION, format!("{scheme} {token}"))).await
    }

    /// A word that nobody can guess.
    pub(super) fn word(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random.bytes::<32>())
    }
}

/// A credential as RFC 6749 section 2.3.1 wants it.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What a phone could not do.
pub(super) fn broken(error: &PhoneError) -> Stop {
    Stop::Broken(format!("the phone could not do its part: {}", error.detail()))
}
