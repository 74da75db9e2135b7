//! Calls to other people's servers: a client's keys, its logout notice, its sector.
//!
//! Their addresses come from clients, so an address must not lead into the operator's own network (OWASP: server-side request
//! forgery):
//!
//! 1. The URL is https, without credentials; http only to a loopback host that the operator has allowed.
//! 2. The host's addresses are looked up here, and those that are not public are left out, unless the operator has allowed the host
//!    or the network. The connection goes to an address that was looked at, not to a name that is looked up once more.
//! 3. No redirect is followed and no proxy asked; the time and the length of an answer are bounded.

mod address;

use std::{net::SocketAddr, sync::Arc, time::Duration};

pub use address::{Allowed, AllowedError};
use reqwest::{
    Client, RequestBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header, redirect,
};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::{Host, Url};

use crate::{loopback::is_loopback, oauth::jose::strict_json};

/// What calls to others may take and where they may go.
#[derive(Debug, Clone)]
pub struct OutboundConfig {
    /// Hosts and networks that may be called although they are not public.
    pub allowed: Vec<Allowed>,
    /// Longest for a connection to stand.
    pub connect_timeout: Duration,
    /// Longest for all of a call.
    pub timeout: Duration,
    /// Longest answer, in bytes.
    pub longest: usize,
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            allowed: Vec::new(),
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(5),
            longest: 64 * 1024,
        }
    }
}

/// Why a call failed. None of them says what the other end answered: that may be nobody's business.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The URL is none that is called.
    #[error(
        "the address must be https, without credentials (or http on a loopback host that the operator allows)"
    )]
    Address,
    /// It leads into a private network.
    #[error("the address is not a public one")]
    Private,
    /// The other end could not be reached or did not answer in time.
    #[error("the address did not answer")]
    Unreachable(#[source] reqwest::Error),
    /// It answered something else than success; redirects are not followed.
    #[error("the address answered with status {0}, not 200")]
    Status(u16),
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLong,
    /// The answer is not JSON, or has a member twice.
    #[error("the answer is not JSON")]
    NotJson,
}

/// Calls other people's servers.
#[derive(Debug)]
pub struct Outbound {
    config: OutboundConfig,
    client: OnceCell<Client>,
}

impl Outbound {
    /// Goes where this configuration allows.
    pub fn new(config: OutboundConfig) -> Self {
        Self { config, client: OnceCell::new() }
    }

    /// GETs a URL and reads its JSON.
    pub async fn get_json(&self, url: &Url) -> Result<Value, OutboundError> {
        let client = self.client_for(url).await?;
        let response = send(client.get(url.clone()).header(header::ACCEPT, "application/json")).await?;
        strict_json(&self.read(response).await?).ok_or(OutboundError::NotJson)
    }

    /// POSTs a form (`application/x-www-form-urlencoded` text). The answer's body is not read.
    pub async fn post_form(&self, url: &Url, body: String) -> Result<(), OutboundError> {
        let client = self.client_for(url).await?;
        let form = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(client.post(url.clone()).header(form.0, form.1).body(body)).await.map(drop)
    }

    /// Checks what of a URL can be checked without a network.
    async fn client_for(&self, url: &Url) -> Result<&Client, OutboundError> {
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || !(url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))) {
            return Err(OutboundError::Address);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) => None,
            None => return Err(OutboundError::Address),
        };
        // A name's addresses are judged by the resolver; an address in the URL is never looked up.
        if literal.is_some_and(|address| {
            !address::may_be_called(url.host_str().unwrap_or(""), address, &self.config.allowed)
        }) {
            return Err(OutboundError::Private);
        }
        let build = || async { self.build() };
        self.client.get_or_try_init(build).await.map_err(OutboundError::Unreachable)
    }

    fn build(&self) -> Result<Client, reqwest::Error> {
        Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.config.connect_timeout)
            .timeout(self.config.timeout)
            .dns_resolver(Arc::new(PublicNames(self.config.allowed.clone())))
            .user_agent("saoma")
            .build()
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, OutboundError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(OutboundError::Unreachable)? {
            if body.len() + chunk.len() > self.config.longest {
                return Err(OutboundError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

async fn send(request: RequestBuilder) -> Result<Response, OutboundError> {
    let response = request.send().await.map_err(|error| {
        let private = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source())
            .any(<dyn std::error::Error + 'static>::is::<NotPublic>);
        if private { OutboundError::Private } else { OutboundError::Unreachable(error) }
    })?;
    let status = response.status();
    if status.is_success() { Ok(response) } else { Err(OutboundError::Status(status.as_u16())) }
}

/// No address of a name may be called.
#[derive(Debug, thiserror::Error)]
#[error("the name has no public address")]
struct NotPublic;

/// Looks names up and leaves out what must not be called.
#[derive(Debug)]
struct PublicNames(Vec<Allowed>);

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let public: Vec<SocketAddr> =
                found.filter(|address| address::may_be_called(&host, address.ip(), &allowed)).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
