//! DPoP proofs (RFC 9449): a caller shows that it holds the private key its tokens are bound to.
//!
//! 1. The proof is a JWT with `typ: dpop+jwt`, an `alg` that its [`Prover`] may use, and the public key as `jwk` (section 4.2).
//! 2. Its `htm` and `htu` are this call's, whatever query or fragment `htu` has, its `iat` is now, give or take a minute, and with an access token its `ath` is that
//!    token's hash (section 4.3).
//! 3. Its `jti` has not been seen before (section 11.1): [`check`] remembers it for as long as the proof could be used.
//! 4. The key is known by its thumbprint (RFC 7638), to which tokens are bound.
//! 5. A site's proof may have to carry a nonce that this server gave, and one that it carries must be good (section 8): [`site`].

pub mod nonce;
pub mod site;

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::jose::Jws;
use crate::{
    clock::Time,
    secret::Digest,
    store::{ProofStore, StoreError},
};

/// How far a proof's `iat` may be from this server's clock, to either side.
pub const TOLERANCE: Duration = Duration::from_mins(1);

/// Longest proof that is looked at, in bytes.
const LENGTH: usize = 4096;

/// Longest `jti`, in bytes.
const JTI_LENGTH: usize = 256;

/// SHA-256 of a public key's canonical form (RFC 7638), in base64url: the key's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// From the store.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The thumbprint's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who makes a proof, which says what algorithms it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prover {
    /// A phone: its key is on P-256.
    Phone,
    /// A browser that starts or collects a login: its key is on P-256, too.
    Browser,
    /// A site.
    Site,
}

impl Prover {
    /// The algorithms, by their names (RFC 7518 section 3.1, RFC 8037 section 3.1).
    pub const fn algorithms(self) -> &'static [&'static str] {
        match self {
            Self::Phone | Self::Browser => &["ES256"],
            Self::Site => &["ES256", "EdDSA"],
        }
    }
}

/// The call that a proof must be for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Who makes it.
    pub by: Prover,
    /// HTTP method.
    pub method: &'a str,
    /// Full URL without query and fragment.
    pub url: &'a str,
    /// The access token that comes with it, if any.
    pub access_token: Option<&'a str>,
}

/// Why a proof is refused (RFC 9449 section 4.3).
#[derive(Debug, thiserror::Error)]
pub enum DpopError {
    /// There is none, or more than one.
    #[error("send exactly one DPoP header")]
    Missing,
    /// Not a JWT of the right kind, or its key is not a public key of its algorithm.
    #[error(
        "the DPoP proof is not a JWT of type dpop+jwt, signed by ES256 (or by a site, EdDSA), with its public key"
    )]
    Malformed,
    /// The signature is not by the key that it names.
    #[error("the DPoP proof's signature is wrong")]
    Signature,
    /// It is for another method or URL.
    #[error("the DPoP proof is for another method or URL")]
    OtherCall,
    /// Its `iat` is too far from now.
    #[error("the DPoP proof is too old or from the future; check the clock")]
    Stale,
    /// It is for another access token, or for none.
    #[error("the DPoP proof is for another access token")]
    OtherToken,
    /// It was used before.
    #[error("the DPoP proof was used before")]
    Replayed,
    /// It has no nonce where one is needed, or not a good one (section 8).
    #[error("the DPoP proof needs the nonce that comes with this answer, in DPoP-Nonce")]
    Nonce,
    /// It is by another key than the token's.
    #[error("the DPoP proof is by another key than the one that the token is bound to")]
    OtherKey,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    ath: Option<String>,
    nonce: Option<String>,
}

/// A proof whose every part has been verified, but not yet its freshness.
#[derive(Debug)]
pub struct Proof {
    key: Thumbprint,
    jti: Digest,
    nonce: Option<String>,
}

impl Proof {
    /// The key that made it.
    pub fn key(&self) -> &Thumbprint {
        &self.key
    }
}

/// Verifies a proof and remembers it, so that it is good once. Returns the key that made it.
pub async fn check(
    store: &dyn ProofStore,
    proof: &str,
    call: Call<'_>,
    now: Time,
) -> Result<Thumbprint, DpopError> {
    remember(store, verify(proof, call, now)?, now).await
}

