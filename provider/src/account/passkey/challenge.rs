//! Challenges (WebAuthn section 13.4.3): random, for one purpose and one caller, good for some minutes, once.
//!
//! A challenge carries its own end and a seal: HMAC-SHA256 under the master secret over purpose, caller, end and nonce. So asking for one
//! takes no memory, and no flood of askers can push somebody's challenge out. What makes it single use is kept when it comes back in a
//! ceremony that is otherwise good, until its end.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::PasskeyError;
use crate::{account::device::DeviceId, app::App, clock::Time, oauth::dpop::Thumbprint, secret::Digest};

/// How long a ceremony may take.
pub const LASTS: Duration = Duration::from_mins(5);

/// How long a challenge for an unlock is good: its login, which is over earlier, says when it is too late.
const UNLOCK_LASTS: Duration = Duration::from_mins(30);

const NONCE: usize = 16;
const END: usize = 8;
const SEAL: usize = 16;

/// What a challenge is for, and who may bring it back.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// A new passkey, made on this device.
    Register(DeviceId),
    /// Signing in on a phone with this key.
    SignIn(&'a Thumbprint),
    /// Proving who holds the phone, for the login that this ticket is for.
    Unlock(&'a Digest),
}

impl Purpose<'_> {
    const fn lasts(&self) -> Duration {
        match self {
            Self::Register(_) | Self::SignIn(_) => LASTS,
            Self::Unlock(_) => UNLOCK_LASTS,
        }
    }

    /// What is sealed with the challenge: a word, and the caller.
    fn context(&self) -> Vec<u8> {
        match self {
            Self::Register(device) => [b"register ".as_slice(), device.0.as_bytes()].concat(),
            Self::SignIn(key) => [b"sign-in ".as_slice(), key.as_str().as_bytes()].concat(),
            Self::Unlock(ticket) => [b"unlock ".as_slice(), ticket.as_bytes()].concat(),
        }
    }
}

/// A new challenge, in base64url.
pub(super) fn issue(app: &App, purpose: Purpose<'_>) -> String {
    let end = app.clock.now() + purpose.lasts();
    let nonce: [u8; NONCE] = app.random.bytes();
    let open = [end.millis().to_be_bytes().as_slice(), &nonce].concat();
    let seal = seal(app, purpose, &open);
    URL_SAFE_NO_PAD.encode([open, seal.to_vec()].concat())
}

/// A challenge that came back, and is ours, for this purpose and caller, in time.
#[derive(Debug)]
pub(super) struct Good {
    digest: Digest,
    end: Time,
}

/// Judges a challenge that came back.
pub(super) fn judge(app: &App, purpose: Purpose<'_>, challenge: &str) -> Option<Good> {
    let bytes = URL_SAFE_NO_PAD.decode(challenge).ok()?;
    let (open, sealed) = bytes.split_at_checked(END + NONCE)?;
    let genuine: bool = seal(app, purpose, open).ct_eq(sealed).into();
    let end = Time::from_millis(i64::from_be_bytes(open[..END].try_into().ok()?));
    (genuine && app.clock.now() < end).then(|| Good { digest: Digest::of(challenge), end })
}

/// Spends a challenge, at the end of a ceremony in which all else was good.
pub(super) async fn spend(app: &App, good: Good) -> Result<(), PasskeyError> {
    let fresh = app.store.remember_proof(&good.digest, good.end).await?;
    if fresh { Ok(()) } else { Err(PasskeyError::Refused("the challenge was used before")) }
}

fn seal(app: &App, purpose: Purpose<'_>, open: &[u8]) -> [u8; SEAL] {
    let derived = app.keys.derive("passkey-challenge", &[open, &purpose.context()].concat());
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&derived[..SEAL]);
    seal
}
