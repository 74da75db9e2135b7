//! Clients that register themselves, and what an operator does with a client.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction};

use super::{
    Columns, SqliteStore,
    client::{put, tell},
};
use crate::{
    clock::Time,
    oauth::client::{Client, ClientId},
    secret::Digest,
    store::{ClientStore, NewRegistration, Registration, RegistrationStore, StoreError},
    trail::Event,
};

#[async_trait]
impl RegistrationStore for SqliteStore {
    async fn keep_initial_access_token(
        &self,
        token: &Digest,
        uses: u32,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        sqlx::query("insert into initial_access_tokens (token, uses, expires_at) values (?, ?, ?)")
            .bind(token.as_bytes())
            .bind(uses)
            .bind(expires_at.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn register_client(&self, new: &NewRegistration, now: Time) -> Result<Registration, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        if let Some(token) = &new.initial_access_token {
            let counted = sqlx::query(
                "update initial_access_tokens set uses = uses - 1 where token = ? and uses > 0 and expires_at > ?",
            )
            .bind(token.as_bytes())
            .bind(now.millis())
            .execute(&mut *transaction)
            .await?;
            if counted.rows_affected() == 0 {
                return Ok(Registration::NotAllowed);
            }
        }
        let kept = sqlx::query(
            "insert into registrations (client, token, created_at)
             select ?, ?, ? where (select count(*) from registrations) < ?",
        )
        .bind(new.client.id.as_str())
        .bind(new.token.as_bytes())
        .bind(now.millis())
        .bind(new.most)
        .execute(&mut *transaction)
        .await?;
        if kept.rows_affected() == 0 {
            return Ok(Registration::Full);
        }
        put(&mut transaction, &new.client, &source_of(&new.client.id), now).await?;
        tell(&mut transaction, &new.client.id, Event::ClientRegistered {}, now).await?;
        transaction.commit().await?;
        Ok(Registration::Registered)
    }

    async fn registered_client(
        &self,
        id: &ClientId,
        token: &Digest,
    ) -> Result<Option<(Client, Time)>, StoreError> {
        let found = sqlx::query("select created_at from registrations where client = ? and token = ?")
            .bind(id.as_str())
            .bind(token.as_bytes())
            .fetch_optional(&self.read)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let client = self.client(id).await?;
        client.map(|client| Ok((client, Columns(&row).time("created_at")?))).transpose()
    }

    async fn replace_registered_client(
        &self,
        client: &Client,
        token: &Digest,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        if !is_registered(&mut transaction, &client.id, token).await? {
            return Ok(false);
        }
        put(&mut transaction, client, &source_of(&client.id), now).await?;
        tell(&mut transaction, &client.id, Event::ClientUpdated {}, now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn remove_client(
        &self,
        id: &ClientId,
        token: Option<&Digest>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        if let Some(token) = token
            && !is_registered(&mut transaction, id, token).await?
        {
            return Ok(false);
        }
        sqlx::query("update grants set revoked_at = ? where client = ? and revoked_at is null")
            .bind(now.millis())
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        for sql in [
            "delete from registrations where client = ?",
            "delete from consents where client = ?",
            "delete from known_sites where client = ?",
            "delete from client_secrets where client = ?",
        ] {
            sqlx::query(sql).bind(id.as_str()).execute(&mut *transaction).await?;
        }
        let removed = sqlx::query("delete from clients where id = ?")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        if removed.rows_affected() == 1 {
            let event = Event::ClientRemoved { by_itself: token.is_some() };
            tell(&mut transaction, id, event, now).await?;
        }
        transaction.commit().await?;
        Ok(removed.rows_affected() == 1)
    }

    async fn rotate_client_secret(
        &self,
        id: &ClientId,
        new: &Digest,
        old_until: Time,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let shortened = sqlx::query(
            "update client_secrets set expires_at = min(coalesce(expires_at, ?), ?) where client = ?",
        )
        .bind(old_until.millis())
        .bind(old_until.millis())
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
        if shortened.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("insert into client_secrets (client, secret) values (?, ?)")
            .bind(id.as_str())
            .bind(new.as_bytes())
            .execute(&mut *transaction)
            .await?;
        tell(&mut transaction, id, Event::ClientSecretRotated {}, now).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let rows = sqlx::query("select document from clients order by id").fetch_all(&self.read).await?;
        rows.iter().map(|row| Columns(row).json("document")).collect()
    }
}

/// Registered clients come from no file: each has a source that no file can have.
fn source_of(id: &ClientId) -> Digest {
    Digest::of(&format!("registered {id}"))
}

async fn is_registered(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &ClientId,
    token: &Digest,
) -> Result<bool, StoreError> {
    let found = sqlx::query("select 1 from registrations where client = ? and token = ?")
        .bind(id.as_str())
        .bind(token.as_bytes())
        .fetch_optional(&mut **transaction)
        .await?;
    Ok(found.is_some())
}
