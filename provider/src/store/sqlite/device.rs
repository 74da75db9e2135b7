//! People's devices and their tokens.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, attempt, logout, trail};
use crate::{
    account::{
        Account, AccountId, AccountName,
        device::{Device, DeviceId, DeviceName},
    },
    clock::Time,
    oauth::dpop::Thumbprint,
    secret::Digest,
    store::{AccountStore, Caller, NewPhoneToken, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn insert_account(&self, account: &Account) -> Result<bool, StoreError> {
        self.add_account(account).await
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.account_by_id(id).await
    }

    async fn account_by_name(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        self.find_account(name).await
    }

    async fn device_by_token(&self, token: &Digest, now: Time) -> Result<Option<Device>, StoreError> {
        let found = sqlx::query(
            "select * from devices where token = ? and token_expires_at > ? and revoked_at is null",
        )
        .bind(token.as_bytes())
        .bind(now.millis());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    async fn insert_phone_token(
        &self,
        token: &NewPhoneToken,
        by: Caller,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let seen = sqlx::query(
            "update devices set last_seen_at = ? where id = ? and revoked_at is null returning account",
        )
        .bind(now.millis())
        .bind(by.device.0.as_bytes().to_vec())
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = &seen {
            keep(&mut transaction, token, by.device).await?;
            let account = AccountId(Columns(row).uuid("account")?);
            attempt::come_to_know(&mut transaction, account, by.address, now).await?;
        }
        transaction.commit().await?;
        Ok(seen.is_some())
    }

    async fn phone_by_token(
        &self,
        token: &Digest,
        now: Time,
    ) -> Result<Option<(Account, Device)>, StoreError> {
        let found = sqlx::query(
            "select devices.* from phone_tokens join devices on devices.id = phone_tokens.device
             where phone_tokens.token = ? and phone_tokens.expires_at > ? and devices.revoked_at is null",
        )
        .bind(token.as_bytes())
        .bind(now.millis())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = found else { return Ok(None) };
        let device = read(&row)?;
        let account = self.account_by_id(device.account).await?.ok_or(StoreError::Corrupt("account"))?;
        Ok(Some((account, device)))
    }

    async fn devices(&self, account: AccountId, now: Time) -> Result<Vec<Device>, StoreError> {
        let found = sqlx::query(
            "select * from devices where account = ? and revoked_at is null and token_expires_at > ?
             order by enrolled_at desc, id desc",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind(now.millis());
        found.fetch_all(&self.read).await?.iter().map(read).collect()
    }

    async fn rename_device(
        &self,
        account: AccountId,
        device: DeviceId,
        name: &DeviceName,
    ) -> Result<Option<Device>, StoreError> {
        let renamed = sqlx::query(
            "update devices set name = ? where id = ? and account = ? and revoked_at is null returning *",
        )
        .bind(name.as_str())
        .bind(device.0.as_bytes().to_vec())
        .bind(account.0.as_bytes().to_vec());
        renamed.fetch_optional(&self.write).await?.map(|row| read(&row)).transpose()
    }

    async fn revoke_device(
        &self,
        account: AccountId,
        device: DeviceId,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let revoked = sqlx::query(
            "update devices set revoked_at = ? where id = ? and account = ? and revoked_at is null",
        )
        .bind(now.millis())
        .bind(device.0.as_bytes().to_vec())
        .bind(account.0.as_bytes().to_vec())
        .execute(&mut *transaction)
        .await?;
        if revoked.rows_affected() == 1 {
            let subject = Subject {
                account: Some(account),
                device: Some(device),
                address: by.address,
                ..Subject::default()
            };
            let event = Event::DeviceRevoked { by: by.device.map(|device| device.0) };
            trail::record(&mut transaction, &Entry { at: now, event, subject }).await?;
            logout::end_with_device(&mut transaction, device, now).await?;
        }
        transaction.commit().await?;
        Ok(revoked.rows_affected() == 1)
    }
}

/// Keeps an access token within a transaction.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    token: &NewPhoneToken,
    device: DeviceId,
) -> Result<(), StoreError> {
    sqlx::query("insert into phone_tokens (token, device, expires_at) values (?, ?, ?)")
        .bind(token.digest.as_bytes())
        .bind(device.0.as_bytes().to_vec())
        .bind(token.expires_at.millis())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Reads a row of `devices`.
pub(super) fn read(row: &SqliteRow) -> Result<Device, StoreError> {
    let row = Columns(row);
    Ok(Device {
        id: DeviceId(row.uuid("id")?),
        account: AccountId(row.uuid("account")?),
        name: row.parsed("name", DeviceName::parse)?,
        key: Thumbprint::from_stored(row.text("key")?),
        token: row.digest("token")?,
        token_expires_at: row.time("token_expires_at")?,
        enrolled_at: row.time("enrolled_at")?,
        last_seen_at: row.time("last_seen_at")?,
    })
}
