//! The audit trail.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    account::{
        AccountId,
        device::{DeviceId, DeviceName},
    },
    clock::Time,
    trail::{Count, Entry, Kept, Page, Part},
};

/// The audit trail. What changes something else writes its entry by the same transaction.
#[async_trait]
pub trait TrailStore: Send + Sync {
    /// Keeps an entry that stands alone, because nothing else was changed.
    async fn record(&self, entry: &Entry) -> Result<(), StoreError>;
    /// How often an account's phones have scanned since then.
    async fn recent_requests(&self, account: AccountId, since: Time) -> Result<u64, StoreError>;
    /// What happened to an account, the newest first.
    async fn activity(&self, account: AccountId, page: Page, most: u32) -> Result<Vec<Kept>, StoreError>;
    /// The names of all devices that are known of an account, revoked ones, too.
    async fn device_names(&self, account: AccountId) -> Result<Vec<(DeviceId, DeviceName)>, StoreError>;
    /// A part of the trail, the oldest first.
    async fn trail(&self, part: Part, most: u32) -> Result<Vec<Kept>, StoreError>;
    /// What was counted, hour by hour, from the hour of `since` on.
    async fn trail_counts(&self, since: Option<Time>) -> Result<Vec<Count>, StoreError>;
    /// Deletes what is older than `before`; answers how many entries and counts went.
    async fn cut_trail(&self, before: Time) -> Result<u64, StoreError>;
}
