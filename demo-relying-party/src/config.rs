//! What the site must be told before it starts.

use std::net::SocketAddr;
use std::path::Path;

use oauth2::{ClientId, ClientSecret};
use url::Url;

/// What the site asks for: who it is, how to greet them, and a refresh token.
pub const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Everything the operator decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where readers find the site.
    pub site: SiteUrl,
    /// The provider.
    pub issuer: Issuer,
    /// The site's name at the provider.
    pub client_id: ClientId,
    /// The site's password at the provider. Its `Debug` is redacted.
    pub client_secret: ClientSecret,
    /// An authority to trust at the provider's, beside the system's: its certificate, as PEM.
    pub provider_ca: Option<Vec<u8>>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not a URL at all.
    #[error("{0} is not a URL")]
    NotAUrl(String),
    /// A plain-http URL that leaves this machine.
    #[error("{0} must be https (plain http is for localhost only)")]
    NotSecure(String),
    /// The site lives at the root of an origin.
    #[error("{0} must be scheme, host and port only")]
    NotAnOrigin(String),
    /// An issuer has neither query nor fragment (OIDC Discovery section 3).
    #[error("the issuer {0} must have no query, fragment or user")]
    NotAnIssuer(String),
    /// Neither the environment nor a file gave the client secret.
    #[error("no client secret: set DEMO_CLIENT_SECRET or DEMO_CLIENT_SECRET_FILE")]
    NoSecret,
    /// The file with the client secret cannot be read.
    #[error("cannot read the client secret from its file")]
    SecretFile(#[source] std::io::Error),
}

/// The origin of this site.
#[derive(Debug, Clone)]
pub struct SiteUrl {
    origin: String,
    secure: bool,
}

impl SiteUrl {
    /// Reads `https://host[:port]`, or `http://` on this machine.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = web_url(text)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::NotAnOrigin(text.to_owned()));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), secure: url.scheme() == "https" })
    }

    /// The origin as a browser writes it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether readers come by https, so that cookies can be `Secure`.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Where the provider sends readers back to; registered there to the letter.
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.origin)
    }

    /// Where the provider sends readers back to who have signed out there; registered to the letter, too.
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}/signed-out", self.origin)
    }

    /// Where the provider says that somebody has signed out there.
    pub fn backchannel_logout_uri(&self) -> String {
        format!("{}/backchannel-logout", self.origin)
    }
}

/// The provider's issuer identifier, kept to the letter because it is compared to the letter.
#[derive(Debug, Clone)]
pub struct Issuer {
    text: String,
    origin: String,
}

impl Issuer {
    /// Reads an issuer identifier (OIDC Discovery section 3).
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = web_url(text)?;
        let plain = url.query().is_none() && url.fragment().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return Err(ConfigError::NotAnIssuer(text.to_owned()));
        }
        Ok(Self { text: text.to_owned(), origin: url.origin().ascii_serialization() })
    }

    /// The identifier, as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its origin, for the content security policy.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A path below the issuer, such as `/widget/saoma.js`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text.trim_end_matches('/'))
    }
}

/// The client secret: from the environment, else from the first line of a file.
pub fn client_secret(value: Option<String>, file: Option<&Path>) -> Result<ClientSecret, ConfigError> {
    let text = match (value, file) {
        (Some(value), _) => value,
        (None, Some(path)) => std::fs::read_to_string(path).map_err(ConfigError::SecretFile)?,
        (None, None) => return Err(ConfigError::NoSecret),
    };
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(ClientSecret::new(line.to_owned())),
        _ => Err(ConfigError::NoSecret),
    }
}

/// A URL whose traffic nobody can read: https, or http that does not leave this machine.
pub fn web_url(text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|_| ConfigError::NotAUrl(text.to_owned()))?;
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(ConfigError::NotSecure(text.to_owned())),
    }
}
