//! Validates a logout token: OIDC Back-Channel Logout section 2.6, in this order.
//!
//! 1. Its header says `logout+jwt`, or nothing of its type: a token of another type is for something else.
//! 2. Signature, `iss`, `aud`, `iat` and `exp`, as of an ID token.
//! 3. It names a session (`sid`), a person (`sub`) or both.
//! 4. `events` has the back-channel logout event, and its value is an object.
//! 5. There is no `nonce`, so that no ID token passes for it.
//! 6. `jti` has not been here before: [`Seen`] keeps the identifiers of those that have not run out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jsonwebtoken::decode_header;
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::id_token::{self, Audience, IdTokenError, LEEWAY};
use crate::secret::{Digest, digest};

/// The member of `events` that says what the token is for (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long a logout token may be good (seconds): section 2.4 recommends two minutes, and a sender may try for longer.
const LONGEST_LIFE: i64 = 60 * 60;

/// How many identifiers are kept. An honest provider does not come near it.
const MOST_SEEN: usize = 10_000;

/// Whose sessions end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// The provider's session; without it, all of the person's.
    pub sid: Option<String>,
    /// The person.
    pub sub: Option<String>,
}

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider, to the letter.
    pub issuer: &'a str,
    /// This site.
    pub client_id: &'a str,
    /// The time (seconds since 1970).
    pub now: i64,
}

/// Why a logout token is refused. No variant holds anything of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutTokenError {
    /// What makes an ID token bad makes this one bad.
    #[error(transparent)]
    Token(#[from] IdTokenError),
    /// The header says that it is for something else.
    #[error("a token of another type")]
    Type,
    /// It names nobody.
    #[error("neither sid nor sub")]
    Nobody,
    /// It is not about a back-channel logout.
    #[error("no logout event")]
    Event,
    /// It has a nonce, as ID tokens do.
    #[error("a nonce, which a logout token must not have")]
    Nonce,
    /// It has been here before.
    #[error("used before")]
    Replayed,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    jti: String,
    events: Map<String, Value>,
    sid: Option<String>,
    sub: Option<String>,
    nonce: Option<Value>,
}

/// Steps 1 to 6. `key` is the provider's key that [`id_token::key_id`] names.
///
/// # Errors
///
/// [`LogoutTokenError`], for the first rule that the token breaks.
pub fn validate(
    token: &str,
    key: &Jwk,
    expected: &Expected<'_>,
    seen: &Seen,
) -> Result<Leaver, LogoutTokenError> {
    let kind = decode_header(token).map_err(|_| IdTokenError::Malformed)?.typ;
    let kind = kind.map_or_else(|| "jwt".to_owned(), |kind| kind.to_ascii_lowercase());
    if !matches!(kind.trim_start_matches("application/"), "logout+jwt" | "jwt") {
        return Err(LogoutTokenError::Type);
    }
    let claims: Claims = id_token::verify(token, key)?;
    claims.check(expected)?;
    seen.first(&claims.jti, (claims.exp.saturating_add(LEEWAY), expected.now))?;
    Ok(Leaver { sid: claims.sid, sub: claims.sub })
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), LogoutTokenError> {
        if self.iss != expected.issuer {
            return Err(IdTokenError::Issuer.into());
        }
        if !self.aud.has(expected.client_id) {
            return Err(IdTokenError::Audience.into());
        }
        if expected.now >= self.exp.saturating_add(LEEWAY) || self.exp.saturating_sub(self.iat) > LONGEST_LIFE
        {
            return Err(IdTokenError::Expired.into());
        }
        if self.iat > expected.now.saturating_add(LEEWAY) {
            return Err(IdTokenError::NotYetIssued.into());
        }
        if self.sid.is_none() && self.sub.is_none() {
            return Err(LogoutTokenError::Nobody);
        }
        if !self.events.get(EVENT).is_some_and(Value::is_object) {
            return Err(LogoutTokenError::Event);
        }
        if self.nonce.is_some() {
            return Err(LogoutTokenError::Nonce);
        }
        Ok(())
    }
}

/// The identifiers of logout tokens that have been here, each until its token would have run out.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<Digest, i64>>);

impl Seen {
    /// Step 6. `(until, now)` in seconds since 1970. Where there is no room, the one that would end first is forgotten.
    fn first(&self, jti: &str, (until, now): (i64, i64)) -> Result<(), LogoutTokenError> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until > now);
        if seen.len() >= MOST_SEEN
            && let Some(oldest) = seen.iter().min_by_key(|(_, until)| **until).map(|(jti, _)| *jti)
        {
            seen.remove(&oldest);
        }
        match seen.insert(digest(jti), until) {
            None => Ok(()),
            Some(_) => Err(LogoutTokenError::Replayed),
        }
    }
}
