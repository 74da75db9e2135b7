//! Keys of the audit's own, and what they prove (DPoP, RFC 9449).

use super::{Stop, target::broken};
use crate::{
    clock::Clock,
    mock_phone::{DeviceKey, PhoneError, ProofTarget, Secret, proof, proof_with_nonce},
};

/// A key.
pub(super) struct Key(DeviceKey);

impl Key {
    /// Makes one.
    pub(super) fn make() -> Result<Self, Stop> {
        DeviceKey::generate().map(Self).map_err(|error| broken(&error))
    }

    /// Proves it for a `POST` to a URL, now.
    pub(super) fn proof(&self, url: &str) -> Result<String, Stop> {
        self.proof_of(url, 0)
    }

    /// The same as of so many seconds ago.
    pub(super) fn proof_of(&self, url: &str, seconds_ago: i64) -> Result<String, Stop> {
        made(proof(&self.0, post(url), now() - seconds_ago))
    }

    /// The same with an access token.
    pub(super) fn proof_for(&self, url: &str, token: &Secret) -> Result<String, Stop> {
        made(proof(&self.0, ProofTarget { access_token: Some(token), ..post(url) }, now()))
    }

    /// The same with a nonce.
    pub(super) fn proof_with(&self, url: &str, nonce: &str) -> Result<String, Stop> {
        made(proof_with_nonce(&self.0, post(url), now(), nonce))
    }
}

fn post(url: &str) -> ProofTarget<'_> {
    ProofTarget { method: "POST", url, access_token: None }
}

fn now() -> i64 {
    Clock::System.now().seconds()
}

fn made(proof: Result<String, PhoneError>) -> Result<String, Stop> {
    proof.map_err(|error| broken(&error))
}
