//! Housekeeping.

use async_trait::async_trait;

use super::SqliteStore;
use crate::{
    account::{
        lockout::{FORGOTTEN_AFTER, NETWORK_KNOWN_FOR},
        notice::KEPT_FOR,
    },
    clock::Time,
    login::start::RENEWABLE_FOR,
    store::{StoreError, Upkeep},
};

#[async_trait]
impl Upkeep for SqliteStore {
    async fn sweep(&self, now: Time, keep_since: Time) -> Result<u64, StoreError> {
        let mut swept = 0;
        for (sql, before) in [
            ("delete from dpop_proofs where expires_at <= ?", now),
            ("delete from phone_tokens where expires_at <= ?", now),
            ("delete from pushed_requests where expires_at <= ?", now),
            ("delete from revoked_tokens where expires_at <= ?", now),
            ("delete from client_secrets where expires_at <= ?", now),
            ("delete from waiting_devices where expires_at <= ?", now),
            ("delete from device_allowances where expires_at <= ?", now),
            ("delete from sign_in_attempts where last_at <= ?", now - FORGOTTEN_AFTER),
            ("delete from account_networks where seen_at <= ?", now - NETWORK_KNOWN_FOR),
            ("delete from notices where at <= ?", now - KEPT_FOR),
            ("delete from initial_access_tokens where uses = 0 or expires_at <= ?", now),
            ("delete from refresh_tokens where expires_at <= ?", now),
            ("delete from logins where state <> 'redeemed' and requested_at <= ?", now - RENEWABLE_FOR * 2),
            ("delete from logins where expires_at <= ?", keep_since),
            // While a session lasts, its grants tell which sites have to hear of its end.
            (
                "delete from grants where expires_at <= ?1 and not exists (select 1 from sessions
                     where id = grants.session and ended_at is null and expires_at > ?1)",
                keep_since,
            ),
            (
                "delete from sessions where coalesce(ended_at, expires_at) <= ?
                     and not exists (select 1 from grants where session = sessions.id)
                     and not exists (select 1 from logins where session = sessions.id)",
                keep_since,
            ),
            (
                "delete from devices where min(token_expires_at, coalesce(revoked_at, token_expires_at)) <= ?
                     and not exists (select 1 from phone_tokens where device = devices.id)
                     and not exists (select 1 from logins where device = devices.id)
                     and not exists (select 1 from sessions where device = devices.id)
                     and not exists (select 1 from grants where device = devices.id)",
                keep_since,
            ),
        ] {
            swept += sqlx::query(sql).bind(before.millis()).execute(&self.write).await?.rows_affected();
        }
        Ok(swept)
    }

    async fn check(&self) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        sqlx::query("insert into dpop_proofs (proof, expires_at) values (randomblob(32), 0)")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.rollback().await?)
    }

    async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}
