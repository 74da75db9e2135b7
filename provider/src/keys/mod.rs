//! The provider's signing keys: one for each algorithm, made at first start, kept in the store.
//!
//! Each key is known by its thumbprint (RFC 7638), which is its `kid`.

mod master;

use std::collections::HashMap;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair},
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use master::MasterSecret;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    clock::Time,
    oauth::client::SigningAlgorithm,
    store::{KeyStore, StoreError},
};

/// A private key in PKCS#8 (RFC 5208) and DER, for the store.
#[derive(Clone)]
pub struct PrivateKey(pub Vec<u8>);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// What can be wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No key could be made.
    #[error("making a signing key failed")]
    Generation,
    /// The store's key is none.
    #[error("a stored signing key cannot be read")]
    Unreadable(#[from] jsonwebtoken::errors::Error),
    /// The store's RSA key is none.
    #[error("a stored signing key is not an RSA key of 2048 bits in PKCS#8")]
    NotRsa,
    /// The store's master secret is none.
    #[error("the stored master secret is not 32 bytes long")]
    NoMasterSecret,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct SigningKey {
    private: EncodingKey,
    public: DecodingKey,
    jwk: Jwk,
    kid: String,
}

/// All signing keys, ready for use, and the master secret.
pub struct KeyRing {
    master: MasterSecret,
    keys: HashMap<SigningAlgorithm, SigningKey>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.values().map(|key| &key.kid)).finish()
    }
}

impl KeyRing {
    /// Loads the keys, making those that are missing. Servers that start at once agree on the first one's.
    pub async fn load_or_make(store: &dyn KeyStore, now: Time) -> Result<Self, KeyError> {
        let mut keys = HashMap::new();
        for algorithm in SigningAlgorithm::ALL {
            let private = if let Some(private) = store.signing_key(algorithm).await? {
                private
            } else {
                // Hundreds of milliseconds of prime numbers are not for an async thread.
                let made = tokio::task::spawn_blocking(move || generate(algorithm));
                let made = made.await.map_err(|_| KeyError::Generation)??;
                store.keep_signing_key(algorithm, &made, now).await?
            };
            keys.insert(algorithm, SigningKey::read(algorithm, &private)?);
        }
        Ok(Self { master: MasterSecret::load_or_make(store, now).await?, keys })
    }

    /// 32 bytes that only this provider can tell: HMAC-SHA256 (RFC 2104) of a purpose and a message under the master secret.
    /// The same on each of its servers, and for ever; each purpose has values of its own.
    pub fn derive(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.master.derive(purpose, message)
    }

    /// Signs claims as a JWT of this type.
    ///
    /// # Errors
    ///
    /// Fails if the claims cannot be serialised.
    pub fn sign(
        &self,
        algorithm: SigningAlgorithm,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let key = self.key(algorithm);
        let mut header = Header::new(jws(algorithm));
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, claims, &key.private)
    }

    /// The claims of a JWT that we signed with this algorithm and type; times are the caller's to check.
    pub fn verify<T: DeserializeOwned>(
        &self,
        algorithm: SigningAlgorithm,
        typ: &str,
        token: &str,
    ) -> Option<T> {
        let key = self.key(algorithm);
        let mut validation = Validation::new(jws(algorithm));
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let data = jsonwebtoken::decode::<T>(token, &key.public, &validation).ok()?;
        let ours = data.header.kid.as_deref() == Some(&key.kid) && data.header.typ.as_deref() == Some(typ);
        (ours && data.header.crit.is_none()).then_some(data.claims)
    }

    /// The public keys (RFC 7517 section 5).
    pub fn jwks(&self) -> JwkSet {
        let in_order = SigningAlgorithm::ALL.iter().filter_map(|algorithm| self.keys.get(algorithm));
        JwkSet { keys: in_order.map(|key| key.jwk.clone()).collect() }
    }

    fn key(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        self.keys.get(&algorithm).expect("a key ring has a key for each algorithm")
    }
}

impl SigningKey {
    fn read(algorithm: SigningAlgorithm, private: &PrivateKey) -> Result<Self, KeyError> {
        let private = match algorithm {
            SigningAlgorithm::Rs256 => EncodingKey::from_rsa_der(pkcs1(&private.0)?),
            SigningAlgorithm::Es256 => EncodingKey::from_ec_der(&private.0),
        };
        let mut jwk = Jwk::from_encoding_key(&private, jws(algorithm))?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { public: DecodingKey::from_jwk(&jwk)?, private, jwk, kid })
    }
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
    };
    Ok(PrivateKey(der))
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

const fn jws(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Rs256 => Algorithm::RS256,
        SigningAlgorithm::Es256 => Algorithm::ES256,
    }
}
