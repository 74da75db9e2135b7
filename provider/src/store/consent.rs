//! What people have allowed sites.

use async_trait::async_trait;

use crate::{
    account::AccountId, clock::Time, login::consent::Consent, oauth::client::ClientId, store::StoreError,
    trail::Actor,
};

/// What people have allowed sites.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    /// What an account has allowed a client.
    async fn consent(&self, account: AccountId, client: &ClientId) -> Result<Option<Consent>, StoreError>;
    /// All that an account has allowed, the last used first.
    async fn consents(&self, account: AccountId) -> Result<Vec<Consent>, StoreError>;
    /// Takes back what an account has allowed a client, revokes the client's grants of that account, and ends logins of theirs
    /// whose result has not been redeemed; `false` if there was nothing.
    async fn withdraw_consent(
        &self,
        account: AccountId,
        client: &ClientId,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError>;
}
