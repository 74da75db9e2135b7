//! Secrets: random, prefixed, redacted, and stored only as their SHA-256.
//!
//! Each kind of secret is a type of its own, so that none can be passed for another. The prefix lets secret
//! scanners find a leaked one. Full-entropy secrets need no salt and no slow hash.

use std::{fmt, marker::PhantomData};

use aws_lc_rs::{digest, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::random::Random;

/// What tells one kind of secret from another.
pub trait Kind {
    /// Text that each secret of this kind starts with.
    const PREFIX: &'static str;
    /// Random bytes in it; 16 or more.
    const BYTES: usize = 32;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $secret:ident = $kind:ident, $prefix:literal, $bytes:literal;)*) => {$(
        #[doc = concat!("Marks [`", stringify!($secret), "`].")]
        #[derive(Clone)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
            const BYTES: usize = $bytes;
        }
        $(#[$doc])*
        pub type $secret = Secret<$kind>;
    )*};
}

kinds! {
    /// "I started this login": held by one browser.
    BrowserSecret = Browser, "saoma_browser_", 32;
    /// "I scanned this login": held by one phone, used once.
    Ticket = TicketKind, "saoma_ticket_", 32;
    /// The authorization code (RFC 6749 section 4.1.2).
    Code = CodeKind, "saoma_code_", 32;
    /// "I am signed in here": held by one browser.
    SessionSecret = SessionKind, "saoma_session_", 32;
    /// A pushed authorization request's name (RFC 9126 section 2.2).
    RequestUri = Request, "urn:ietf:params:oauth:request_uri:saoma_request_", 32;
    /// A site's refresh token (RFC 6749 section 1.5).
    RefreshToken = Refresh, "saoma_refresh_", 32;
    /// A device's refresh token, bound to the device's key.
    DeviceToken = Device, "saoma_device_", 32;
    /// A device's access token, bound to the device's key.
    PhoneToken = Phone, "saoma_phone_", 32;
    /// "I wait to be let in": held by one device, bound to its key.
    WaitingToken = WaitingKind, "saoma_waiting_", 32;
    /// A site's own credential (RFC 6749 section 2.3.1).
    ClientSecret = Client, "saoma_client_", 32;
    /// Lets somebody register clients (RFC 7591 section 3).
    InitialAccessToken = InitialAccess, "saoma_initial_", 32;
    /// Lets a client manage its registration (RFC 7592 section 3).
    RegistrationToken = RegistrationAccess, "saoma_registration_", 32;
}

/// A secret of kind `K`: prefix and base64url. Its `Debug` shows the prefix alone.
pub struct Secret<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Secret<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K: Kind> Secret<K> {
    /// A new random secret.
    pub fn generate(random: &Random) -> Self {
        let bytes: [u8; 32] = random.bytes();
        Self::encode(&bytes[..K::BYTES])
    }

    /// A secret that follows from a key and a message by HMAC-SHA256 (RFC 2104): who lacks either cannot tell it.
    pub fn derive(key: &str, message: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        Self::encode(&hmac::sign(&key, message).as_ref()[..K::BYTES])
    }

    /// Reads a secret; `None` if it has not the shape of this kind. Whether it is a good one, the store says.
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(K::PREFIX)?;
        let mut bytes = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()?;
        (length == K::BYTES).then(|| Self { text: text.to_owned(), kind: PhantomData })
    }

    fn encode(bytes: &[u8]) -> Self {
        Self { text: format!("{}{}", K::PREFIX, URL_SAFE_NO_PAD.encode(bytes)), kind: PhantomData }
    }
}

impl<K> Secret<K> {
    /// The secret itself, to hand to the one party that holds it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What the store keeps of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.text)
    }
}

impl<K: Kind> fmt::Debug for Secret<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", K::PREFIX)
    }
}

/// SHA-256 of a secret (FIPS 180-4). Compared in constant time.
#[derive(Clone, Copy, Eq)]
pub struct Digest([u8; 32]);

/// SHA-256 of bytes that are no secret (FIPS 180-4).
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

impl Digest {
    /// Hashes a text.
    pub fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// Hashes bytes.
    pub fn of_bytes(content: &[u8]) -> Self {
        Self(sha256(content))
    }

    /// From the 32 bytes that the store kept; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes for the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// In base64url, as PKCE (RFC 7636 section 4.2) and DPoP (RFC 9449 section 4.2) write hashes.
    pub fn to_base64url(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_generated_parses_as_its_kind_alone() {
        let ticket = Ticket::generate(&Random::seeded(1));
        assert_eq!(Ticket::parse(ticket.expose()).unwrap().digest(), ticket.digest());
        assert!(Code::parse(ticket.expose()).is_none());
        assert!(Ticket::parse("saoma_ticket_short").is_none());
    }

    #[test]
    fn debug_shows_the_prefix_alone() {
        let secret = BrowserSecret::generate(&Random::System);
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "saoma_browser_… Digest(…)");
    }

    #[test]
    fn a_derived_secret_needs_both_its_parents() {
        let derive = |key, salt: &[u8]| Code::derive(key, salt).digest();
        assert_eq!(derive("key", b"salt"), derive("key", b"salt"));
        assert_ne!(derive("key", b"salt"), derive("yek", b"salt"));
        assert_ne!(derive("key", b"salt"), derive("key", b"tlas"));
    }

    #[test]
    fn a_digest_is_sha_256() {
        assert_eq!(Digest::of("abc").to_base64url(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
