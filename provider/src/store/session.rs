//! Browser sessions.

use async_trait::async_trait;

use crate::{
    clock::Time,
    login::session::{Ending, Session, SessionId},
    oauth::client::ClientId,
    secret::Digest,
    store::StoreError,
    trail::Actor,
};

/// Browser sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// By its secret, if it lasts.
    async fn session(&self, secret: &Digest, now: Time) -> Result<Option<Session>, StoreError>;
    /// By its name at a client, if it lasts.
    async fn session_by_sid(
        &self,
        client: &ClientId,
        sid: &str,
        now: Time,
    ) -> Result<Option<Session>, StoreError>;
    /// Ends a session, and with it the grants that do not outlast it; `false` if it had ended.
    async fn end_session(
        &self,
        id: SessionId,
        ending: Ending,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError>;
}
