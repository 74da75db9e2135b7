//! What lies between scan and consent, and what is known of a person's logins before.

use std::net::IpAddr;

use async_trait::async_trait;

use super::StoreError;
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::{Denial, Login, Step},
    oauth::client::ClientId,
    oidc::authentication::Method,
    secret::Digest,
};

/// A phone that calls.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The phone.
    pub device: DeviceId,
    /// Where it calls from.
    pub address: IpAddr,
}

/// Checks of scanned logins. Each verb that changes one demands that the login is scanned by this device, which is not revoked, and has not
/// expired.
#[async_trait]
pub trait CheckStore: Send + Sync {
    /// The digits were right: the check that is open is passed, and the time to decide ends no earlier than the step says. `None`: this
    /// call changed nothing.
    async fn pass_match(&self, ticket: &Digest, by: Caller, step: Step) -> Result<Option<Login>, StoreError>;
    /// Whoever holds the phone has proved who they are, by this method; else as [`CheckStore::pass_match`].
    async fn pass_unlock(
        &self,
        ticket: &Digest,
        by: Caller,
        method: Method,
        step: Step,
    ) -> Result<Option<Login>, StoreError>;
    /// Counts a try to unlock that is about to be judged; answers its number, from 1 to `most`. `None`: there were as many, or the check is
    /// not open.
    async fn count_unlock_try(
        &self,
        ticket: &Digest,
        device: DeviceId,
        most: u32,
        now: Time,
    ) -> Result<Option<u32>, StoreError>;
    /// Takes a try back that could not be judged.
    async fn forget_unlock_try(&self, ticket: &Digest, device: DeviceId) -> Result<(), StoreError>;
    /// Scanned → Denied, where that check was asked for. `None`: this call changed nothing.
    async fn fail_login(
        &self,
        ticket: &Digest,
        by: Caller,
        because: Denial,
        now: Time,
    ) -> Result<Option<Login>, StoreError>;
    /// Whether an account has ever signed in to a client.
    async fn has_signed_in(&self, account: AccountId, client: &ClientId) -> Result<bool, StoreError>;
    /// How many logins an account's phones have scanned since then that were not confirmed.
    async fn scans_in_vain(&self, account: AccountId, since: Time) -> Result<u32, StoreError>;
}
