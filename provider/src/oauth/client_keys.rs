//! A client's own public keys: a JWK Set (RFC 7517), by value or by its address.

mod cache;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use cache::KeyCache;
use cache::Wanted;

use super::client::{Client, ClientKeys, SecurityProfile};
use crate::app::App;

/// Most keys in one set.
const MOST: usize = 32;

/// Longest `kid`, in bytes.
const KID_LENGTH: usize = 256;

/// Members that only private and symmetric keys have (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// An algorithm that clients may sign with (RFC 7518 section 3.1, RFC 8037 section 3.1). None of them is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssertionAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which FAPI 2.0 does without.
    #[serde(rename = "RS256")]
    Rs256,
}

impl AssertionAlgorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Ps256, Self::Rs256];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether a client of this profile may sign with it (FAPI 2.0 Security Profile section 5.4.1).
    pub fn is_for(self, profile: SecurityProfile) -> bool {
        self != Self::Rs256 || profile != SecurityProfile::Fapi2
    }

    /// The same for the library that verifies.
    pub const fn jws(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
            Self::Ps256 => Algorithm::PS256,
            Self::Rs256 => Algorithm::RS256,
        }
    }

    /// Whether keys of this kind sign with it.
    fn fits(self, parameters: &AlgorithmParameters) -> bool {
        match parameters {
            AlgorithmParameters::EllipticCurve(ec) => self == Self::Es256 && ec.curve == EllipticCurve::P256,
            AlgorithmParameters::OctetKeyPair(ed) => {
                self == Self::EdDsa && ed.curve == EllipticCurve::Ed25519
            }
            AlgorithmParameters::RSA(_) => matches!(self, Self::Ps256 | Self::Rs256),
            _ => false,
        }
    }
}

/// The keys of a set that signatures can be verified with.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Jwk>);

/// Why a JWK Set is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Not a JWK Set.
    #[error("it must be a JWK Set: an object whose member `keys` is an array of at most {MOST} keys")]
    Malformed,
    /// Somebody gave away a private or symmetric key.
    #[error(
        "it has a private or symmetric key, which is now known to others: make a new one, and give the public part"
    )]
    Private,
    /// None that a signature could be verified with.
    #[error("it has no key for ES256 (P-256), EdDSA (Ed25519), PS256 or RS256 (2048 bits or more)")]
    NoneUsable,
}

impl KeySet {
    /// Reads a set. Keys of other kinds and uses are left out (RFC 7517 section 5); private ones are never taken.
    pub fn read(set: &Value) -> Result<Self, KeySetError> {
        let keys = set["keys"].as_array().filter(|keys| keys.len() <= MOST).ok_or(KeySetError::Malformed)?;
        if !keys.iter().all(Value::is_object) {
            return Err(KeySetError::Malformed);
        }
        if keys.iter().any(|key| PRIVATE.iter().any(|member| key.get(member).is_some())) {
            return Err(KeySetError::Private);
        }
        let read = |key: &Value| serde_json::from_value::<Jwk>(key.clone()).ok();
        let usable: Vec<Jwk> = keys.iter().filter_map(read).filter(verifies).collect();
        if usable.is_empty() { Err(KeySetError::NoneUsable) } else { Ok(Self(usable)) }
    }

    /// The key of this name and algorithm; without a name, the only one that fits.
    pub fn find(&self, kid: Option<&str>, algorithm: AssertionAlgorithm) -> Option<DecodingKey> {
        let mut fitting = self.0.iter().filter(|key| {
            kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid))
                && algorithm.fits(&key.algorithm)
                && key.common.key_algorithm.is_none_or(|named| named.to_string() == algorithm.as_str())
        });
        let key = fitting.next()?;
        let only = fitting.next().is_none();
        only.then(|| DecodingKey::from_jwk(key).ok()).flatten()
    }
}

fn verifies(key: &Jwk) -> bool {
    let common = &key.common;
    let named = common.key_id.as_ref().is_none_or(|kid| kid.len() <= KID_LENGTH);
    let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|can| can.contains(&KeyOperations::Verify));
    let strong = match &key.algorithm {
        // A modulus of 2048 bits has 342 characters of base64url (RFC 7518 section 3.3); more than 8192 is a way to keep us busy.
        AlgorithmParameters::RSA(rsa) => (342..=1366).contains(&rsa.n.len()) && rsa.e.len() <= 8,
        _ => true,
    };
    named
        && signs
        && strong
        && AssertionAlgorithm::ALL.iter().any(|algorithm| algorithm.fits(&key.algorithm))
        && DecodingKey::from_jwk(key).is_ok()
}

/// The client's key of this name and algorithm.
pub async fn find(
    app: &App,
    client: &Client,
    kid: Option<&str>,
    algorithm: AssertionAlgorithm,
) -> Option<DecodingKey> {
    match client.keys.as_ref()? {
        ClientKeys::Jwks(set) => KeySet::read(set).ok()?.find(kid, algorithm),
        ClientKeys::JwksUri(uri) => {
            let known = app.client_keys.get(app, uri, Wanted::Known).await?;
            match known.find(kid, algorithm) {
                None => app.client_keys.get(app, uri, Wanted::New).await?.find(kid, algorithm),
                found => found,
            }
        }
    }
}
