//! The provider's signing keys, kept in the store: for each algorithm one that signs, and beside it those that come and go
//! ([`rotation`]).
//!
//! Each key is known by its thumbprint (RFC 7638), which is its `kid`. What the store holds of keys is sealed ([`sealing`]), with what the
//! operator gave or, by default, a key in a file beside the store ([`key_file`]).

pub mod key_file;
mod master;
pub mod rotation;
pub mod sealing;
mod signing_key;
mod vault;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{Header, jwk::JwkSet};
use master::MasterSecret;
use rotation::{Stage, stage};
use sealing::{KeyEncryption, Sealed};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use signing_key::{SigningKey, jws};
pub use vault::{Place, Vault};
use zeroize::Zeroizing;

use crate::{
    clock::Time,
    oauth::{client::SigningAlgorithm, jose::Jws},
    store::{KeyStore, StoreError},
};

/// Longest token of ours that is looked at, in bytes: no request has more room.
const LONGEST: usize = 16 * 1024;

/// A private key in PKCS#8 (RFC 5208) and DER.
struct PrivateKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// A signing key as the store keeps it.
#[derive(Debug, Clone)]
pub struct KeptKey {
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// 1, 2, …: the order in which keys of an algorithm follow each other.
    pub number: u32,
    /// The key itself, sealed.
    pub private: Sealed,
    /// When it was made.
    pub created_at: Time,
    /// From when on it signs.
    pub signs_from: Time,
}

impl KeptKey {
    fn place(&self) -> Place {
        Place::SigningKey(self.algorithm, self.number)
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
    /// Nothing could be sealed.
    #[error("sealing a key failed")]
    Sealing,
    /// Sealed, and there is nothing to open it with.
    #[error(
        "the stored keys are encrypted: put keys.secret back beside the database, or name the key-encryption key by \
         key_encryption_key_file"
    )]
    NoKeyEncryptionKey,
    /// Sealed under another key, or damaged.
    #[error("the stored {0} opens with no key of the key-encryption key file: is it the right file?")]
    Unsealable(String),
    /// The store's master secret is none.
    #[error("the stored master secret is not 32 bytes long")]
    NoMasterSecret,
    /// None of an algorithm's keys signs: this machine's clock is behind that of whoever made them.
    #[error("no {} key signs yet: is this machine's clock right?", .0.as_str())]
    NoneSigns(SigningAlgorithm),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All signing keys, ready for use, and the master secret.
pub struct KeyRing {
    encryption: KeyEncryption,
    master: MasterSecret,
    keys: RwLock<Arc<Published>>,
}

/// The keys that are published. Of each algorithm the one that signs comes first.
struct Published(Vec<SigningKey>);

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.published().0.iter().map(|key| &key.kid)).finish()
    }
}

impl KeyRing {
    /// Loads the keys, making those that are missing and sealing anew those that are not under the first key-encryption key.
    /// Servers that start at once agree on the first one's.
    pub async fn load_or_make(
        store: &dyn KeyStore,
        encryption: KeyEncryption,
        now: Time,
    ) -> Result<Self, KeyError> {
        let vault = Vault::new(store, &encryption);
        vault.reseal(master::NAME).await?;
        let kept = store.signing_keys().await?;
        for algorithm in SigningAlgorithm::ALL {
            if !kept.iter().any(|key| key.algorithm == algorithm) {
                let private = signing_key::make(algorithm).await?;
                let private = vault.seal(Place::SigningKey(algorithm, 1), &private)?;
                let first = KeptKey { algorithm, number: 1, private, created_at: now, signs_from: now };
                // If another server was quicker, its key it is.
                store.add_signing_key(&first).await?;
            }
        }
        let keys = RwLock::new(Arc::new(Published::load(&vault, now).await?));
        let master = MasterSecret::load_or_make(&vault, now).await?;
        Ok(Self { encryption, master, keys })
    }

    /// Looks after the keys: makes the next ones in time, deletes those that are over, and takes over what other servers and
    /// commands have done. Keys sign for `rotate_after`; `None`: until somebody rotates them.
    pub async fn tend(
        &self,
        store: &dyn KeyStore,
        rotate_after: Option<Duration>,
        now: Time,
    ) -> Result<(), KeyError> {
        let vault = Vault::new(store, &self.encryption);
        rotation::tend(&vault, rotate_after, now).await?;
        let fresh = Arc::new(Published::load(&vault, now).await?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
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
        let published = self.published();
        let key = published.signer(algorithm);
        let mut header = Header::new(jws(algorithm));
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, claims, &key.private)
    }

    /// The claims of a JWT that we signed with this algorithm and type, by any key that is still published; times are the
    /// caller's to check.
    ///
    /// A token is known by what it claims (its `jti`), never by its bytes: of an ECDSA signature anybody can make a second
    /// one that is as good (SEC 1 section 4.1.4, with n − s for s).
    pub fn verify<T: DeserializeOwned>(
        &self,
        algorithm: SigningAlgorithm,
        typ: &str,
        token: &str,
    ) -> Option<T> {
        let token = Jws::parse(token, LONGEST)?;
        let ours = token.header_text("typ") == Some(typ)
            && token.header_text("alg") == Some(algorithm.as_str())
            && !token.brings_a_key();
        let kid = token.header_text("kid").filter(|_| ours)?;
        let published = self.published();
        let key = published.0.iter().find(|key| key.algorithm == algorithm && key.kid == kid)?;
        let is_good = token.is_signed_by(&key.public, jws(algorithm));
        is_good.then(|| serde_json::from_value(Value::Object(token.claims)).ok()).flatten()
    }

    /// The public keys (RFC 7517 section 5).
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: self.published().0.iter().map(|key| key.jwk.clone()).collect() }
    }

    fn published(&self) -> Arc<Published> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Published {
    async fn load(vault: &Vault<'_>, now: Time) -> Result<Self, KeyError> {
        let kept = vault.signing_keys().await?;
        let mut keys = Vec::new();
        for algorithm in SigningAlgorithm::ALL {
            let of_algorithm = |stage_now| {
                kept.iter()
                    .filter(move |key| key.algorithm == algorithm)
                    .filter(|key| stage(key, &kept, now) == stage_now)
                    .map(|key| vault.read(key))
                    .collect::<Result<Vec<_>, _>>()
            };
            let signing = of_algorithm(Stage::Signing)?;
            if signing.is_empty() {
                return Err(KeyError::NoneSigns(algorithm));
            }
            keys.extend(signing);
            keys.extend(of_algorithm(Stage::Next)?);
            keys.extend(of_algorithm(Stage::Retiring)?);
        }
        Ok(Self(keys))
    }

    fn signer(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        let found = self.0.iter().find(|key| key.algorithm == algorithm);
        found.expect("there is a key for each algorithm, and the one that signs comes first")
    }
}
