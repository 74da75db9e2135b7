//! Signing keys and secrets, sealed.

use async_trait::async_trait;

use crate::{
    clock::Time,
    keys::{KeptKey, Place, sealing::Sealed},
    oauth::client::SigningAlgorithm,
    store::StoreError,
};

/// The provider's signing keys and secrets.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// The secret of this name.
    async fn server_secret(&self, name: &str) -> Result<Option<Sealed>, StoreError>;
    /// Keeps a secret unless there is one of this name already; answers the one that is kept.
    async fn keep_server_secret(&self, name: &str, value: &Sealed, now: Time) -> Result<Sealed, StoreError>;
    /// All signing keys.
    async fn signing_keys(&self) -> Result<Vec<KeptKey>, StoreError>;
    /// Adds a signing key; `false` if there is one of its algorithm and number.
    async fn add_signing_key(&self, key: &KeptKey) -> Result<bool, StoreError>;
    /// Deletes an algorithm's keys of lower numbers than this; answers how many went.
    async fn delete_signing_keys_before(
        &self,
        algorithm: SigningAlgorithm,
        number: u32,
    ) -> Result<u64, StoreError>;
    /// Puts keys and secrets that were sealed anew in the place of the old ones, all or none, and leaves nothing of those in its
    /// files. What somebody else has changed meanwhile stays.
    async fn reseal(&self, resealed: &[Resealed]) -> Result<(), StoreError>;
}

/// A key or secret that was sealed anew.
#[derive(Debug, Clone)]
pub struct Resealed {
    /// Which.
    pub place: Place,
    /// What the store had.
    pub old: Sealed,
    /// What takes its place.
    pub new: Sealed,
}
