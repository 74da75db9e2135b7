//! Passkeys.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    account::{
        AccountId,
        device::DeviceName,
        passkey::{Passkey, PasskeyId},
        phone_session::PhoneSession,
    },
    clock::Time,
    login::context::BrowserContext,
};

/// What came of adding a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// It is kept, and the account's phones will hear of it.
    Added,
    /// It is somebody's already.
    Taken,
    /// The account has as many as it may.
    TooMany,
    /// The phone that it was made on is not signed in any more.
    DeviceRevoked,
}

/// Passkeys.
#[async_trait]
pub trait PasskeyStore: Send + Sync {
    /// Keeps a passkey that was made on this phone, and makes a notice of it that tells where. The account may have at most `most`.
    async fn add_passkey(
        &self,
        passkey: &Passkey,
        by: &PhoneSession,
        from: &BrowserContext,
        most: u32,
    ) -> Result<Addition, StoreError>;
    /// By its identifier.
    async fn passkey(&self, id: &PasskeyId) -> Result<Option<Passkey>, StoreError>;
    /// The account's, the newest first.
    async fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, StoreError>;
    /// Notes that a passkey was used; `false` if its counter has not grown, where it counts, or it is gone.
    async fn use_passkey(
        &self,
        id: &PasskeyId,
        sign_count: u32,
        backed_up: bool,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Names a passkey of the account; `None` if it has no such.
    async fn rename_passkey(
        &self,
        account: AccountId,
        id: &PasskeyId,
        name: &DeviceName,
    ) -> Result<Option<Passkey>, StoreError>;
    /// Removes a passkey of the account; `false` if it has no such.
    async fn remove_passkey(&self, id: &PasskeyId, by: &PhoneSession, now: Time) -> Result<bool, StoreError>;
    /// Removes all passkeys of an account, by the operator's word; answers how many.
    async fn remove_passkeys(&self, account: AccountId, now: Time) -> Result<u64, StoreError>;
}
