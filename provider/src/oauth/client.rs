//! Sites, as OAuth calls them: clients.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{
    client_keys::AssertionAlgorithm,
    fapi,
    scope::{Scope, Scopes},
};
use crate::{clock::Time, loopback::is_loopback, secret::Digest};

/// A client's identifier: 1 to 128 printable ASCII characters (RFC 6749 appendix A.1, bounded), none of them a space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
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

    /// Reads one of a native program, which may also have a private-use scheme: a domain name backwards, so with a dot in it, and a path
    /// with no host (RFC 8252 section 7.1).
    pub fn parse_native(text: &str) -> Option<Self> {
        let private_use = || {
            let url = Url::parse(text).ok()?;
            let (scheme, rest) = text.split_once(':')?;
            let fits = scheme.contains('.')
                && scheme == url.scheme()
                && rest.starts_with('/')
                && !rest.starts_with("//")
                && url.fragment().is_none()
                && text.len() <= 2048;
            fits.then(|| Self(text.to_owned()))
        };
        Self::parse(text).or_else(private_use)
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

    /// Host, and port if it is not the usual one: where the result goes, as a person reads it. Of a native program's private-use URI,
    /// the scheme.
    pub fn host(&self) -> String {
        let url = self.url();
        let Some(host) = url.host_str() else { return url.scheme().to_owned() };
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The URI's text before and after its port, if it is `http` on a loopback address that is written as one. It is cut up, not
    /// parsed, because all but the port counts to the letter.
    fn around_loopback_port(&self) -> Option<(&str, &str)> {
        let by_address = matches!(self.url().host(), Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)));
        let rest = self.0.strip_prefix("http://").filter(|_| by_address)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let port = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
        Some((&authority[..port.unwrap_or(authority.len())], path))
    }

    fn url(&self) -> Url {
        Url::parse(&self.0).expect("it was parsed before")
    }
}

/// How a client proves who it is (RFC 6749 section 2.3, OpenID Connect Core section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// It cannot keep a secret; PKCE alone ties the code to it.
    #[serde(rename = "none")]
    Public,
    /// A secret in the Authorization header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
    /// A JWT signed by its own key (RFC 7523 section 2.2).
    PrivateKeyJwt,
}

impl ClientAuth {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt, Self::Public];

    /// Its name in metadata (RFC 7591 section 2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|auth| auth.as_str() == name)
    }

    /// Whether it rests on a secret that both sides know.
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// A client's secret, as the store knows it. While one is replaced by another, both are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSecretHash {
    /// Its hash.
    pub digest: Digest,
    /// When it ends; `None`: when it is taken away.
    pub expires_at: Option<Time>,
}

/// A client's own public keys (RFC 7591 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// A JWK Set, by value.
    Jwks(Value),
    /// A JWK Set, by its address.
    JwksUri(Url),
}

/// What kind of program a client is (OpenID Connect Registration section 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// A site.
    #[default]
    Web,
    /// A program on somebody's machine (RFC 8252).
    Native,
}

/// How a client knows people (OpenID Connect Core section 8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// By the identifier that every such client gets.
    #[default]
    Public,
    /// By an identifier that only the clients of this sector (a host) get.
    Pairwise(String),
}

/// What a client says about itself, and nothing here depends on (RFC 7591 section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<Url>,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<Url>,
    /// How it treats people's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<Url>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<Url>,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
}

/// Which demands a client has to meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityProfile {
    /// OAuth 2.1 and RFC 9700.
    #[default]
    Standard,
    /// The FAPI 2.0 Security Profile.
    Fapi2,
}

