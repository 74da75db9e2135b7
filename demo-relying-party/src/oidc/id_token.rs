//! Validates an ID token: OIDC Core section 3.1.3.7, in this order.
//!
//! 1. [`key_id`] reads the header, which nobody has vouched for yet, for two things only: that its algorithm is on
//!    our short list, and which key to look for. A token of another type is for something else (RFC 8725 section 3.11), and
//!    what is critical in a header we do not understand (RFC 7515 section 4.1.11).
//! 2. [`validate`] takes that key from the provider's set and checks that it is meant for this algorithm. The key
//!    decides, not the token: an RSA public key is never used as an HMAC secret, and `none` is not on the list.
//! 3. The signature.
//! 4. `iss` is the provider's, to the letter. `aud` contains this site; where it names others too, `azp` must be this
//!    site, and `azp` is checked wherever it is present.
//! 5. `exp` is ahead and `iat` is not, give or take [`LEEWAY`].
//! 6. `nonce` is the one that this browser's login was begun with; `sub` is there.
//! 7. `at_hash`, where present, fits the access token (section 3.1.3.8).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::secret::same;

/// How far two honest clocks may disagree (seconds).
pub const LEEWAY: i64 = 60;
/// A subject is at most this long (OIDC Core section 2).
const LONGEST_SUBJECT: usize = 255;

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider, to the letter.
    pub issuer: &'a str,
    /// This site.
    pub client_id: &'a str,
    /// Which login it must belong to.
    pub nonce: Nonce<'a>,
    /// The access token that came with it.
    pub access_token: &'a str,
    /// The time (seconds since 1970).
    pub now: i64,
}

/// What is asked of `nonce`.
#[derive(Debug, Clone, Copy)]
pub enum Nonce<'a> {
    /// It must be there and be this one: the answer to a login.
    Required(&'a str),
    /// It may be missing, but must be this one if it is there: the answer to a refresh (section 12.2).
    IfPresent(&'a str),
}

/// The claims that the site uses, once they are proven. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    at_hash: Option<String>,
    /// Who it is, at this provider.
    pub sub: String,
    /// When they authenticated.
    pub auth_time: Option<i64>,
    /// How much that was worth.
    pub acr: Option<String>,
    /// By what means (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
    /// The provider's session that it came from, by which a logout names it (OIDC Back-Channel Logout section 2.1).
    pub sid: Option<String>,
}

/// `aud`: one party, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Whether it is for this site.
    pub(super) fn has(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Many(many) => many.iter().any(|party| party == client_id),
        }
    }
}

/// Why an ID token is refused. No variant holds anything of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// Not a JWT, or not the claims of an ID token.
    #[error("not an ID token")]
    Malformed,
    /// The header says that it is for something else.
    #[error("a token of another type")]
    Type,
    /// The header has `crit`.
    #[error("a header that must be understood")]
    Critical,
    /// Not signed by one of the algorithms that we accept, or the key is for another.
    #[error("an algorithm that we do not accept")]
    Algorithm,
    /// The header does not say which key.
    #[error("no key named")]
    NoKeyId,
    /// The provider has no such key.
    #[error("a key that the provider does not have")]
    UnknownKey,
    /// The signature is not that key's.
    #[error("a bad signature")]
    Signature,
    /// Another issuer's.
    #[error("another issuer")]
    Issuer,
    /// For somebody else.
    #[error("another audience")]
    Audience,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Its time has not come.
    #[error("issued in the future")]
    NotYetIssued,
    /// Of another login.
    #[error("another nonce")]
    Nonce,
    /// No subject, or one too long.
    #[error("no proper subject")]
    Subject,
    /// It came with another access token.
    #[error("another access token's hash")]
    AccessTokenHash,
}

/// Step 1: which key the token claims to be signed with.
pub fn key_id(token: &str) -> Result<String, IdTokenError> {
    // An unknown algorithm (`none` among them) has no name in jsonwebtoken, and fails here.
    let header = decode_header(token).map_err(|_| IdTokenError::Malformed)?;
    accepted(header.alg)?;
    header.kid.ok_or(IdTokenError::NoKeyId)
}

/// Steps 2 to 7. `key` is the provider's key of the name that [`key_id`] returned.
pub fn validate(token: &str, key: &Jwk, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let typ = decode_header(token).map_err(|_| IdTokenError::Malformed)?.typ;
    if !typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT")) {
        return Err(IdTokenError::Type);
    }
    let claims: Claims = verify(token, key)?;
    claims.check_parties(expected)?;
    claims.check_times(expected.now)?;
    claims.check_nonce(expected.nonce)?;
    claims.check_subject()?;
    claims.check_access_token(expected.access_token)?;
    Ok(claims)
}

