//! Checks between scan and consent, and what is known of a person's logins before.

use async_trait::async_trait;
use sqlx::{Row, Sqlite, Transaction};

use super::SqliteStore;
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::{Denial, Login, Step},
    oauth::client::ClientId,
    oidc::authentication::Method,
    secret::Digest,
    store::{Caller, CheckStore, StoreError},
    trail::Event,
};

#[async_trait]
impl CheckStore for SqliteStore {
    async fn pass_match(&self, ticket: &Digest, by: Caller, step: Step) -> Result<Option<Login>, StoreError> {
        let pass = sqlx::query(
            "update logins set match_check = 'passed', version = version + 1, expires_at = max(expires_at, ?),
                 methods = methods || ' ' || ?
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ? and match_check = 'open'
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(Method::Match.as_str())
        .bind(ticket.as_bytes())
        .bind(by.device.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.change(pass, (by.address, step.now), |_| Event::LoginChecked {
            by: Method::Match.as_str().into(),
        })
        .await
    }

    async fn pass_unlock(
        &self,
        ticket: &Digest,
        by: Caller,
        method: Method,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let pass = sqlx::query(
            "update logins set unlock_check = 'passed', version = version + 1, expires_at = max(expires_at, ?),
                 methods = methods || ' ' || ?
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ? and unlock_check = 'open'
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(method.as_str())
        .bind(ticket.as_bytes())
        .bind(by.device.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.change(pass, (by.address, step.now), |_| Event::LoginChecked { by: method.as_str().into() })
            .await
    }

    async fn count_unlock_try(
        &self,
        ticket: &Digest,
        device: DeviceId,
        most: u32,
        now: Time,
    ) -> Result<Option<u32>, StoreError> {
        let counted = sqlx::query(
            "update logins set unlock_tries = unlock_tries + 1
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ? and unlock_check = 'open'
                 and unlock_tries < ?
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning unlock_tries",
        )
        .bind(ticket.as_bytes())
        .bind(device.0.as_bytes().to_vec())
        .bind(now.millis())
        .bind(i64::from(most))
        .fetch_optional(&self.write)
        .await?;
        Ok(counted.map(|row| row.try_get("unlock_tries")).transpose()?)
    }

    async fn forget_unlock_try(&self, ticket: &Digest, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query(
            "update logins set unlock_tries = unlock_tries - 1
             where ticket = ? and device = ? and state = 'scanned' and unlock_tries > 0",
        )
        .bind(ticket.as_bytes())
        .bind(device.0.as_bytes().to_vec())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn fail_login(
        &self,
        ticket: &Digest,
        by: Caller,
        because: Denial,
        now: Time,
    ) -> Result<Option<Login>, StoreError> {
        let fail = sqlx::query(
            "update logins set state = 'denied', version = version + 1, expires_at = ?1, denial = ?2
             where ticket = ?3 and device = ?4 and state = 'scanned' and expires_at > ?1
                 and case ?2 when 'wrong_digits' then match_check <> 'not_asked'
                     when 'not_unlocked' then unlock_check = 'open' else false end
             returning *",
        )
        .bind(now.millis())
        .bind(because.as_str())
        .bind(ticket.as_bytes())
        .bind(by.device.0.as_bytes().to_vec());
        self.change(fail, (by.address, now), |_| Event::LoginDenied { because }).await
    }

    async fn has_signed_in(&self, account: AccountId, client: &ClientId) -> Result<bool, StoreError> {
        let known = sqlx::query("select 1 from known_sites where account = ? and client = ?")
            .bind(account.0.as_bytes().to_vec())
            .bind(client.as_str());
        Ok(known.fetch_optional(&self.read).await?.is_some())
    }

    async fn scans_in_vain(&self, account: AccountId, since: Time) -> Result<u32, StoreError> {
        let counted = sqlx::query(
            "select count(*) as number from logins where account = ? and scanned_at > ?
                 and state not in ('confirmed', 'delivered', 'redeemed')",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind(since.millis());
        Ok(counted.fetch_one(&self.read).await?.try_get("number")?)
    }
}

/// Notes that an account signs in to a client, within the transaction that confirms.
pub(super) async fn remember(
    transaction: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    client: &ClientId,
    now: Time,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into known_sites (account, client, first_at) values (?, ?, ?)
         on conflict (account, client) do nothing",
    )
    .bind(account.0.as_bytes().to_vec())
    .bind(client.as_str())
    .bind(now.millis())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
