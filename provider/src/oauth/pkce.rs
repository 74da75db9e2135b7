//! Proof Key for Code Exchange (RFC 7636), method `S256` alone (RFC 9700 section 2.1.1).

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

    /// Whether this verifier (43 to 128 unreserved characters, section 4.1) is the one that was hashed (section 4.6).
    pub fn accepts(&self, verifier: &str) -> bool {
        let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let well_formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(good);
        let hashed = Digest::of(verifier).to_base64url();
        well_formed && bool::from(hashed.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    #[test]
    fn the_rfc_s_own_example() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.accepts("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.accepts("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
    }

    #[test]
    fn a_short_verifier_is_refused_even_if_its_hash_is_right() {
        let challenge = Challenge::parse(&Digest::of("short").to_base64url()).unwrap();
        assert!(!challenge.accepts("short"));
    }

    #[test]
    fn a_challenge_is_a_sha_256_in_base64url() {
        assert!(Challenge::parse("too-short").is_none());
        assert!(Challenge::parse(&"+".repeat(43)).is_none());
    }
}
