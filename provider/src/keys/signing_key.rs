//! One signing key: how it is made, read and shown to others.

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair},
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};

use super::{KeyError, PrivateKey};
use crate::oauth::client::SigningAlgorithm;

/// A key, ready for use.
pub(super) struct SigningKey {
    pub(super) algorithm: SigningAlgorithm,
    pub(super) private: EncodingKey,
    pub(super) public: DecodingKey,
    pub(super) jwk: Jwk,
    pub(super) kid: String,
}

impl SigningKey {
    pub(super) fn read(algorithm: SigningAlgorithm, private: &PrivateKey) -> Result<Self, KeyError> {
        let der = private.0.as_slice();
        let private = match algorithm {
            SigningAlgorithm::Rs256 => EncodingKey::from_rsa_der(pkcs1(der)?),
            SigningAlgorithm::Es256 => EncodingKey::from_ec_der(der),
            SigningAlgorithm::EdDsa => EncodingKey::from_ed_der(der),
        };
        let mut jwk = Jwk::from_encoding_key(&private, jws(algorithm))?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { algorithm, public: DecodingKey::from_jwk(&jwk)?, private, jwk, kid })
    }
}

/// Makes a private key. Hundreds of milliseconds of prime numbers are not for an async thread.
pub(super) async fn make(algorithm: SigningAlgorithm) -> Result<PrivateKey, KeyError> {
    tokio::task::spawn_blocking(move || generate(algorithm)).await.map_err(|_| KeyError::Generation)?
}

fn generate(algorithm: SigningAlgorithm) -> Result<PrivateKey, KeyError> {
    let der = match algorithm {
        SigningAlgorithm::Rs256 => {
            let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
            key.as_der().map_err(|_| KeyError::Generation)?.as_ref().to_vec()
        }
        SigningAlgorithm::Es256 => {
            let key =
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Generation)?;
            key.to_pkcs8v1().map_err(|_| KeyError::Generation)?.as_ref().to_vec()
        }
        SigningAlgorithm::EdDsa => {
            let key = Ed25519KeyPair::generate().map_err(|_| KeyError::Generation)?;
            key.to_pkcs8v1().map_err(|_| KeyError::Generation)?.as_ref().to_vec()
        }
    };
    Ok(PrivateKey(der.into()))
}

/// The `RSAPrivateKey` (RFC 8017 appendix A.1.2), which is what the signer reads, inside a `PrivateKeyInfo` (RFC 5208 section 5).
///
/// With a modulus of 2048 bits every length around it takes two bytes, so it starts at a fixed place: after the outer header
/// (4 bytes), the version (3), the algorithm (15) and the octet string's header (4).
fn pkcs1(pkcs8: &[u8]) -> Result<&[u8], KeyError> {
    const RSA: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    match (pkcs8.get(7..22), pkcs8.get(26..)) {
        (Some(algorithm), Some(key)) if algorithm == RSA => Ok(key),
        _ => Err(KeyError::NotRsa),
    }
}

/// The algorithm as the JWT library names it.
pub(super) const fn jws(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Rs256 => Algorithm::RS256,
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
