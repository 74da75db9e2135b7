//! Sites, as the operator knows them.

use async_trait::async_trait;

use crate::{
    clock::Time,
    oauth::client::{Client, ClientId},
    secret::Digest,
    store::StoreError,
};

/// Sites.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// By identifier.
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError>;
    /// The logo of this name, as PNG.
    async fn logo(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// By the hash of the metadata that it was imported from.
    async fn client_by_source(&self, source: &Digest) -> Result<Option<Client>, StoreError>;
    /// Adds or replaces clients, each with the hash of its metadata: all or none.
    async fn save_clients(&self, clients: &[(Client, Digest)], now: Time) -> Result<(), StoreError>;
}
