//! Passkeys.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, notice, trail};
use crate::{
    account::{
        AccountId,
        device::{DeviceId, DeviceName},
        passkey::{Backup, Passkey, PasskeyId},
        phone_session::PhoneSession,
    },
    clock::Time,
    login::context::BrowserContext,
    store::{Addition, PasskeyStore, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

#[async_trait]
impl PasskeyStore for SqliteStore {
    async fn add_passkey(
        &self,
        passkey: &Passkey,
        by: &PhoneSession,
        from: &BrowserContext,
        most: u32,
    ) -> Result<Addition, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let addition = insert(&mut transaction, passkey, most).await?;
        if addition != Addition::Added {
            transaction.rollback().await?;
            return Ok(addition);
        }
        notice::tell_of_passkey(&mut transaction, passkey, from).await?;
        let event = Event::PasskeyAdded { name: passkey.name.as_str().to_owned() };
        let entry = Entry { at: passkey.created_at, event, subject: by.subject() };
        trail::record(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(addition)
    }

    async fn passkey(&self, id: &PasskeyId) -> Result<Option<Passkey>, StoreError> {
        let found = sqlx::query("select * from passkeys where id = ?").bind(&id.0);
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    async fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, StoreError> {
        let found =
            sqlx::query("select * from passkeys where account = ? order by created_at desc, rowid desc")
                .bind(account.0.as_bytes().to_vec());
        found.fetch_all(&self.read).await?.iter().map(read).collect()
    }

    async fn use_passkey(
        &self,
        id: &PasskeyId,
        sign_count: u32,
        backed_up: bool,
        now: Time,
    ) -> Result<bool, StoreError> {
        let used = sqlx::query(
            "update passkeys set sign_count = ?1, backed_up = ?2, used_at = ?3
             where id = ?4 and (sign_count < ?1 or (sign_count = 0 and ?1 = 0))",
        )
        .bind(i64::from(sign_count))
        .bind(backed_up)
        .bind(now.millis())
        .bind(&id.0)
        .execute(&self.write)
        .await?;
        Ok(used.rows_affected() == 1)
    }

    async fn rename_passkey(
        &self,
        account: AccountId,
        id: &PasskeyId,
        name: &DeviceName,
    ) -> Result<Option<Passkey>, StoreError> {
        let renamed = sqlx::query("update passkeys set name = ? where id = ? and account = ? returning *")
            .bind(name.as_str())
            .bind(&id.0)
            .bind(account.0.as_bytes().to_vec());
        renamed.fetch_optional(&self.write).await?.map(|row| read(&row)).transpose()
    }

    async fn remove_passkey(&self, id: &PasskeyId, by: &PhoneSession, now: Time) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let removed = sqlx::query("delete from passkeys where id = ? and account = ? returning *")
            .bind(&id.0)
            .bind(by.account.id.0.as_bytes().to_vec())
            .fetch_all(&mut *transaction)
            .await?;
        tell(&mut transaction, &removed, by.actor(), now).await?;
        transaction.commit().await?;
        Ok(!removed.is_empty())
    }

    async fn remove_passkeys(&self, account: AccountId, now: Time) -> Result<u64, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let removed = sqlx::query("delete from passkeys where account = ? returning *")
            .bind(account.0.as_bytes().to_vec())
            .fetch_all(&mut *transaction)
            .await?;
        tell(&mut transaction, &removed, Actor::default(), now).await?;
        transaction.commit().await?;
        Ok(removed.len() as u64)
    }
}

async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    passkey: &Passkey,
    most: u32,
) -> Result<Addition, StoreError> {
    let account = passkey.account.0.as_bytes().to_vec();
    let state = sqlx::query(
        "select exists (select 1 from devices where id = ?1 and revoked_at is null) as signed_in,
             (select count(*) from passkeys where account = ?2) as number",
    )
    .bind(passkey.device.0.as_bytes().to_vec())
    .bind(account.clone())
    .fetch_one(&mut **transaction)
    .await?;
    let state = Columns(&state);
    if state.integer::<u8>("signed_in")? == 0 {
        return Ok(Addition::DeviceRevoked);
    }
    if state.integer::<u32>("number")? >= most {
        return Ok(Addition::TooMany);
    }
    let added = sqlx::query(
        "insert into passkeys (id, account, name, public_key, sign_count, backup_eligible, backed_up, device,
             created_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
    )
    .bind(&passkey.id.0)
    .bind(account)
    .bind(passkey.name.as_str())
    .bind(&passkey.public_key)
    .bind(i64::from(passkey.sign_count))
    .bind(passkey.backup.eligible)
    .bind(passkey.backup.done)
    .bind(passkey.device.0.as_bytes().to_vec())
    .bind(passkey.created_at.millis())
    .execute(&mut **transaction)
    .await?;
    Ok(if added.rows_affected() == 1 { Addition::Added } else { Addition::Taken })
}

/// Tells the trail of passkeys that went, within the transaction that removed them.
pub(super) async fn tell(
    transaction: &mut Transaction<'_, Sqlite>,
    removed: &[SqliteRow],
    by: Actor,
    now: Time,
) -> Result<(), StoreError> {
    for row in removed {
        let event = Event::PasskeyRemoved { name: Columns(row).text("name")? };
        let account = Some(AccountId(Columns(row).uuid("account")?));
        let subject = Subject { account, device: by.device, address: by.address, ..Subject::default() };
        trail::record(transaction, &Entry { at: now, event, subject }).await?;
    }
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Passkey, StoreError> {
    let row = Columns(row);
    Ok(Passkey {
        id: PasskeyId(row.bytes("id")?),
        account: AccountId(row.uuid("account")?),
        name: row.parsed("name", DeviceName::parse)?,
        public_key: row.bytes("public_key")?,
        sign_count: row.integer("sign_count")?,
        backup: Backup {
            eligible: row.integer::<u8>("backup_eligible")? != 0,
            done: row.integer::<u8>("backed_up")? != 0,
        },
        device: DeviceId(row.uuid("device")?),
        created_at: row.time("created_at")?,
        used_at: row.maybe_time("used_at")?,
    })
}
