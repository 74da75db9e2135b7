//! The issuer: the provider's name on the web, and where it is reached.

use std::fmt;

use url::Url;

use crate::loopback::is_loopback;

/// An issuer URL: scheme, host and perhaps port, without a trailing slash (OpenID Connect Discovery section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    https: bool,
    domain: Option<String>,
}

/// Why an issuer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Not a URL of scheme, host and port alone.
    #[error(
        "the issuer must be a URL such as https://login.example.com, with no path, query or trailing slash"
    )]
    Shape,
    /// Plain http to another machine.
    #[error("an issuer on plain http is accepted only on a loopback host such as localhost: use https")]
    PlainHttp,
}

impl Issuer {
    /// Reads an issuer. One trailing slash is forgiven, and dropped.
    pub fn parse(text: &str) -> Result<Self, IssuerError> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let url = Url::parse(text).map_err(|_| IssuerError::Shape)?;
        let https = url.scheme() == "https";
        if url.origin().ascii_serialization() != text || !(https || url.scheme() == "http") {
            return Err(IssuerError::Shape);
        }
        if !https && !is_loopback(&url) {
            return Err(IssuerError::PlainHttp);
        }
        Ok(Self { text: text.to_owned(), https, domain: url.domain().map(str::to_owned) })
    }

    /// The issuer's text, which is also the provider's origin.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its domain: what passkeys know this server by (WebAuthn Level 3 section 5.1.2). `None` where its host is an address: passkeys need a name.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The URL of one of the provider's paths.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Whether it is reached by https, so that cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.https
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MUST: RFC 6749 section 3.1: the endpoints are reached by TLS; without it, by nobody but this machine.
    #[test]
    fn rfc6749_3_1_https_anywhere_and_http_on_loopback() {
        for good in
            ["https://login.example.com", "http://localhost:8080/", "http://127.0.0.1:1", "http://[::1]:2"]
        {
            assert!(Issuer::parse(good).is_ok(), "{good}");
        }
        for other in ["http://login.example.com", "http://192.168.1.2:8080"] {
            assert_eq!(Issuer::parse(other), Err(IssuerError::PlainHttp), "{other}");
        }
    }

    #[test]
    fn webauthn_5_1_2_passkeys_know_a_domain_and_no_address() {
        let domain = |text| Issuer::parse(text).unwrap().domain().map(str::to_owned);
        assert_eq!(domain("https://login.example.com:8443").as_deref(), Some("login.example.com"));
        assert_eq!(domain("http://localhost:8080").as_deref(), Some("localhost"));
        assert_eq!(domain("https://192.0.2.7"), None);
        assert_eq!(domain("http://[::1]:8080"), None);
    }

    #[test]
    fn an_issuer_is_an_origin() {
        for odd in [
            "",
            "localhost",
            "https://a.example/path",
            "https://a.example/?q",
            "https://A.example",
            "ftp://a",
        ] {
            assert_eq!(Issuer::parse(odd), Err(IssuerError::Shape), "{odd}");
        }
    }
}
