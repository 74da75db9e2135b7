//! Assertions: JWTs that a client signed with a key of its own (RFC 7521, RFC 7523 section 3).
//!
//! 1. The header names one of [`AssertionAlgorithm`], and perhaps a key (`kid`). No `typ` is demanded: RFC 7523 knows none. Keys that
//!    it brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) are refused: the client's keys are those that are registered.
//! 2. `iss` is the client, `sub` whom it speaks for, `aud` this server.
//! 3. `exp` is there, in the future, and not far. `nbf` and `iat` have come.
//! 4. `jti` is there and has not been seen from this client before. It is remembered for as long as the assertion could be used.

use std::{fmt, time::Duration};

use serde_json::{Map, Value};

use super::{
    client::{Client, ClientId, SecurityProfile},
    client_keys::{self, AssertionAlgorithm},
    jose::Jws,
};
use crate::{app::App, clock::Time, secret::Digest, store::StoreError};

/// Longest assertion that is looked at, in bytes.
pub const LENGTH: usize = 8192;

/// How far ahead `exp` may be.
pub const LIFETIME: Duration = Duration::from_mins(10);

/// How far a client's clock may be ahead of ours (FAPI 2.0 Security Profile section 5.3.2.1: 10 to 60 seconds).
pub const SKEW: Duration = Duration::from_secs(30);

/// How long ago an assertion may have been made.
const OLDEST: Duration = Duration::from_hours(1);

/// Longest `jti` and `sub`, in bytes.
const NAME_LENGTH: usize = 256;

/// An assertion as it comes in: a JWT, and the client that it says it is from, which is not to be believed before [`verify`] has
/// said yes. Its `Debug` shows nothing of the JWT.
#[derive(Clone)]
pub struct Assertion {
    issuer: ClientId,
    jwt: String,
}

impl Assertion {
    /// Reads an assertion.
    ///
    /// # Errors
    ///
    /// [`AssertionError::Malformed`] if it is no JWT that could be read, [`AssertionError::Issuer`] if its `iss` can be no client.
    pub fn parse(jwt: &str) -> Result<Self, AssertionError> {
        let jws = Jws::parse(jwt, LENGTH).ok_or(AssertionError::Malformed)?;
        let issuer = jws.claims.get("iss").and_then(Value::as_str).and_then(ClientId::parse);
        Ok(Self { issuer: issuer.ok_or(AssertionError::Issuer)?, jwt: jwt.to_owned() })
    }

    /// The client that it says it is from.
    pub fn issuer(&self) -> &ClientId {
        &self.issuer
    }

    /// The JWT itself.
    pub fn expose(&self) -> &str {
        &self.jwt
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What an assertion has to say.
#[derive(Debug, Clone)]
pub struct Expectations {
    /// This server's names, of which `aud` has to have one. A FAPI client has to use the first, and no other beside it.
    pub audiences: Vec<String>,
    /// Whom it has to speak for.
    pub subject: Subject,
}

/// Whom an assertion speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The client itself (RFC 7523 section 3, point 2.B).
    Client,
    /// Somebody: the caller looks who (point 2.A).
    Anybody,
}

/// What an assertion says, after everything was verified. It cannot be used again.
#[derive(Debug, Clone)]
pub struct VerifiedClaims {
    /// `sub`.
    pub subject: String,
    /// `exp`.
    pub expires_at: Time,
    /// All claims.
    pub claims: Map<String, Value>,
}

/// Why an assertion is refused. The text is for the client's developer.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    /// Not a JWT of the right kind.
    #[error("the assertion must be one JWT of at most {LENGTH} bytes, no member twice, without crit")]
    Malformed,
    /// It brings a key along.
    #[error(
        "the assertion's header must not have jwk, jku, x5c or x5u: this server takes registered keys only"
    )]
    OwnKey,
    /// Its algorithm is not one of ours, or not for this client.
    #[error("the assertion's alg is none that this client may use: sign with ES256, EdDSA or PS256")]
    Algorithm,
    /// The client has no such key.
    #[error(
        "the client has no key of that kid and alg (or, without a kid, not exactly one): register it, or check jwks_uri"
    )]
    UnknownKey,
    /// The signature is wrong.
    #[error("the assertion's signature is wrong")]
    Signature,
    /// `iss` is another.
    #[error("the assertion's iss must be the client_id")]
    Issuer,
    /// `sub` is missing or another.
    #[error("the assertion's sub must be the client_id, or in an authorization grant the person")]
    Subject,
    /// `aud` is another.
    #[error("the assertion's aud must be this server's issuer, for a FAPI client as the only text")]
    Audience,
    /// `exp` is missing, past or too far.
    #[error("the assertion's exp must be in the future, and at most 10 minutes ahead")]
    Expiry,
    /// `nbf` or `iat` is in the future, or `iat` long ago.
    #[error("the assertion's nbf or iat is not now: check the clock")]
    NotNow,
    /// `jti` is missing.
    #[error("the assertion's jti must have 1 to {NAME_LENGTH} bytes")]
    NoJti,
    /// It was used before.
    #[error("the assertion was used before: make a new one, with another jti, for each request")]
    Replayed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Verifies an assertion of this client and uses it up.
