//! The provider as the phone reaches it: its URL, and the HTTP calls to it.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use protocol::Problem;
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, header, redirect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::error::PhoneError;
use super::key::DeviceKey;
use super::proof::{ProofTarget, proof};
use super::secret::Secret;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call may take altogether.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The provider's issuer, without a slash at its end. By `https`, or by `http` on this very machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached without leaving this machine's loopback, unencrypted.
    fn is_plain(&self) -> bool {
        self.0.starts_with("http:")
    }
}

impl std::str::FromStr for ServerUrl {
    type Err = PhoneError;

    /// Takes an absolute URL, with or without slashes at its end.
    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let url = Url::parse(text).map_err(|_| PhoneError::ServerUrl("the server is no URL"))?;
        let host = url.host_str().unwrap_or_default();
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => {
                return Err(PhoneError::ServerUrl("http is only for a server on this machine; use https"));
            }
            _ => return Err(PhoneError::ServerUrl("the server's URL begins with https://")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(PhoneError::ServerUrl("the server's URL has no query and no fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PhoneError::ServerUrl("the server's URL has no user name and no password"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

impl TryFrom<String> for ServerUrl {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        text.parse()
    }
}

impl From<ServerUrl> for String {
    fn from(server: ServerUrl) -> Self {
        server.0
    }
}

impl std::fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a host, as a URL writes it, is this machine (RFC 6761 section 6.3, RFC 8252 section 7.3).
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// One call of the phone API, ready to be proved and sent. Its body may hold a secret, so it has no `Debug`.
pub(super) struct Call<'a> {
    /// Method.
    pub(super) method: Method,
    /// Path below the issuer.
    pub(super) path: &'a str,
    /// What it carries.
    pub(super) body: Option<Body>,
}

/// What a call carries.
pub(super) enum Body {
    /// JSON, as the phone API takes it.
    Json(serde_json::Value),
    /// A form, as the token endpoint takes it (RFC 6749 section 3.2).
    Form(Vec<(&'static str, String)>),
}

impl<'a> Call<'a> {
    /// A call without a body.
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, body: None }
    }

    /// A POST without a body.
    pub(super) fn bare_post(path: &'a str) -> Self {
        Self { method: Method::POST, path, body: None }
    }

    /// A POST with a JSON body.
    pub(super) fn post(path: &'a str, body: &impl Serialize) -> Result<Self, PhoneError> {
        Self::with_body(Method::POST, path, body)
    }

    /// A POST with a form.
    pub(super) fn post_form(path: &'a str, form: Vec<(&'static str, String)>) -> Self {
        Self { method: Method::POST, path, body: Some(Body::Form(form)) }
    }

    /// A call with a JSON body.
    pub(super) fn with_body(
        method: Method,
        path: &'a str,
        body: &impl Serialize,
    ) -> Result<Self, PhoneError> {
        let body = serde_json::to_value(body).map_err(|_| PhoneError::Body)?;
        Ok(Self { method, path, body: Some(Body::Json(body)) })
    }
}

/// What a call is proved with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'a> {
    /// The device's key.
    pub(super) key: &'a DeviceKey,
    /// The access token, after sign-in.
    pub(super) access_token: Option<&'a Secret>,
    /// Seconds since 1970 UTC.
    pub(super) now: i64,
}

/// A connection to one provider.
#[derive(Debug, Clone)]
pub(super) struct Server {
    url: ServerUrl,
    http: Client,
}

impl Server {
    /// Prepares the HTTP client, which trusts this authority beside the system's; connects to nothing yet.
    pub(super) fn new(url: ServerUrl, authority: Option<&Certificate>) -> Result<Self, PhoneError> {
        let mut http = Client::builder()
            .user_agent(concat!("saoma-phone/", env!("CARGO_PKG_VERSION")))
            // A proof is for one URL: to follow a redirect with it could only fail, or tell a stranger the token.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT);
        if url.is_plain() {
            http = http.no_proxy();
        }
        if let Some(authority) = authority {
            // Who names an authority has its server nearby.
            http = http.no_proxy().tls_certs_merge([authority.clone()]);
        }
        Ok(Self { url, http: http.build().map_err(PhoneError::Unreachable)? })
    }

