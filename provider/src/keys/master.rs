//! The server's master secret, from which others are derived.
//!
//! One secret is made at first start and kept in the store. What else the server must know and nobody may guess follows from
//! it by HMAC-SHA256 (RFC 2104): each purpose has its own values, which tell nothing of another's.

use std::fmt;

use aws_lc_rs::hmac;

use zeroize::Zeroizing;

use super::{KeyError, Vault};
use crate::{clock::Time, random::Random};

/// Its name in the store.
pub(super) const NAME: &str = "master";

/// The master secret, ready for use.
pub(super) struct MasterSecret(hmac::Key);

impl fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSecret(…)")
    }
}

impl MasterSecret {
    /// Loads the secret, making it if there is none. Servers that start at once agree on the first one's.
    pub(super) async fn load_or_make(vault: &Vault<'_>, now: Time) -> Result<Self, KeyError> {
        let kept = vault.secret_or(NAME, || Zeroizing::new(Random::System.bytes()), now).await?;
        if kept.len() != 32 {
            return Err(KeyError::NoMasterSecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &kept)))
    }

    /// 32 bytes that follow from the secret, a purpose and a message. The purpose goes in with its length before it, so that
    /// no purpose and message read as another pair.
    pub(super) fn derive(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&(purpose.len() as u64).to_be_bytes());
        context.update(purpose.as_bytes());
        context.update(message);
        let mut derived = [0; 32];
        derived.copy_from_slice(context.sign().as_ref());
        derived
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> MasterSecret {
        MasterSecret(hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]))
    }

    #[test]
    fn it_follows_from_secret_purpose_and_message() {
        let derived = secret(1).derive("subject", b"lin");
        assert_eq!(derived, secret(1).derive("subject", b"lin"));
        assert_ne!(derived, secret(2).derive("subject", b"lin"));
        assert_ne!(derived, secret(1).derive("nonce", b"lin"));
        assert_ne!(derived, secret(1).derive("subject", b"mei"));
    }

    #[test]
    fn purpose_and_message_cannot_be_shifted_into_each_other() {
        assert_ne!(secret(1).derive("ab", b"c"), secret(1).derive("a", b"bc"));
        assert_ne!(secret(1).derive("", b"abc"), secret(1).derive("abc", b""));
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", secret(1)), "MasterSecret(…)");
    }
}
