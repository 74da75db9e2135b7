//! What people have allowed sites.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    Columns, SqliteStore,
    logout::{self, Whom},
    trail,
};
use crate::{
    account::AccountId,
    clock::Time,
    login::consent::Consent,
    oauth::{client::ClientId, scope::Scopes},
    store::{ConsentStore, NewConfirmation, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

#[async_trait]
impl ConsentStore for SqliteStore {
    async fn consent(&self, account: AccountId, client: &ClientId) -> Result<Option<Consent>, StoreError> {
        let found = sqlx::query("select * from consents where account = ? and client = ?")
            .bind(account.0.as_bytes().to_vec())
            .bind(client.as_str())
            .fetch_optional(&self.read)
            .await?;
        found.map(|row| read(&row)).transpose()
    }

    async fn consents(&self, account: AccountId) -> Result<Vec<Consent>, StoreError> {
        sqlx::query("select * from consents where account = ? order by used_at desc, client")
            .bind(account.0.as_bytes().to_vec())
            .fetch_all(&self.read)
            .await?
            .iter()
            .map(read)
            .collect()
    }

    async fn withdraw_consent(
        &self,
        account: AccountId,
        client: &ClientId,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let withdrawn = sqlx::query("delete from consents where account = ? and client = ?")
            .bind(account.0.as_bytes().to_vec())
            .bind(client.as_str())
            .execute(&mut *transaction)
            .await?;
        logout::tell(&mut transaction, Whom::Site(account, client), now).await?;
        sqlx::query(
            "update grants set revoked_at = ? where account = ? and client = ? and revoked_at is null",
        )
        .bind(now.millis())
        .bind(account.0.as_bytes().to_vec())
        .bind(client.as_str())
        .execute(&mut *transaction)
        .await?;
        if withdrawn.rows_affected() == 1 {
            let subject = Subject {
                account: Some(account),
                client: Some(client.clone()),
                device: by.device,
                address: by.address,
                ..Subject::default()
            };
            let entry = Entry { at: now, event: Event::ConsentWithdrawn {}, subject };
            trail::record(&mut transaction, &entry).await?;
        }
        // What was agreed to and is still on its way never arrives.
        sqlx::query(
            "update logins set expires_at = ?1
             where device in (select id from devices where account = ?2) and client = ?3
                 and state in ('confirmed', 'delivered') and expires_at > ?1",
        )
        .bind(now.millis())
        .bind(account.0.as_bytes().to_vec())
        .bind(client.as_str())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(withdrawn.rows_affected() == 1)
    }
}

/// Adds to what an account has allowed a client, and notes what it has declined, within the transaction that confirms.
pub(super) async fn remember(
    transaction: &mut Transaction<'_, Sqlite>,
    (account, client): (AccountId, &ClientId),
    answer: &NewConfirmation,
    now: Time,
) -> Result<(), StoreError> {
    let known = sqlx::query("select * from consents where account = ? and client = ?")
        .bind(account.0.as_bytes().to_vec())
        .bind(client.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
    let (allowed, declined) = match known.map(|row| read(&row)).transpose()? {
        Some(known) => (known.scopes.union(&answer.scopes), known.declined.union(&answer.declined)),
        None => (answer.scopes.clone(), answer.declined.clone()),
    };
    let declined = declined.minus(&answer.scopes);
    sqlx::query(
        "insert into consents (account, client, scopes, declined, granted_at, used_at) values (?, ?, ?, ?, ?, ?)
         on conflict (account, client) do update
             set scopes = excluded.scopes, declined = excluded.declined, used_at = excluded.used_at",
    )
    .bind(account.0.as_bytes().to_vec())
    .bind(client.as_str())
    .bind(allowed.to_string())
    .bind(declined.to_string())
    .bind(now.millis())
    .bind(now.millis())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Consent, StoreError> {
    let row = Columns(row);
    Ok(Consent {
        client: row.parsed("client", ClientId::parse)?,
        scopes: Scopes::parse(&row.text("scopes")?),
        declined: Scopes::parse(&row.text("declined")?),
        granted_at: row.time("granted_at")?,
        used_at: row.time("used_at")?,
    })
}
