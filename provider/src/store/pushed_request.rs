//! Authorization requests that sites pushed (RFC 9126).

use async_trait::async_trait;

use crate::{clock::Time, oauth::client::ClientId, secret::Digest, store::StoreError};

/// Authorization requests that sites pushed.
#[async_trait]
pub trait PushedRequestStore: Send + Sync {
    /// Keeps a request's parameters (form-encoded) under the hash of its name.
    async fn keep_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        parameters: &str,
        expires_at: Time,
    ) -> Result<(), StoreError>;
    /// Takes a request of this client out, if it has not expired. `None`: this call took nothing.
    async fn take_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        now: Time,
    ) -> Result<Option<String>, StoreError>;
}