pub async fn verify(
    app: &App,
    client: &Client,
    assertion: &Assertion,
    expected: &Expectations,
) -> Result<VerifiedClaims, AssertionError> {
    let jws = Jws::parse(&assertion.jwt, LENGTH).ok_or(AssertionError::Malformed)?;
    if ["jwk", "jku", "x5c", "x5u"].iter().any(|member| jws.header.contains_key(*member)) {
        return Err(AssertionError::OwnKey);
    }
    let algorithm = jws.header_text("alg").and_then(AssertionAlgorithm::parse);
    let algorithm = algorithm.filter(|a| a.is_for(client.profile)).ok_or(AssertionError::Algorithm)?;
    let kid = match jws.header.get("kid") {
        None => None,
        Some(kid) => Some(kid.as_str().ok_or(AssertionError::UnknownKey)?),
    };
    let now = app.clock.now();
    let (claims, jti) = check(&jws.claims, client, expected, now)?;
    let key = client_keys::find(app, client, kid, algorithm).await.ok_or(AssertionError::UnknownKey)?;
    if !jws.is_signed_by(&key, algorithm.jws()) {
        return Err(AssertionError::Signature);
    }
    // Last, so that only the client itself can use a `jti` up.
    if app.store.remember_proof(&jti, claims.expires_at).await? {
        Ok(claims)
    } else {
        Err(AssertionError::Replayed)
    }
}

/// Steps 2 and 3, and what `jti` is remembered as. A pure function.
fn check(
    claims: &Map<String, Value>,
    client: &Client,
    expected: &Expectations,
    now: Time,
) -> Result<(VerifiedClaims, Digest), AssertionError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client.id.as_str()) {
        return Err(AssertionError::Issuer);
    }
    let subject = text("sub").filter(|sub| (1..=NAME_LENGTH).contains(&sub.len()));
    let subject = subject.ok_or(AssertionError::Subject)?;
    if expected.subject == Subject::Client && subject != client.id.as_str() {
        return Err(AssertionError::Subject);
    }
    if !names_us(claims.get("aud"), client.profile, &expected.audiences) {
        return Err(AssertionError::Audience);
    }
    let exp = seconds(claims, "exp").map_err(|()| AssertionError::Expiry)?.ok_or(AssertionError::Expiry)?;
    if exp <= now || exp > now + LIFETIME + SKEW {
        return Err(AssertionError::Expiry);
    }
    for (name, oldest) in [("nbf", None), ("iat", Some(now - OLDEST))] {
        let at = seconds(claims, name).map_err(|()| AssertionError::NotNow)?;
        if at.is_some_and(|at| at > now + SKEW || oldest.is_some_and(|oldest| at < oldest)) {
            return Err(AssertionError::NotNow);
        }
    }
    let jti =
        text("jti").filter(|jti| (1..=NAME_LENGTH).contains(&jti.len())).ok_or(AssertionError::NoJti)?;
    let jti = Digest::of(&format!("assertion {} {jti}", client.id));
    Ok((VerifiedClaims { subject: subject.to_owned(), expires_at: exp, claims: claims.clone() }, jti))
}

fn names_us(aud: Option<&Value>, profile: SecurityProfile, ours: &[String]) -> bool {
    let is_ours = |value: &Value| value.as_str().is_some_and(|name| ours.iter().any(|our| our == name));
    match (aud, profile) {
        (Some(Value::String(name)), SecurityProfile::Fapi2) => ours.first() == Some(name),
        (Some(Value::Array(names)), SecurityProfile::Standard) => names.iter().any(is_ours),
        (Some(name), SecurityProfile::Standard) => is_ours(name),
        _ => false,
    }
}

/// A `NumericDate` (RFC 7519 section 2); an error if the claim is there and none.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<Time>, ()> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=1e11).contains(seconds)).ok_or(())?;
    #[expect(clippy::cast_possible_truncation, reason = "it is between 0 and 1e14")]
    Ok(Some(Time::from_millis((seconds * 1000.0) as i64)))
}
