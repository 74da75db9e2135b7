//! Sites that register themselves, and the upkeep of any.

use async_trait::async_trait;

use crate::{
    clock::Time,
    oauth::client::{Client, ClientId},
    secret::Digest,
    store::StoreError,
};

/// Clients that register themselves, and what is done with a client.
#[async_trait]
pub trait RegistrationStore: Send + Sync {
    /// Keeps an initial access token, good for so many registrations.
    async fn keep_initial_access_token(
        &self,
        token: &Digest,
        uses: u32,
        expires_at: Time,
    ) -> Result<(), StoreError>;
    /// Keeps a client that registers itself, and counts its initial access token down: both or neither.
    async fn register_client(&self, new: &NewRegistration, now: Time) -> Result<Registration, StoreError>;
    /// The client whose registration this token manages, and since when it is registered.
    async fn registered_client(
        &self,
        id: &ClientId,
        token: &Digest,
    ) -> Result<Option<(Client, Time)>, StoreError>;
    /// Replaces a client, if this token manages its registration; `false` if not.
    async fn replace_registered_client(
        &self,
        client: &Client,
        token: &Digest,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Removes a client, and revokes its grants; with a token only if that manages its registration. `false`: there is none.
    async fn remove_client(
        &self,
        id: &ClientId,
        token: Option<&Digest>,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Gives a client another secret. Those that it has end at `old_until`, if they do not end before; `false` if it has none.
    async fn rotate_client_secret(
        &self,
        id: &ClientId,
        new: &Digest,
        old_until: Time,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Every client, by identifier, without secrets.
    async fn clients(&self) -> Result<Vec<Client>, StoreError>;
}

/// A client that registers itself.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// The client.
    pub client: Client,
    /// Hash of the token by which it manages its registration.
    pub token: Digest,
    /// Hash of the token that allows it, where one is needed: it counts one down.
    pub initial_access_token: Option<Digest>,
    /// Most registrations that there may be.
    pub most: u32,
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// It is kept.
    Registered,
    /// The initial access token is unknown, used up or expired.
    NotAllowed,
    /// There are too many.
    Full,
}
