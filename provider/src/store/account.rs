//! People, their phones, and the phones' tokens.

use async_trait::async_trait;

use crate::{
    account::{
        Account, AccountId, AccountName,
        device::{Device, DeviceId, DeviceName},
    },
    clock::Time,
    secret::Digest,
    store::{Caller, StoreError},
    trail::Actor,
};

/// People and their devices.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Adds an account; `false` if its name is taken.
    async fn insert_account(&self, account: &Account) -> Result<bool, StoreError>;
    /// By identifier.
    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// By name.
    async fn account_by_name(&self, name: &AccountName) -> Result<Option<Account>, StoreError>;
    /// The device that holds this refresh token, if neither is past.
    async fn device_by_token(&self, token: &Digest, now: Time) -> Result<Option<Device>, StoreError>;
    /// Keeps an access token and notes that the device was seen, and where; `false` if the device is revoked.
    async fn insert_phone_token(
        &self,
        token: &NewPhoneToken,
        by: Caller,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Who holds this access token, if it has not expired and the device is not revoked.
    async fn phone_by_token(
        &self,
        token: &Digest,
        now: Time,
    ) -> Result<Option<(Account, Device)>, StoreError>;
    /// The account's devices that are still signed in, the newest first.
    async fn devices(&self, account: AccountId, now: Time) -> Result<Vec<Device>, StoreError>;
    /// Names a device of the account; `None` if it has no such device.
    async fn rename_device(
        &self,
        account: AccountId,
        device: DeviceId,
        name: &DeviceName,
    ) -> Result<Option<Device>, StoreError>;
    /// Revokes a device of the account, and with it the sessions and grants that it vouched for; `false` if it has no such device.
    async fn revoke_device(
        &self,
        account: AccountId,
        device: DeviceId,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError>;
}

/// A phone's access token to keep.
#[derive(Debug, Clone)]
pub struct NewPhoneToken {
    /// Its hash.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Time,
}
