//! Settings as an operator writes them: flags, then environment, then the TOML file, then defaults.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use serde::Deserialize;

use super::{Config, Issuer, IssuerError, Limits};
use crate::{
    forwarded::{ForwardedHeader, Proxies, ProxyError},
    geoip::{GeoIp, GeoIpError},
    keys::sealing::{KeyEncryption, KeyFileError},
    limits::Rule,
    login::match_code::MatchPolicy,
    oauth::{authorization_request::PkcePolicy, dpop::nonce::NoncePolicy, registration::RegistrationPolicy},
    outbound::{Allowed, AllowedError},
    tls::PemFiles,
};

/// Longest that a step of a login, or a code, may be set to live, in seconds.
const LONGEST_STEP: u64 = 600;

/// Most calls a minute that a rule may be set to; more is better said by 0.
const MOST_CALLS: u32 = 1_000_000;

/// Shortest that a pushed authorization request may be set to live (RFC 9126 section 2.2).
const SHORTEST_PUSHED_REQUEST: Duration = Duration::from_secs(5);

/// All settings of `saoma serve`. Each may also stand in the TOML file under the flag's name with `_` for `-`.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Directory of the database, made if it is not there [default: ./data]
    #[arg(long, env = "SAOMA_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "SAOMA_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// URL under which browsers, phones and sites reach this server [default: `http://localhost:8080`]
    #[arg(long, env = "SAOMA_ISSUER", value_name = "URL")]
    pub issuer: Option<String>,
    /// Demand PKCE of every site, also of those that have a secret [default: false]
    #[arg(long, env = "SAOMA_REQUIRE_PKCE", num_args = 0..=1, default_missing_value = "true")]
    pub require_pkce: Option<bool>,
    /// Seconds that a QR code lives before it is scanned [default: 120]
    #[arg(long, env = "SAOMA_QR_SECONDS", value_name = "SECONDS")]
    pub qr_seconds: Option<u64>,
    /// Seconds for which a picture of a QR code is good: the code changes every 2 s [default: 8]
    #[arg(long, env = "SAOMA_QR_FRAME_SECONDS", value_name = "SECONDS")]
    pub qr_frame_seconds: Option<u64>,
    /// Seconds that a device's code lives before it is scanned or typed [default: 600]
    #[arg(long, env = "SAOMA_DEVICE_CODE_SECONDS", value_name = "SECONDS")]
    pub device_code_seconds: Option<u64>,
    /// Seconds from the scan to the decision on the phone [default: 60]
    #[arg(long, env = "SAOMA_SCANNED_SECONDS", value_name = "SECONDS")]
    pub scanned_seconds: Option<u64>,
    /// Seconds from the decision until the browser has collected the result [default: 60]
    #[arg(long, env = "SAOMA_DELIVERY_SECONDS", value_name = "SECONDS")]
    pub delivery_seconds: Option<u64>,
    /// Seconds that a pushed authorization request lives [default: 60]
    #[arg(long, env = "SAOMA_PUSHED_REQUEST_SECONDS", value_name = "SECONDS")]
    pub pushed_request_seconds: Option<u64>,
    /// Seconds that an authorization code lives [default: 60]
    #[arg(long, env = "SAOMA_CODE_SECONDS", value_name = "SECONDS")]
    pub code_seconds: Option<u64>,
    /// Hours that a person stays signed in in a browser, so that another site takes one click [default: 24]
    #[arg(long, env = "SAOMA_SESSION_HOURS", value_name = "HOURS")]
    pub session_hours: Option<u64>,
    /// Seconds that a site's access token lives [default: 600]
    #[arg(long, env = "SAOMA_ACCESS_TOKEN_SECONDS", value_name = "SECONDS")]
    pub access_token_seconds: Option<u64>,
    /// Days that a site's refresh token lives after its last use [default: 30]
    #[arg(long, env = "SAOMA_REFRESH_TOKEN_DAYS", value_name = "DAYS")]
    pub refresh_token_days: Option<u64>,
    /// Seconds within which a site that lost the answer to a refresh gets it again; 0: never [default: 10]
    #[arg(long, env = "SAOMA_REFRESH_GRACE_SECONDS", value_name = "SECONDS")]
    pub refresh_grace_seconds: Option<u64>,
    /// Demand of every site that it pushes its authorization requests (RFC 9126) [default: false]
    #[arg(long, env = "SAOMA_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", num_args = 0..=1, default_missing_value = "true")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// Whether sites' DPoP proofs must carry a nonce of this server [default: offered]
    #[arg(long, env = "SAOMA_DPOP_NONCE", value_enum)]
    pub dpop_nonce: Option<DpopNonce>,
    /// Days that a phone stays signed in [default: 180]
    #[arg(long, env = "SAOMA_DEVICE_TOKEN_DAYS", value_name = "DAYS")]
    pub device_token_days: Option<u64>,
    /// Days that a signing key signs before the next takes its place; 0: until `saoma key rotate` [default: 90]
    #[arg(long, env = "SAOMA_KEY_ROTATION_DAYS", value_name = "DAYS")]
    pub key_rotation_days: Option<u64>,
    /// File of the keys that encrypt signing keys in the database: 32 bytes in base64 on each line, the first of which
    /// encrypts [default: keys.secret in the data directory, made at first start]
    #[arg(long, env = "SAOMA_KEY_ENCRYPTION_KEY_FILE", value_name = "FILE")]
    pub key_encryption_key_file: Option<PathBuf>,
    /// What is logged, such as `info` or `provider=debug` [default: info]
    #[arg(long, env = "SAOMA_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How logs are written [default: text]
    #[arg(long, env = "SAOMA_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// Browsers that may wait for a scan at once [default: 20000]
    #[arg(long, env = "SAOMA_MAX_FOLLOWERS", value_name = "COUNT")]
    pub max_followers: Option<usize>,
    /// Sign-ins that one address may start a minute, and at once; 0: any number [default: 300]
    #[arg(long, env = "SAOMA_LIMIT_STARTS", value_name = "COUNT")]
    pub limit_starts: Option<u32>,
    /// Other calls of browsers that one address may make a minute; 0: any number [default: 3000]
    #[arg(long, env = "SAOMA_LIMIT_BROWSING", value_name = "COUNT")]
    pub limit_browsing: Option<u32>,
    /// Phones that may sign in from one address a minute; 0: any number [default: 60]
    #[arg(long, env = "SAOMA_LIMIT_SIGN_INS", value_name = "COUNT")]
    pub limit_sign_ins: Option<u32>,
    /// Other calls of phones that one address may make a minute; 0: any number [default: 1200]
    #[arg(long, env = "SAOMA_LIMIT_PHONES", value_name = "COUNT")]
    pub limit_phones: Option<u32>,
    /// Calls of sites that one address may make a minute; 0: any number [default: 6000]
    #[arg(long, env = "SAOMA_LIMIT_SITES", value_name = "COUNT")]
    pub limit_sites: Option<u32>,
    /// Calls that one site with a credential may make a minute; 0: any number [default: 6000]
    #[arg(long, env = "SAOMA_LIMIT_CLIENT", value_name = "COUNT")]
    pub limit_client: Option<u32>,
    /// Calls that one phone may make a minute; 0: any number [default: 240]
    #[arg(long, env = "SAOMA_LIMIT_DEVICE", value_name = "COUNT")]
    pub limit_device: Option<u32>,
    /// Codes that one account may scan a minute; 0: any number [default: 60]
    #[arg(long, env = "SAOMA_LIMIT_SCANS", value_name = "COUNT")]
    pub limit_scans: Option<u32>,
    /// Sign-ins that one account may decide a minute; 0: any number [default: 120]
    #[arg(long, env = "SAOMA_LIMIT_DECISIONS", value_name = "COUNT")]
    pub limit_decisions: Option<u32>,
    /// Sign-ins that may be open at once of one address, or of one IPv6 /64; 0: any number [default: 1000]
    #[arg(long, env = "SAOMA_MAX_OPEN_LOGINS_PER_NETWORK", value_name = "COUNT")]
    pub max_open_logins_per_network: Option<u32>,
    /// Sign-ins that may be open at once in all; 0: any number [default: 50000]
    #[arg(long, env = "SAOMA_MAX_OPEN_LOGINS", value_name = "COUNT")]
    pub max_open_logins: Option<u32>,
    /// Origins that passkeys may be used at besides the issuer, such as `android:apk-key-hash:…` of your own phone app [default: none]
    #[arg(long, env = "SAOMA_PASSKEY_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub passkey_origins: Option<Vec<String>>,
    /// Hosts and networks (CIDR) that sites' addresses may lead to although they are not public, such as `10.0.0.0/8` [default: none]
    #[arg(long, env = "SAOMA_ALLOW_PRIVATE_NETWORKS", value_name = "HOST_OR_CIDR", value_delimiter = ',')]
    pub allow_private_networks: Option<Vec<String>>,
    /// Addresses and networks (CIDR) of the proxies that may say where a request comes from [default: none]
    #[arg(long, env = "SAOMA_TRUSTED_PROXIES", value_name = "ADDRESS_OR_CIDR", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// The one header that they say it in [default: x-forwarded-for]
    #[arg(long, env = "SAOMA_FORWARDED_HEADER", value_enum)]
    pub forwarded_header: Option<ForwardedHeader>,
    /// PEM file of the certificate to serve https with, followed by those between it and its authority [default: none]
    #[arg(long, env = "SAOMA_TLS_CERTIFICATE", value_name = "FILE")]
    pub tls_certificate: Option<PathBuf>,
    /// PEM file of the certificate's key [default: none]
    #[arg(long, env = "SAOMA_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Serve https with a certificate made here, for development on localhost and private addresses [default: false]
    #[arg(long, env = "SAOMA_DEV_TLS", num_args = 0..=1, default_missing_value = "true")]
    pub dev_tls: Option<bool>,
    /// Days that the audit trail is kept [default: 180]
    #[arg(long, env = "SAOMA_AUDIT_DAYS", value_name = "DAYS")]
    pub audit_days: Option<u64>,
    /// When a phone asks for the two digits that the browser shows after the scan, where a site does not say [default: `on_risk`]
    #[arg(long, env = "SAOMA_MATCH_CODE", value_enum)]
    pub match_code: Option<MatchPolicy>,
    /// File in MaxMind's format that tells where addresses are, such as GeoLite2-City.mmdb [default: none]
    #[arg(long, env = "SAOMA_GEOIP_FILE", value_name = "FILE")]
    pub geoip_file: Option<PathBuf>,
    /// Who may register sites over the network [default: closed]
    #[arg(long, env = "SAOMA_REGISTRATION", value_enum)]
    pub registration: Option<RegistrationPolicy>,
}

