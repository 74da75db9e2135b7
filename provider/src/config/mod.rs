//! What the operator decides. One struct for each concern; every key is documented where it is declared.

mod issuer;
mod lifetimes;
mod limits;
mod settings;

pub use issuer::{Issuer, IssuerError};
pub use lifetimes::Lifetimes;
pub use limits::{Limits, Rates};
pub use settings::{LogFormat, Settings, SettingsError, Tls};

use crate::{
    forwarded::Proxies,
    geoip::GeoIp,
    keys::sealing::KeyEncryption,
    login::match_code::MatchPolicy,
    oauth::{authorization_request::PkcePolicy, dpop::nonce::NoncePolicy, registration::RegistrationPolicy},
    outbound::OutboundConfig,
};

/// Everything that the App needs to know of the operator's decisions.
#[derive(Debug, Clone)]
pub struct Config {
    /// The provider's name on the web.
    pub issuer: Issuer,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// Who must use PKCE.
    pub pkce: PkcePolicy,
    /// Whether every authorization request must be pushed (RFC 9126 section 5).
    pub require_pushed_authorization_requests: bool,
    /// When a site's DPoP proof must carry a nonce (RFC 9449 section 8).
    pub dpop_nonce: NoncePolicy,
    /// What signing keys and secrets are sealed with in the store.
    pub key_encryption: KeyEncryption,
    /// Bounds.
    pub limits: Limits,
    /// When the phone is asked for the digits that the browser shows, where a client does not say.
    pub match_code: MatchPolicy,
    /// Where addresses are.
    pub geoip: GeoIp,
    /// Origins that passkeys may be used at besides the issuer: those of the operator's own phone apps.
    pub passkey_origins: Vec<String>,
    /// Who may register clients.
    pub registration: RegistrationPolicy,
    /// Calls to other people's servers.
    pub outbound: OutboundConfig,
    /// Who may say where a request comes from.
    pub proxies: Proxies,
    /// The certificate, as PEM, of the authority for development, where there is one.
    pub dev_authority: Option<String>,
}

impl Config {
    /// The defaults, for this issuer.
    pub fn for_issuer(issuer: Issuer) -> Self {
        Self {
            issuer,
            lifetimes: Lifetimes::default(),
            pkce: PkcePolicy::PublicClients,
            require_pushed_authorization_requests: false,
            dpop_nonce: NoncePolicy::default(),
            key_encryption: KeyEncryption::none(),
            limits: Limits::default(),
            match_code: MatchPolicy::default(),
            geoip: GeoIp::default(),
            passkey_origins: Vec::new(),
            registration: RegistrationPolicy::default(),
            outbound: OutboundConfig::default(),
            proxies: Proxies::default(),
            dev_authority: None,
        }
    }
}
