//! What people gave to sites: grants, refresh tokens, revoked access tokens.

use async_trait::async_trait;

use crate::{
    account::Account,
    clock::Time,
    oauth::grant::{Grant, GrantId},
    secret::Digest,
    store::StoreError,
    trail::Revocation,
};

/// What people gave to sites, and tokens that were taken back.
#[async_trait]
pub trait GrantStore: Send + Sync {
    /// Notes that an access token without a grant is revoked, until it would have ended.
    async fn revoke_token(&self, jti: &str, expires_at: Time) -> Result<(), StoreError>;
    /// Whether an access token without a grant is revoked.
    async fn is_token_revoked(&self, jti: &str) -> Result<bool, StoreError>;
    /// A grant that is not revoked, and its account.
    async fn live_grant(&self, id: GrantId) -> Result<Option<(Grant, Account)>, StoreError>;
    /// Revokes a grant and all that hangs on it.
    async fn revoke_grant(&self, id: GrantId, why: Revocation, now: Time) -> Result<(), StoreError>;
    /// A refresh token that has not expired, spent or not, of a grant that is not revoked.
    async fn refresh_token(&self, token: &Digest, now: Time)
    -> Result<Option<FoundRefreshToken>, StoreError>;
    /// Spends a refresh token and keeps the next, and what that was made from; `false` if it was spent before.
    async fn rotate_refresh_token(
        &self,
        old: &Digest,
        next: &NewRefreshToken,
        salt: [u8; 32],
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Lets a refresh token live longer; `false` if it is not good any more.
    async fn renew_refresh_token(&self, token: &NewRefreshToken, now: Time) -> Result<bool, StoreError>;
}

/// A refresh token to keep.
#[derive(Debug, Clone)]
pub struct NewRefreshToken {
    /// Its hash.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Time,
}

/// A refresh token that was found.
#[derive(Debug, Clone)]
pub struct FoundRefreshToken {
    /// What it hangs on.
    pub grant: Grant,
    /// What followed it, if it has been used.
    pub succession: Option<Succession>,
}

/// How a refresh token was followed by another.
#[derive(Debug, Clone, Copy)]
pub struct Succession {
    /// When.
    pub at: Time,
    /// With the old token it makes the new one.
    pub salt: [u8; 32],
    /// Whether the new one has been used in its turn.
    pub used: bool,
}