/// When a site's DPoP proof must carry a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DpopNonce {
    /// For FAPI 2.0 clients; others may use what they are offered
    Offered,
    /// For all
    Required,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One line for people
    Text,
    /// One JSON object a line
    Json,
}

/// Whose certificate is served.
#[derive(Debug, Clone)]
pub enum Tls {
    /// Nobody's: plain http, perhaps to a proxy that speaks https for us.
    None,
    /// The operator's.
    Own(PemFiles),
    /// One made at the start, for development.
    Development,
}

/// Why settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file is not what it must be.
    #[error("{0} is not a file of settings")]
    Malformed(PathBuf, #[source] Box<toml::de::Error>),
    /// The issuer is no good.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The key-encryption keys are none.
    #[error(transparent)]
    KeyEncryption(#[from] KeyFileError),
    /// The file of places is none.
    #[error(transparent)]
    GeoIp(#[from] GeoIpError),
    /// A number is out of bounds.
    #[error("{0} must be from 1 to {1}")]
    OutOfBounds(&'static str, u64),
    /// A number is too small.
    #[error("{0} must be {1} or more")]
    TooShort(&'static str, u64),
    /// A number is too large.
    #[error("{0} must be {1} or less; 0 is no limit")]
    TooMany(&'static str, u32),
    /// What is to be allowed is no host or network.
    #[error("allow-private-networks: {0}")]
    Allowed(#[from] AllowedError),
    /// What is to be trusted is no address or network.
    #[error("trusted-proxies: {0}")]
    Proxy(#[from] ProxyError),
    /// No passkey can be used there.
    #[error(
        "passkey-origins: `{0}` is neither an https origin nor android:apk-key-hash: and a SHA-256 in base64url"
    )]
    PasskeyOrigin(String),
    /// A certificate without a key, or the other way round.
    #[error("tls-certificate and tls-key go together: give both or neither")]
    HalfAPair,
    /// Two certificates to choose from.
    #[error("dev-tls makes its own certificate: leave out tls-certificate and tls-key")]
    TwoCertificates,
    /// https here, and http in the name.
    #[error("this server is to speak https, so its issuer must begin with https://")]
    PlainIssuer,
}

impl Settings {
    /// Reads a TOML file.
    pub fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Unreadable(path.to_owned(), error))?;
        toml::from_str(&text).map_err(|error| SettingsError::Malformed(path.to_owned(), Box::new(error)))
    }

    /// These settings, with `fallback`'s where these say nothing.
    #[must_use]
    pub fn or(self, fallback: Self) -> Self {
        Self {
            data: self.data.or(fallback.data),
            listen: self.listen.or(fallback.listen),
            issuer: self.issuer.or(fallback.issuer),
            require_pkce: self.require_pkce.or(fallback.require_pkce),
            qr_seconds: self.qr_seconds.or(fallback.qr_seconds),
            qr_frame_seconds: self.qr_frame_seconds.or(fallback.qr_frame_seconds),
            device_code_seconds: self.device_code_seconds.or(fallback.device_code_seconds),
            scanned_seconds: self.scanned_seconds.or(fallback.scanned_seconds),
            delivery_seconds: self.delivery_seconds.or(fallback.delivery_seconds),
            pushed_request_seconds: self.pushed_request_seconds.or(fallback.pushed_request_seconds),
            code_seconds: self.code_seconds.or(fallback.code_seconds),
            session_hours: self.session_hours.or(fallback.session_hours),
            access_token_seconds: self.access_token_seconds.or(fallback.access_token_seconds),
            refresh_token_days: self.refresh_token_days.or(fallback.refresh_token_days),
            refresh_grace_seconds: self.refresh_grace_seconds.or(fallback.refresh_grace_seconds),
            require_pushed_authorization_requests: self
                .require_pushed_authorization_requests
                .or(fallback.require_pushed_authorization_requests),
            dpop_nonce: self.dpop_nonce.or(fallback.dpop_nonce),
            device_token_days: self.device_token_days.or(fallback.device_token_days),
            key_rotation_days: self.key_rotation_days.or(fallback.key_rotation_days),
            key_encryption_key_file: self.key_encryption_key_file.or(fallback.key_encryption_key_file),
            log: self.log.or(fallback.log),
            log_format: self.log_format.or(fallback.log_format),
            max_followers: self.max_followers.or(fallback.max_followers),
            limit_starts: self.limit_starts.or(fallback.limit_starts),
            limit_browsing: self.limit_browsing.or(fallback.limit_browsing),
            limit_sign_ins: self.limit_sign_ins.or(fallback.limit_sign_ins),
            limit_phones: self.limit_phones.or(fallback.limit_phones),
            limit_sites: self.limit_sites.or(fallback.limit_sites),
            limit_client: self.limit_client.or(fallback.limit_client),
            limit_device: self.limit_device.or(fallback.limit_device),
            limit_scans: self.limit_scans.or(fallback.limit_scans),
            limit_decisions: self.limit_decisions.or(fallback.limit_decisions),
            max_open_logins_per_network: self
                .max_open_logins_per_network
                .or(fallback.max_open_logins_per_network),
            max_open_logins: self.max_open_logins.or(fallback.max_open_logins),
            passkey_origins: self.passkey_origins.or(fallback.passkey_origins),
            allow_private_networks: self.allow_private_networks.or(fallback.allow_private_networks),
            trusted_proxies: self.trusted_proxies.or(fallback.trusted_proxies),
            forwarded_header: self.forwarded_header.or(fallback.forwarded_header),
            tls_certificate: self.tls_certificate.or(fallback.tls_certificate),
            tls_key: self.tls_key.or(fallback.tls_key),
            dev_tls: self.dev_tls.or(fallback.dev_tls),
            audit_days: self.audit_days.or(fallback.audit_days),
            match_code: self.match_code.or(fallback.match_code),
            geoip_file: self.geoip_file.or(fallback.geoip_file),
            registration: self.registration.or(fallback.registration),
        }
    }

    /// Where the database is.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| "./data".into())
    }

    /// Where to listen.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into())
    }

    /// Whose certificate is served.
    pub fn tls(&self) -> Result<Tls, SettingsError> {
        match (&self.tls_certificate, &self.tls_key, self.dev_tls == Some(true)) {
            (None, None, false) => Ok(Tls::None),
            (None, None, true) => Ok(Tls::Development),
            (Some(certificate), Some(key), false) => {
                Ok(Tls::Own(PemFiles { certificate: certificate.clone(), key: key.clone() }))
            }
            (Some(_), Some(_), true) => Err(SettingsError::TwoCertificates),
            _ => Err(SettingsError::HalfAPair),
        }
    }

    /// Checks everything and makes the App's configuration.
    pub fn config(&self) -> Result<Config, SettingsError> {
        let tls = self.tls()?;
        let usual = match tls {
            Tls::Development => format!("https://localhost:{}", self.listen().port()),
            Tls::None | Tls::Own(_) => "http://localhost:8080".to_owned(),
        };
        let issuer = Issuer::parse(self.issuer.as_deref().unwrap_or(&usual))?;
        if !issuer.is_https() && !matches!(tls, Tls::None) {
            return Err(SettingsError::PlainIssuer);
        }
        let mut config = Config::for_issuer(issuer);
        let lifetimes = &mut config.lifetimes;
        let day = 24 * 3600;
        set(&mut lifetimes.qr, "qr-seconds", self.qr_seconds, 1, LONGEST_STEP)?;
        set(&mut lifetimes.qr_frame, "qr-frame-seconds", self.qr_frame_seconds, 1, LONGEST_STEP)?;
        set(&mut lifetimes.device_code, "device-code-seconds", self.device_code_seconds, 1, 3600)?;
        set(&mut lifetimes.scanned, "scanned-seconds", self.scanned_seconds, 1, LONGEST_STEP)?;
        set(&mut lifetimes.delivery, "delivery-seconds", self.delivery_seconds, 1, LONGEST_STEP)?;
        let pushed = self.pushed_request_seconds;
        set(&mut lifetimes.pushed_request, "pushed-request-seconds", pushed, 1, LONGEST_STEP - 1)?;
        if lifetimes.pushed_request < SHORTEST_PUSHED_REQUEST {
            return Err(SettingsError::TooShort("pushed-request-seconds", SHORTEST_PUSHED_REQUEST.as_secs()));
        }
        set(&mut lifetimes.code, "code-seconds", self.code_seconds, 1, LONGEST_STEP)?;
        set(&mut lifetimes.session, "session-hours", self.session_hours, 3600, 24 * 365)?;
        set(&mut lifetimes.access_token, "access-token-seconds", self.access_token_seconds, 1, day)?;
        set(&mut lifetimes.refresh_token, "refresh-token-days", self.refresh_token_days, day, 3650)?;
        set(&mut lifetimes.trail, "audit-days", self.audit_days, day, 3650)?;
        set(&mut lifetimes.device_token, "device-token-days", self.device_token_days, day, 3650)?;
        if self.key_rotation_days == Some(0) {
            lifetimes.signing_key = None;
        } else if let Some(span) = &mut lifetimes.signing_key {
            set(span, "key-rotation-days", self.key_rotation_days, day, 3650)?;
        }
        match self.refresh_grace_seconds {
            Some(0) => lifetimes.refresh_grace = Duration::ZERO,
            seconds => set(&mut lifetimes.refresh_grace, "refresh-grace-seconds", seconds, 1, 60)?,
        }
        config.require_pushed_authorization_requests =
            self.require_pushed_authorization_requests.unwrap_or(false);
        if self.dpop_nonce == Some(DpopNonce::Required) {
            config.dpop_nonce = NoncePolicy::Required;
        }
        if let Some(file) = &self.key_encryption_key_file {
            config.key_encryption = KeyEncryption::from_file(file)?;
        }
        if self.require_pkce == Some(true) {
            config.pkce = PkcePolicy::AllClients;
        }
        self.set_limits(&mut config.limits)?;
        config.match_code = self.match_code.unwrap_or_default();
        if let Some(file) = &self.geoip_file {
            config.geoip = GeoIp::from_file(file)?;
        }
        for origin in self.passkey_origins.iter().flatten() {
            if !is_passkey_origin(origin) {
                return Err(SettingsError::PasskeyOrigin(origin.clone()));
            }
            config.passkey_origins.push(origin.clone());
        }
        config.registration = self.registration.unwrap_or_default();
        let allowed = self.allow_private_networks.iter().flatten();
        config.outbound.allowed = allowed.map(|text| Allowed::parse(text)).collect::<Result<_, _>>()?;
        let trusted = self.trusted_proxies.iter().flatten();
        config.proxies.trusted = trusted.map(|text| Proxies::parse(text)).collect::<Result<_, _>>()?;
        config.proxies.header = self.forwarded_header.unwrap_or_default();
        Ok(config)
    }

    fn set_limits(&self, limits: &mut Limits) -> Result<(), SettingsError> {
        limits.followers = self.max_followers.unwrap_or(limits.followers);
        limits.open_logins = self.max_open_logins.unwrap_or(limits.open_logins);
        limits.open_logins_per_network =
            self.max_open_logins_per_network.unwrap_or(limits.open_logins_per_network);
        for (rule, name, calls) in [
            (Rule::Starts, "limit-starts", self.limit_starts),
            (Rule::Browsing, "limit-browsing", self.limit_browsing),
            (Rule::SignIns, "limit-sign-ins", self.limit_sign_ins),
            (Rule::Phones, "limit-phones", self.limit_phones),
            (Rule::Sites, "limit-sites", self.limit_sites),
            (Rule::Client, "limit-client", self.limit_client),
            (Rule::Device, "limit-device", self.limit_device),
            (Rule::Scans, "limit-scans", self.limit_scans),
            (Rule::Decisions, "limit-decisions", self.limit_decisions),
        ] {
            match calls {
                None => {}
                Some(calls) if calls <= MOST_CALLS => limits.rates.set(rule, calls),
                Some(_) => return Err(SettingsError::TooMany(name, MOST_CALLS)),
            }
        }
        Ok(())
    }
}

fn set(
    lifetime: &mut Duration,
    name: &'static str,
    value: Option<u64>,
    unit: u64,
    most: u64,
) -> Result<(), SettingsError> {
    match value {
        None => Ok(()),
        Some(value) if (1..=most).contains(&value) => {
            *lifetime = Duration::from_secs(value * unit);
            Ok(())
        }
        Some(_) => Err(SettingsError::OutOfBounds(name, most)),
    }
}

/// Whether browsers and Android's apps write origins like this (WebAuthn Level 3 section 5.8.1): what is written otherwise would never be met.
fn is_passkey_origin(text: &str) -> bool {
    match text.strip_prefix("android:apk-key-hash:") {
        Some(hash) => URL_SAFE_NO_PAD.decode(hash).is_ok_and(|hash| hash.len() == 32),
        None => {
            text.starts_with("https://") && Issuer::parse(text).is_ok_and(|origin| origin.as_str() == text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_toml(text: &str) -> Settings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let settings = Settings::default();
        assert_eq!(settings.data(), PathBuf::from("./data"));
        assert_eq!(settings.listen().to_string(), "127.0.0.1:8080");
        let config = settings.config().unwrap();
        assert_eq!(config.issuer.as_str(), "http://localhost:8080");
        assert_eq!(config.lifetimes, super::super::Lifetimes::default());
        assert_eq!(config.limits.rates, super::super::Rates::default());
    }

    #[test]
    fn each_limit_is_set_by_its_own_name_and_nought_is_none() {
        let text = "limit_starts = 1\nlimit_browsing = 2\nlimit_sign_ins = 3\nlimit_phones = 4\nlimit_sites = 5\n\
            limit_client = 6\nlimit_device = 7\nlimit_scans = 8\nlimit_decisions = 0\n\
            max_open_logins = 10\nmax_open_logins_per_network = 11";
        let limits = from_toml(text).config().unwrap().limits;
        assert_eq!(Rule::ALL.map(|rule| limits.rates.of(rule)), [1, 2, 3, 4, 5, 6, 7, 8, 0]);
        assert_eq!((limits.open_logins, limits.open_logins_per_network), (10, 11));
    }

    #[test]
    fn the_first_source_wins() {
        let flags = from_toml("qr_seconds = 30");
        let file = from_toml("qr_seconds = 60\ncode_seconds = 20\nrequire_pkce = true");
        let config = flags.or(file).config().unwrap();
        assert_eq!(config.lifetimes.qr, Duration::from_secs(30));
        assert_eq!(config.lifetimes.code, Duration::from_secs(20));
        assert_eq!(config.pkce, PkcePolicy::AllClients);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(toml::from_str::<Settings>("qr_secnods = 1").is_err());
        assert!(from_toml("qr_seconds = 0").config().is_err());
        assert!(from_toml("code_seconds = 601").config().is_err());
        assert!(from_toml("limit_starts = 1000001").config().is_err());
        assert!(from_toml("issuer = \"http://login.example.com\"").config().is_err());
        assert!(from_toml("trusted_proxies = [\"proxy.example\"]").config().is_err());
        for (origin, good) in [
            ("https://app.example", true),
            ("android:apk-key-hash:2vZFR4uxUDGBlSO7hdUcBmKrmYYTtVZqf3cCNs7UdXk", true),
            ("https://app.example/", false),
            ("http://localhost:8080", false),
            ("android:apk-key-hash:2vZFR4uxUDGB", false),
            ("", false),
        ] {
            let settings = from_toml(&format!("passkey_origins = [\"{origin}\"]"));
            assert_eq!(settings.config().is_ok(), good, "{origin}");
        }
        assert!(toml::from_str::<Settings>("forwarded_header = \"x-real-ip\"").is_err());
    }

    #[test]
    fn there_is_one_certificate_with_its_key_and_an_https_issuer() {
        let pair = "tls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\n";
        assert!(matches!(from_toml(&pair[..25]).config(), Err(SettingsError::HalfAPair)));
        assert!(matches!(from_toml(pair).config(), Err(SettingsError::PlainIssuer)));
        let both = format!("{pair}dev_tls = true");
        assert!(matches!(from_toml(&both).config(), Err(SettingsError::TwoCertificates)));
        assert!(from_toml(&format!("{pair}issuer = \"https://login.example\"")).config().is_ok());
        let config = from_toml("dev_tls = true\nlisten = \"0.0.0.0:8443\"").config().unwrap();
        assert_eq!(config.issuer.as_str(), "https://localhost:8443");
    }

    #[test]
    fn proxies_are_trusted_by_network() {
        let text = "trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\nforwarded_header = \"forwarded\"";
        let proxies = from_toml(text).config().unwrap().proxies;
        assert_eq!((proxies.trusted.len(), proxies.header), (2, ForwardedHeader::Forwarded));
    }
}