/// A grant type of the token endpoint. In JSON it is its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// RFC 6749 section 6.
    #[serde(rename = "refresh_token")]
    RefreshToken,
    /// RFC 6749 section 4.4.
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    /// RFC 8628 section 3.4.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// RFC 7523 section 2.1.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::DeviceCode,
        Self::JwtBearer,
    ];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An algorithm that signs our tokens (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every OpenID Connect library knows.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256: smaller and quicker.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519 (RFC 8037 section 3.1): smaller and quicker still.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// What signs access tokens where nothing else was registered.
    pub const fn of_access_tokens() -> Self {
        Self::Es256
    }

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// A registered site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a member of the metadata by itself (RFC 7591 section 2)"
)]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// Its name, as a person knows it.
    pub name: String,
    /// What kind of program it is.
    #[serde(default)]
    pub application_type: ApplicationType,
    /// Where results may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// Origins whose pages may run the widget for it.
    pub allowed_origins: Vec<String>,
    /// How it proves who it is.
    pub auth: ClientAuth,
    /// The one algorithm by which it signs what proves who it is; `None`: any (OpenID Connect Registration section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_signing_alg: Option<AssertionAlgorithm>,
    /// Its secrets; kept beside the document.
    #[serde(skip)]
    pub secrets: Vec<ClientSecretHash>,
    /// Its own public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<ClientKeys>,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// What it may ask for at all.
    pub scopes: Scopes,
    /// Of these, what a person cannot decline and still sign in. `openid` always is.
    #[serde(default)]
    pub required_scopes: Scopes,
    /// How its ID tokens are signed.
    pub id_token_alg: SigningAlgorithm,
    /// How its access tokens are signed.
    #[serde(default = "SigningAlgorithm::of_access_tokens")]
    pub access_token_alg: SigningAlgorithm,
    /// It belongs to the provider's own house: people are not asked what they allow it.
    #[serde(default)]
    pub first_party: bool,
    /// How it knows people.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// Whose it is, where one owner has several: they share a person's `unionid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Which demands it has to meet.
    #[serde(default)]
    pub profile: SecurityProfile,
    /// Its authorization requests must be pushed (RFC 9126 section 6).
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Its access tokens must be bound to a key (RFC 9449 section 5.2).
    #[serde(default)]
    pub dpop_bound_access_tokens: bool,
    /// `max_age` where a request has none, in seconds (OpenID Connect Registration section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Where a person may be sent after signing out (OpenID Connect RP-Initiated Logout section 3.1).
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it wants to be told that a session has ended (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<Url>,
    /// APIs that its access tokens may be for (RFC 8707), beside this server's own.
    #[serde(default)]
    pub allowed_resources: Vec<String>,
    /// APIs that are its own: it may introspect the tokens that are for them (RFC 7662).
    #[serde(default)]
    pub protected_resources: Vec<String>,
    /// It may vouch for people whom this server does not know yet: their accounts are made (RFC 7523).
    #[serde(default)]
    pub provisions_accounts: bool,
    /// What it says about itself.
    #[serde(default)]
    pub about: About,
}

impl Client {
    /// The redirect URI that `text` is, if it is one of the client's: to the letter, but for the port of a native program on a
    /// loopback address (RFC 8252 section 7.3).
    pub fn redirect_uri(&self, text: &str) -> Option<RedirectUri> {
        let registered = self.redirect_uris.iter().find(|uri| uri.as_str() == text);
        let loopback = || {
            let native = self.application_type == ApplicationType::Native;
            let same = |uri: &&RedirectUri| {
                let asked = RedirectUri::parse(text);
                let asked = asked.as_ref().and_then(RedirectUri::around_loopback_port);
                asked.is_some() && asked == uri.around_loopback_port()
            };
            (native && self.redirect_uris.iter().any(|uri| same(&uri))).then(|| RedirectUri(text.to_owned()))
        };
        registered.cloned().or_else(loopback)
    }

    /// What was registered, as metadata (RFC 7591 section 2), without secrets and without what is the operator's alone.
    pub fn to_metadata(&self) -> Value {
        let mut metadata = json!(self.about);
        let mut say = |name: &str, value: Value| metadata[name] = value;
        say("client_id", json!(self.id));
        say("client_name", json!(self.name));
        say("application_type", json!(self.application_type));
        say("redirect_uris", json!(self.redirect_uris));
        say("allowed_origins", json!(self.allowed_origins));
        say("token_endpoint_auth_method", json!(self.auth.as_str()));
        say("grant_types", json!(self.grant_types));
        let by_code = self.may_use(GrantType::AuthorizationCode);
        say("response_types", if by_code { json!(["code"]) } else { json!([]) });
        say("scope", json!(self.scopes));
        say("id_token_signed_response_alg", json!(self.id_token_alg));
        say("access_token_signed_response_alg", json!(self.access_token_alg));
        say(
            "subject_type",
            json!(if self.subject_type == SubjectType::Public { "public" } else { "pairwise" }),
        );
        say("require_pushed_authorization_requests", json!(self.require_pushed_authorization_requests));
        say("dpop_bound_access_tokens", json!(self.dpop_bound_access_tokens));
        say("post_logout_redirect_uris", json!(self.post_logout_redirect_uris));
        if let Some(algorithm) = self.auth_signing_alg {
            say("token_endpoint_auth_signing_alg", json!(algorithm));
        }
        if let Some(seconds) = self.default_max_age {
            say("default_max_age", json!(seconds));
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            say("backchannel_logout_uri", json!(uri));
        }
        match &self.keys {
            Some(ClientKeys::Jwks(set)) => say("jwks", set.clone()),
            Some(ClientKeys::JwksUri(uri)) => say("jwks_uri", json!(uri)),
            None => {}
        }
        metadata
    }

