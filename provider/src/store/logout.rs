//! Sites that have yet to be told of a sign-out.

use async_trait::async_trait;

use crate::{
    account::AccountId,
    clock::Time,
    oidc::logout::{Claim, LogoutNotice},
    store::StoreError,
};

/// What sites have yet to be told: the queue of back-channel logout. What ends a session, takes back a consent or revokes a
/// device fills it, by the same transaction.
#[async_trait]
pub trait LogoutStore: Send + Sync {
    /// Claims notices that are due, the oldest first: until the claim ends, nobody else gets them.
    async fn claim_logout_notices(&self, claim: Claim) -> Result<Vec<LogoutNotice>, StoreError>;
    /// When the next notice is due; `None` if there is none.
    async fn next_logout_notice(&self) -> Result<Option<Time>, StoreError>;
    /// Takes a claimed notice out of the queue.
    async fn finish_logout_notice(&self, notice: &LogoutNotice) -> Result<(), StoreError>;
    /// Puts a claimed notice back until `due_at`.
    async fn postpone_logout_notice(&self, notice: &LogoutNotice, due_at: Time) -> Result<(), StoreError>;
    /// Ends all sessions of an account, all its grants, and revokes its devices.
    async fn sign_out_everywhere(&self, account: AccountId, now: Time) -> Result<SignedOut, StoreError>;
}

/// What a person was signed out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedOut {
    /// Browser sessions.
    pub sessions: u64,
    /// Phones.
    pub devices: u64,
}
