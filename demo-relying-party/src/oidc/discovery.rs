//! The provider's endpoints, learned when they are first needed, so that the site can start before its provider.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::transport::{Transport, TransportError};
use crate::clock::Clock;
use crate::config::{Issuer, web_url};

/// How long a document is used before it is fetched again.
const LIFE: i64 = 10 * 60;
/// How often one request tries before it gives up.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// The endpoints this site uses.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// Where browsers begin a login.
    pub authorization_endpoint: Url,
    /// Where the site redeems codes and refresh tokens.
    pub token_endpoint: Url,
    /// Where the site asks who it is.
    pub userinfo_endpoint: Url,
    /// The provider's public keys.
    pub jwks_uri: Url,
    /// Where a reader goes who signs out of the provider, too, if it takes part in that.
    pub end_session_endpoint: Option<Url>,
}

/// Why a discovery document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// It could not be fetched.
    #[error("no discovery document")]
    Fetch(#[from] TransportError),
    /// It speaks for somebody else (OIDC Discovery section 4.3).
    #[error("the discovery document is another issuer's")]
    Issuer,
    /// An endpoint is no URL, or plain http beyond this machine.
    #[error("the discovery document has a bad {0}")]
    Endpoint(&'static str),
    /// The provider does not offer what this site needs.
    #[error("the provider does not offer {0}")]
    Missing(&'static str),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
}

/// Fetches the document once and keeps it for [`LIFE`]; an old one serves while no new one can be had.
#[derive(Debug)]
pub struct Discovery {
    issuer: Issuer,
    transport: Transport,
    clock: Clock,
    known: Mutex<Option<(i64, Arc<Metadata>)>>,
}

impl Discovery {
    /// Knows nothing yet.
    pub fn new(issuer: Issuer, transport: Transport, clock: Clock) -> Self {
        Self { issuer, transport, clock, known: Mutex::default() }
    }

    /// The provider's endpoints. Whoever comes while a fetch is under way waits for that one.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, DiscoveryError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((_, metadata)) = known.as_ref().filter(|(fetched, _)| now < fetched + LIFE) {
            return Ok(metadata.clone());
        }
        match (self.fetch_patiently().await, known.as_ref()) {
            (Ok(metadata), _) => {
                let metadata = Arc::new(metadata);
                *known = Some((now, metadata.clone()));
                Ok(metadata)
            }
            (Err(DiscoveryError::Fetch(error)), Some((_, old))) => {
                tracing::warn!(%error, "using the discovery document of before");
                Ok(old.clone())
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Tries a few times where nobody answers: a provider that restarts is back in a moment.
    async fn fetch_patiently(&self) -> Result<Metadata, DiscoveryError> {
        let mut attempt = 1;
        loop {
            match self.fetch().await {
                Err(DiscoveryError::Fetch(TransportError::NoAnswer(_))) if attempt < TRIES => attempt += 1,
                outcome => return outcome,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn fetch(&self) -> Result<Metadata, DiscoveryError> {
        let address = self.issuer.join("/.well-known/openid-configuration");
        let url = endpoint("issuer", &address)?;
        let document: Document = self.transport.get_json(&url, None).await?;
        if document.issuer != self.issuer.as_str() {
            return Err(DiscoveryError::Issuer);
        }
        if !document.code_challenge_methods_supported.iter().any(|method| method == "S256") {
            return Err(DiscoveryError::Missing("PKCE with S256"));
        }
        let end_session = document.end_session_endpoint.as_deref();
        Ok(Metadata {
            authorization_endpoint: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
            token_endpoint: endpoint("token_endpoint", &document.token_endpoint)?,
            userinfo_endpoint: endpoint("userinfo_endpoint", &document.userinfo_endpoint)?,
            jwks_uri: endpoint("jwks_uri", &document.jwks_uri)?,
            end_session_endpoint: end_session.map(|url| endpoint("end_session_endpoint", url)).transpose()?,
        })
    }
}

fn endpoint(name: &'static str, text: &str) -> Result<Url, DiscoveryError> {
    web_url(text).map_err(|_| DiscoveryError::Endpoint(name))
}
