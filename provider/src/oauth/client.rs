//! Sites, as OAuth calls them: clients.

use std::fmt;

use url::Url;

use super::scope::Scopes;
use crate::{loopback::is_loopback, secret::Digest};

/// A client's identifier: 1 to 128 printable ASCII characters (RFC 6749 appendix A.1, bounded), none of them a space.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Reads an identifier; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The identifier's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A registered redirect URI. Kept and compared to the letter (RFC 9700 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads a URI to register: absolute, without fragment (RFC 6749 section 3.1.2) or credentials, `https`, or `http` on a
    /// loopback host.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        (plain && safe && text.len() <= 2048).then(|| Self(text.to_owned()))
    }

    /// The URI's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with parameters added to its query.
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.url();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    /// Host, and port if it is not the usual one: where the result goes, as a person reads it.
    pub fn host(&self) -> String {
        let url = self.url();
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    fn url(&self) -> Url {
        Url::parse(&self.0).expect("it was parsed before")
    }
}

/// How a client proves who it is (RFC 6749 section 2.3, OpenID Connect Core section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuth {
    /// It cannot keep a secret; PKCE alone ties the code to it.
    Public,
    /// A secret in the Authorization header.
    Basic(Digest),
    /// A secret in the form.
    Post(Digest),
}

impl ClientAuth {
    /// Its name in metadata (RFC 7591 section 2).
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Public => "none",
            Self::Basic(_) => "client_secret_basic",
            Self::Post(_) => "client_secret_post",
        }
    }

    /// The hash of its secret, if it has one.
    pub const fn secret(&self) -> Option<&Digest> {
        match self {
            Self::Public => None,
            Self::Basic(secret) | Self::Post(secret) => Some(secret),
        }
    }
}

/// A grant type of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::AuthorizationCode, Self::RefreshToken];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An algorithm that signs our tokens (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every OpenID Connect library knows.
    Rs256,
    /// ECDSA on P-256 with SHA-256: smaller and quicker.
    Es256,
}

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// A registered site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// Its name, as a person knows it.
    pub name: String,
    /// Where results may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// Origins whose pages may run the widget for it.
    pub allowed_origins: Vec<String>,
    /// How it proves who it is.
    pub auth: ClientAuth,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// What it may ask for at all.
    pub scopes: Scopes,
    /// How its ID tokens are signed.
    pub id_token_alg: SigningAlgorithm,
}

impl Client {
    /// The registered redirect URI that equals `text` to the letter.
    pub fn redirect_uri(&self, text: &str) -> Option<&RedirectUri> {
        self.redirect_uris.iter().find(|uri| uri.as_str() == text)
    }

    /// Whether pages of this origin may run the widget for this client.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_https_or_loopback_without_fragment() {
        for good in
            ["https://a.example/cb?x=1", "http://localhost:8090/cb", "http://127.0.0.1/cb", "http://[::1]:1/"]
        {
            assert!(RedirectUri::parse(good).is_some(), "{good}");
        }
        for bad in [
            "http://a.example/cb",
            "https://a.example/#f",
            "/cb",
            "javascript:alert(1)",
            "https://u:p@a.example/",
        ] {
            assert!(RedirectUri::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn parameters_join_a_query_that_is_there() {
        let uri = RedirectUri::parse("https://a.example/cb?x=1").unwrap();
        assert_eq!(uri.with(&[("state", "a b&c")]), "https://a.example/cb?x=1&state=a+b%26c");
    }

    #[test]
    fn a_host_names_its_port_where_that_is_unusual() {
        assert_eq!(RedirectUri::parse("https://a.example/cb").unwrap().host(), "a.example");
        assert_eq!(RedirectUri::parse("http://localhost:8090/cb").unwrap().host(), "localhost:8090");
    }
}
