//! The public keys of passkeys (RFC 9052 section 7, RFC 9053 section 7.1, RFC 8230 section 4), and their signatures.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    VerificationAlgorithm,
};

use super::cbor::Map;

/// Algorithms that a passkey may use, the best first, by their COSE numbers (RFC 9053 section 2, RFC 8812 section 2).
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Longest RSA modulus, in bytes.
const LONGEST_MODULUS: usize = 1024;

/// The public key of a passkey.
#[derive(Debug)]
pub(super) enum PublicKey {
    /// An elliptic curve's.
    Curve(ParsedPublicKey),
    /// RSA's.
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
}

impl PublicKey {
    /// Reads a COSE key; `None` if it is none of [`ALGORITHMS`], or not a point of its curve.
    pub(super) fn read(key: &Map<'_>) -> Option<Self> {
        let (kind, algorithm) = (key.integer(1)?, key.integer(3)?);
        match (kind, algorithm) {
            // EC2 on P-256 (WebAuthn section 5.8.5): both coordinates, none of them compressed.
            (2, ES256) if key.integer(-1)? == 1 => {
                let (x, y) = (key.bytes(-2)?, key.bytes(-3)?);
                let point = [&[4], x, y].concat();
                (x.len() == 32 && y.len() == 32).then_some(())?;
                curve(&ECDSA_P256_SHA256_ASN1, &point)
            }
            // OKP on Ed25519.
            (1, EDDSA) if key.integer(-1)? == 6 => curve(&ED25519, key.bytes(-2)?),
            (3, RS256) => {
                let (n, e) = (key.bytes(-1)?, key.bytes(-2)?);
                ((256..=LONGEST_MODULUS).contains(&n.len()) && (1..=4).contains(&e.len())).then_some(())?;
                Some(Self::Rsa(RsaPublicKeyComponents { n: n.to_vec(), e: e.to_vec() }))
            }
            _ => None,
        }
    }

    /// Whether a signature is this key's.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Curve(key) => key.verify_sig(message, signature).is_ok(),
            Self::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok(),
        }
    }
}

fn curve(algorithm: &'static dyn VerificationAlgorithm, key: &[u8]) -> Option<PublicKey> {
    ParsedPublicKey::new(algorithm, key).ok().map(PublicKey::Curve)
}
