//! Proof Key for Code Exchange (RFC 7636), method `S256` alone (RFC 9700 section 2.1.1).

use std::fmt;

use subtle::ConstantTimeEq;

use crate::secret::Digest;

/// Length of a SHA-256 in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// A code challenge by S256 (section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Reads a challenge; `None` if it cannot be a SHA-256 in base64url.
    pub fn parse(text: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (text.len() == CHALLENGE_LENGTH && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// The challenge's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this verifier is the one that was hashed (section 4.6).
    pub fn accepts(&self, verifier: &Verifier) -> bool {
        verifier.challenge().0.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// A code verifier (section 4.1): what was hashed, a secret of the client's. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Verifier(String);

impl Verifier {
    /// Reads a verifier: 43 to 128 unreserved characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        ((43..=128).contains(&text.len()) && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// Its challenge by S256 (section 4.2).
    pub fn challenge(&self) -> Challenge {
        Challenge(Digest::of(&self.0).to_base64url())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_rfc_s_own_example() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        let verifier = |text| Verifier::parse(text).unwrap();
        assert!(challenge.accepts(&verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(!challenge.accepts(&verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")));
    }

    #[test]
    fn a_verifier_is_43_to_128_unreserved_characters_and_shows_none_of_them() {
        for length in [43, 128] {
            let verifier = Verifier::parse(&"~".repeat(length)).unwrap();
            assert_eq!(format!("{verifier:?}"), "Verifier(…)");
        }
        for odd in ["short".to_owned(), "a".repeat(42), "a".repeat(129), "+".repeat(43), "扫".repeat(15)] {
            assert!(Verifier::parse(&odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_challenge_is_a_sha_256_in_base64url() {
        assert!(Challenge::parse("too-short").is_none());
        assert!(Challenge::parse(&"+".repeat(43)).is_none());
    }
}