/// Step 3.
async fn remember(store: &dyn ProofStore, proof: Proof, now: Time) -> Result<Thumbprint, DpopError> {
    // One that is dated TOLERANCE ahead is good until the second that is TOLERANCE past that has ended.
    if store.remember_proof(&proof.jti, now + TOLERANCE * 2 + Duration::from_secs(1)).await? {
        Ok(proof.key)
    } else {
        Err(DpopError::Replayed)
    }
}

/// Steps 1 and 2. A pure function.
pub fn verify(proof: &str, call: Call<'_>, now: Time) -> Result<Proof, DpopError> {
    let jws = Jws::parse(proof, LENGTH).ok_or(DpopError::Malformed)?;
    let (jwk, algorithm) = read_key(&jws.header, call.by)?;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| DpopError::Malformed)?;
    if !jws.is_signed_by(&key, algorithm) {
        return Err(DpopError::Signature);
    }
    let claims: Claims =
        serde_json::from_value(Value::Object(jws.claims)).map_err(|_| DpopError::Malformed)?;

    if claims.htm != call.method || !same_place(&claims.htu, call.url) {
        return Err(DpopError::OtherCall);
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let age = now.seconds() as f64 - claims.iat;
    if age.is_nan() || age.abs() > TOLERANCE.as_secs_f64() {
        return Err(DpopError::Stale);
    }
    if claims.ath != call.access_token.map(|token| Digest::of(token).to_base64url()) {
        return Err(DpopError::OtherToken);
    }
    if claims.jti.is_empty() || claims.jti.len() > JTI_LENGTH {
        return Err(DpopError::Malformed);
    }
    let key = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| DpopError::Malformed)?;
    // A `jti` counts per key: others cannot use up one's own.
    let jti = Digest::of(&format!("{key} {}", claims.jti));
    Ok(Proof { key: Thumbprint(key), jti, nonce: claims.nonce })
}

/// Whether two URLs are the same but for query and fragment, after normalisation (section 4.3, RFC 3986 sections 6.2.2 and 6.2.3):
/// the case of scheme and host and a port that is the usual one do not count.
fn same_place(htu: &str, url: &str) -> bool {
    let place = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    is_strict(htu) && place(htu).is_some_and(|asked| place(url) == Some(asked))
}

/// Whether a URL is written as RFC 3986 section 3 has it. [`Url`] reads as browsers do and forgives more: another number of slashes,
/// backslashes, blanks, an empty name of a user, a host in other letters.
fn is_strict(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:[]".contains(&b);
    let written = |b: u8| b.is_ascii_graphic() && b != b'\\';
    !authority.is_empty() && authority.bytes().all(plain) && url.bytes().all(written)
}

/// The public key in the proof's header and its algorithm, if the header is as it must be. A key by reference (`jku`, `x5u`, `x5c`,
/// `kid`) is no key here: what the header says of one is left alone.
fn read_key(header: &Map<String, Value>, by: Prover) -> Result<(Jwk, Algorithm), DpopError> {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    let (typ, algorithm) = (text("typ"), text("alg"));
    let jwk = header.get("jwk").unwrap_or(&Value::Null);
    let private = PRIVATE.iter().any(|member| jwk.get(member).is_some());
    if !typ.eq_ignore_ascii_case("dpop+jwt") || !by.algorithms().contains(&algorithm) || private {
        return Err(DpopError::Malformed);
    }
    let jwk: Jwk = serde_json::from_value(jwk.clone()).map_err(|_| DpopError::Malformed)?;
    match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::EllipticCurve(key), "ES256") if key.curve == EllipticCurve::P256 => {
            Ok((jwk, Algorithm::ES256))
        }
        (AlgorithmParameters::OctetKeyPair(key), "EdDSA") if key.curve == EllipticCurve::Ed25519 => {
            Ok((jwk, Algorithm::EdDSA))
        }
        _ => Err(DpopError::Malformed),
    }
}

#[cfg(test)]
mod tests;