    /// Whether pages of this origin may run the widget for this client.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
    }

    /// Whether it may use this grant type.
    pub fn may_use(&self, kind: GrantType) -> bool {
        self.grant_types.contains(&kind)
    }

    /// Whether the person may decline this scope and still sign in.
    pub fn may_do_without(&self, scope: &Scope) -> bool {
        *scope != Scope::OpenId && !self.required_scopes.contains(scope)
    }

    /// Of the scopes that are asked for, those that it may have. `offline_access` means nothing to a client that may not refresh.
    pub fn allowed_scopes(&self, asked: &Scopes) -> Scopes {
        let allowed = asked.intersect(&self.scopes);
        if self.may_use(GrantType::RefreshToken) { allowed } else { allowed.without(&Scope::OfflineAccess) }
    }

    /// Whether its authorization requests must be pushed (RFC 9126 section 6, FAPI 2.0 section 5.3.2.2).
    pub fn must_push(&self) -> bool {
        self.require_pushed_authorization_requests || fapi::requires_pushing(self)
    }

    /// Whether its access tokens may be for this API (RFC 8707 section 2).
    pub fn may_have_tokens_for(&self, resource: &str) -> bool {
        self.allowed_resources.iter().any(|allowed| allowed == resource)
    }

    /// Whether this is one of its secrets, and has not ended.
    pub fn has_secret(&self, secret: &Digest, now: Time) -> bool {
        self.secrets
            .iter()
            .any(|known| known.expires_at.is_none_or(|end| end > now) && known.digest == *secret)
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

    /// MUST: RFC 8252 section 7.3: a native program on a loopback address may come with any port, and with nothing else changed.
    #[test]
    fn rfc8252_7_3_the_port_of_a_loopback_address_is_free() {
        let native = |uri: &str, kind: &str| {
            let metadata = json!({"client_name": "App", "application_type": kind, "redirect_uris": [uri],
                "token_endpoint_auth_method": "none"});
            let metadata = crate::oauth::client_metadata::ClientMetadata::from_json(metadata).unwrap();
            metadata.into_client(&ClientId::parse("app").unwrap(), None).unwrap()
        };
        for (registered, good) in [
            ("http://127.0.0.1/cb?a=1", "http://127.0.0.1:51004/cb?a=1"),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"),
            ("http://[::1]/cb", "http://[::1]:51004/cb"),
        ] {
            assert_eq!(native(registered, "native").redirect_uri(good).unwrap().as_str(), good);
            assert!(native(registered, "web").redirect_uri(good).is_none(), "a site has no such freedom");
        }
        for (registered, bad) in [
            ("http://localhost/cb", "http://localhost:51004/cb"),
            ("https://a.example/cb", "https://a.example:444/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.2:1/cb"),
            ("http://127.0.0.1/cb", "http://127.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/a/../cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb/"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb#x"),
            ("http://127.0.0.1/cb", "http://u@127.0.0.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb"),
            ("http://127.0.0.1/cb", "http://[::1]:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb"),
        ] {
            assert!(native(registered, "native").redirect_uri(bad).is_none(), "{bad}");
        }
        let own = RedirectUri::parse_native("com.example.app:/cb").unwrap();
        assert_eq!(
            (own.host(), own.with(&[("a", "b")])),
            ("com.example.app".into(), "com.example.app:/cb?a=b".into())
        );
    }

    #[test]
    fn a_host_names_its_port_where_that_is_unusual() {
        assert_eq!(RedirectUri::parse("https://a.example/cb").unwrap().host(), "a.example");
        assert_eq!(RedirectUri::parse("http://localhost:8090/cb").unwrap().host(), "localhost:8090");
    }
}
