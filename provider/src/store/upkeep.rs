//! Housekeeping.

use async_trait::async_trait;

use crate::{clock::Time, store::StoreError};

/// Housekeeping.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Deletes what has ended and is of no more use: tokens and proofs that expired before `now`; logins, grants and
    /// devices that ended before `keep_since`. Answers how many rows went.
    async fn sweep(&self, now: Time, keep_since: Time) -> Result<u64, StoreError>;
    /// Whether the store can write.
    async fn check(&self) -> Result<(), StoreError>;
    /// Finishes what is under way and closes.
    async fn close(&self);
}