    /// Sends a call with a fresh proof and reads the JSON of its answer.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Refused`] with the server's problem, [`PhoneError::NotGranted`] with the token endpoint's error,
    /// [`PhoneError::UnexpectedAnswer`] if the answer is of no known form, [`PhoneError::Unreachable`] if there is none.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        credentials: Credentials<'_>,
    ) -> Result<T, PhoneError> {
        let answer = self.request(call, credentials)?.send().await.map_err(PhoneError::Unreachable)?;
        read(call.path, answer).await
    }

    /// Builds the request.
    fn request(&self, call: &Call<'_>, credentials: Credentials<'_>) -> Result<RequestBuilder, PhoneError> {
        let url = format!("{}{}", self.url, call.path);
        let access_token = credentials.access_token;
        let target = ProofTarget { method: call.method.as_str(), url: &url, access_token };
        let proof = proof(credentials.key, target, credentials.now)?;
        let mut request = self.http.request(call.method.clone(), &url).header("dpop", proof);
        if let Some(token) = access_token {
            request = request.header(header::AUTHORIZATION, format!("DPoP {}", token.expose()));
        }
        Ok(match &call.body {
            None => request,
            Some(Body::Json(body)) => request.json(body),
            Some(Body::Form(form)) => request.form(form),
        })
    }
}

/// Reads the certificate of an authority from a PEM file.
pub(super) fn authority(path: &Path) -> Result<Certificate, PhoneError> {
    let refused = || PhoneError::Authority { path: path.to_owned() };
    let pem = std::fs::read(path).map_err(|_| refused())?;
    Certificate::from_pem(&pem).map_err(|_| refused())
}

/// How the token endpoint refuses (RFC 6749 section 5.2).
#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

/// Reads an answer: JSON (nothing at all counts as `null`), or a problem, or an error of the token endpoint.
async fn read<T: DeserializeOwned>(path: &str, answer: Response) -> Result<T, PhoneError> {
    let status = answer.status();
    let unexpected = || PhoneError::UnexpectedAnswer { path: path.to_owned(), status: status.as_u16() };
    let body = answer.bytes().await.map_err(PhoneError::Unreachable)?;
    if !status.is_success() {
        if let Ok(problem) = serde_json::from_slice::<Problem>(&body) {
            return Err(PhoneError::Refused(problem));
        }
        let refusal: TokenRefusal = serde_json::from_slice(&body).map_err(|_| unexpected())?;
        let TokenRefusal { error, error_description } = refusal;
        let description = error_description.unwrap_or_else(|| format!("the token endpoint says {error}"));
        return Err(PhoneError::NotGranted { error, description });
    }
    let json = if body.is_empty() { b"null".as_slice() } else { &body };
    serde_json::from_slice(json).map_err(|_| unexpected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        for text in
            ["https://login.example.com", "https://login.example.com/", "https://LOGIN.example.com:443//"]
        {
            assert_eq!(text.parse::<ServerUrl>().unwrap().as_str(), "https://login.example.com", "{text}");
        }
        let below = "https://example.com/saoma/".parse::<ServerUrl>().unwrap();
        assert_eq!(below.as_str(), "https://example.com/saoma");
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for text in [
            "http://localhost:8080",
            "http://saoma.localhost",
            "http://127.0.0.1:1",
            "http://[::1]:8080",
            "http://127.9.9.9",
        ] {
            assert!(text.parse::<ServerUrl>().is_ok(), "{text}");
        }
        for text in [
            "http://example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://[::2]",
            "http://notlocalhost",
        ] {
            assert_eq!(text.parse::<ServerUrl>().unwrap_err().code(), "invalid_server_url", "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_server_url_is_refused() {
        for text in [
            "",
            "login.example.com",
            "ftp://example.com",
            "https://a.b/?q",
            "https://a.b/#f",
            "https://u:p@a.b",
        ] {
            assert!(text.parse::<ServerUrl>().is_err(), "{text}");
        }
    }
}