/// Steps 2 and 3, for any token of the provider's.
pub(super) fn verify<T: DeserializeOwned>(token: &str, key: &Jwk) -> Result<T, IdTokenError> {
    let header = decode_header(token).map_err(|_| IdTokenError::Malformed)?;
    if has_critical(token) {
        return Err(IdTokenError::Critical);
    }
    fits(key, accepted(header.alg)?)?;
    if header.kid.is_none() || header.kid != key.common.key_id {
        return Err(IdTokenError::UnknownKey);
    }
    verify_signature(token, key, header.alg)
}

/// Whether the header has `crit`, whatever it says.
fn has_critical(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let header: Option<Map<String, Value>> = header.and_then(|json| serde_json::from_slice(&json).ok());
    header.is_none_or(|header| header.contains_key("crit"))
}

/// The allow-list: RS256, which every provider has (Core section 15.1), and ES256.
fn accepted(algorithm: Algorithm) -> Result<Algorithm, IdTokenError> {
    match algorithm {
        Algorithm::RS256 | Algorithm::ES256 => Ok(algorithm),
        _ => Err(IdTokenError::Algorithm),
    }
}

/// Whether the key is of the right kind, is not meant for another algorithm, and is meant for signatures.
fn fits(key: &Jwk, algorithm: Algorithm) -> Result<(), IdTokenError> {
    let (kind, named) = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => (true, KeyAlgorithm::RS256),
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => {
            (curve.curve == EllipticCurve::P256, KeyAlgorithm::ES256)
        }
        _ => return Err(IdTokenError::Algorithm),
    };
    let algorithm_fits = key.common.key_algorithm.is_none_or(|a| a == named);
    let use_fits = key.common.public_key_use.as_ref().is_none_or(|u| *u == PublicKeyUse::Signature);
    (kind && algorithm_fits && use_fits).then_some(()).ok_or(IdTokenError::Algorithm)
}

/// Lets jsonwebtoken check the signature and nothing else: it would read the machine's clock, and it is content with an
/// absent `iss`.
fn verify_signature<T: DeserializeOwned>(
    token: &str,
    key: &Jwk,
    algorithm: Algorithm,
) -> Result<T, IdTokenError> {
    let key = DecodingKey::from_jwk(key).map_err(|_| IdTokenError::UnknownKey)?;
    let mut signature_only = Validation::new(algorithm);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    decode::<T>(token, &key, &signature_only).map(|data| data.claims).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => IdTokenError::Signature,
        jsonwebtoken::errors::ErrorKind::InvalidAlgorithm => IdTokenError::Algorithm,
        _ => IdTokenError::Malformed,
    })
}

impl Claims {
    fn check_parties(&self, expected: &Expected<'_>) -> Result<(), IdTokenError> {
        if self.iss != expected.issuer {
            return Err(IdTokenError::Issuer);
        }
        let for_us = self.aud.has(expected.client_id);
        let for_others = matches!(&self.aud, Audience::Many(many) if many.len() > 1);
        let party = match self.azp.as_deref() {
            Some(azp) => azp == expected.client_id,
            None => !for_others,
        };
        (for_us && party).then_some(()).ok_or(IdTokenError::Audience)
    }

    fn check_times(&self, now: i64) -> Result<(), IdTokenError> {
        if now >= self.exp.saturating_add(LEEWAY) {
            return Err(IdTokenError::Expired);
        }
        if self.iat > now.saturating_add(LEEWAY) {
            return Err(IdTokenError::NotYetIssued);
        }
        Ok(())
    }

    fn check_nonce(&self, expected: Nonce<'_>) -> Result<(), IdTokenError> {
        let good = match (expected, self.nonce.as_deref()) {
            (Nonce::Required(nonce) | Nonce::IfPresent(nonce), Some(found)) => same(found, nonce),
            (Nonce::Required(_), None) => false,
            (Nonce::IfPresent(_), None) => true,
        };
        good.then_some(()).ok_or(IdTokenError::Nonce)
    }

    fn check_subject(&self) -> Result<(), IdTokenError> {
        let good = !self.sub.is_empty() && self.sub.len() <= LONGEST_SUBJECT;
        good.then_some(()).ok_or(IdTokenError::Subject)
    }

    fn check_access_token(&self, access_token: &str) -> Result<(), IdTokenError> {
        // Both algorithms of the allow-list use SHA-256, so `at_hash` does too: the left half of it.
        let hash = digest(&SHA256, access_token.as_bytes());
        let half = BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
        let good = self.at_hash.as_deref().is_none_or(|found| same(found, &half));
        good.then_some(()).ok_or(IdTokenError::AccessTokenHash)
    }
}
