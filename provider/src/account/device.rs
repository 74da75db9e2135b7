//! Devices: phones that were signed in on, each known by the key that it made.

use uuid::Uuid;

use super::AccountId;
use crate::{clock::Time, oauth::dpop::Thumbprint, plain_text::is_plain, secret::Digest};

/// Longest device name, in characters.
pub const NAME_LENGTH: usize = 64;

/// How many devices an account may have at once.
pub const MOST_DEVICES: u32 = 20;

/// Identifies a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceId(pub Uuid);

/// What its owner calls a device: 1 to 64 characters that can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// Reads a name; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=NAME_LENGTH).contains(&text.chars().count()) && is_plain(text);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An enrolled device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its identifier.
    pub id: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: DeviceName,
    /// Thumbprint of its public key: all its tokens are bound to it (RFC 9449 section 6).
    pub key: Thumbprint,
    /// Hash of its refresh token.
    pub token: Digest,
    /// When the refresh token ends.
    pub token_expires_at: Time,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When it last asked for an access token.
    pub last_seen_at: Time,
}

impl Device {
    /// The device as its owner sees it on the device `current`.
    pub fn summary(&self, current: DeviceId) -> protocol::phone::DeviceSummary {
        protocol::phone::DeviceSummary {
            id: self.id.0.to_string(),
            name: self.name.as_str().to_owned(),
            enrolled_at: self.enrolled_at.seconds(),
            last_seen_at: self.last_seen_at.seconds(),
            current: self.id == current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_printable() {
        assert_eq!(DeviceName::parse(" Lin's phone ").unwrap().as_str(), "Lin's phone");
        for odd in ["", " ", "a\u{7}b", "a\u{202e}b", &"a".repeat(65)] {
            assert!(DeviceName::parse(odd).is_none(), "{odd:?}");
        }
    }
}
