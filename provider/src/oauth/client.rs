//! Sites, as OAuth calls them: clients.

mod auth;
mod grant_type;
mod kinds;
mod logo;
mod metadata;
mod redirect_uri;
mod signing_algorithm;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

pub use self::{
    auth::{ClientAuth, ClientKeys, ClientSecretHash},
    grant_type::GrantType,
    kinds::{ApplicationType, SecurityProfile, SubjectType},
    logo::{LOGO_SIZE, Logo},
    metadata::About,
    redirect_uri::RedirectUri,
    signing_algorithm::SigningAlgorithm,
};
use super::{
    client_keys::AssertionAlgorithm,
    fapi,
    scope::{Scope, Scopes},
};
use crate::{clock::Time, login::match_code::MatchPolicy, secret::Digest};

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
    /// The operator vouches that it is who its name says.
    #[serde(default)]
    pub verified: bool,
    /// Its logo; the picture itself is kept beside the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// When a scan for it has to be matched by digits; `None`: as the server's setting says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_code: Option<MatchPolicy>,
    /// Whoever approves a login for it has to prove anew who they are, each time.
    #[serde(default)]
    pub require_unlock: bool,
    /// How it knows people.
    #[serde(default)]
    pub subject_type: SubjectType,
    /// Where its sector says that it knows the client (OpenID Connect Registration section 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<Url>,
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
    /// How people should sign in there, where a request has no `acr_values`, the best liked first (OpenID Connect Registration section
    /// 2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Where a person may be sent after signing out (OpenID Connect RP-Initiated Logout section 3.1).
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where it wants to be told that a session has ended (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<Url>,
    /// It can do nothing with a notice that names no session (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
    /// APIs that its access tokens may be for (RFC 8707), beside this server's own.
    #[serde(default)]
    pub allowed_resources: Vec<String>,
    /// APIs that are its own: it may introspect the tokens that are for them (RFC 7662).
    #[serde(default)]
    pub protected_resources: Vec<String>,
    /// It may vouch for people whom this server does not know yet: their accounts are made (RFC 7523).
    #[serde(default)]
    pub provisions_accounts: bool,
    /// Origins whose pages may show its sign-in page in a frame. Browsers send our cookies there only if the page is of our own site, in
    /// the sense of cookies: `www.example.com` for a provider at `login.example.com`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frame_ancestors: Vec<String>,
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
            self.redirect_uris.iter().filter(|_| native).find_map(|uri| uri.on_another_port(text))
        };
        registered.cloned().or_else(loopback)
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
