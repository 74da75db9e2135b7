//! The secret in a reader's cookie.

use crate::secret::{self, Digest};

const PREFIX: &str = "gnomon_session_";
const LENGTH: usize = PREFIX.len() + 43;

/// A session's identifier: known to the reader's browser alone. The prefix lets secret scanners find a leak.
#[derive(Clone)]
pub struct SessionId(String);

impl SessionId {
    /// A new one, from 32 random bytes.
    pub fn random() -> Self {
        Self(format!("{PREFIX}{}", secret::random()))
    }

    /// Reads a cookie's value; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == LENGTH && text.starts_with(PREFIX)).then(|| Self(text.to_owned()))
    }

    /// The value for the cookie, and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the site keeps.
    pub fn digest(&self) -> Digest {
        secret::digest(&self.0)
    }
}

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId([redacted])")
    }
}
