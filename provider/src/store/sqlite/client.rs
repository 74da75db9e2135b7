//! Sites. Each is a document; its secrets stand beside it.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, trail};
use crate::{
    clock::Time,
    oauth::client::{Client, ClientId, ClientSecretHash},
    secret::Digest,
    store::{ClientStore, StoreError},
    trail::{Entry, Event, Subject},
};

#[async_trait]
impl ClientStore for SqliteStore {
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        self.read_client(sqlx::query("select document from clients where id = ?").bind(id.as_str())).await
    }

    async fn logo(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query("select logo from clients where logo_name = ?").bind(name);
        found.fetch_optional(&self.read).await?.map(|row| Columns(&row).bytes("logo")).transpose()
    }

    async fn client_by_source(&self, source: &Digest) -> Result<Option<Client>, StoreError> {
        let found = sqlx::query("select document from clients where source = ?").bind(source.as_bytes());
        self.read_client(found).await
    }

    async fn save_clients(&self, clients: &[(Client, Digest)], now: Time) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        for (client, source) in clients {
            put(&mut transaction, client, source, now).await?;
            tell(&mut transaction, &client.id, Event::ClientImported {}, now).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl SqliteStore {
    async fn read_client(&self, query: super::Statement<'_>) -> Result<Option<Client>, StoreError> {
        let Some(row) = query.fetch_optional(&self.read).await? else { return Ok(None) };
        let mut client: Client = Columns(&row).json("document")?;
        client.secrets = sqlx::query("select secret, expires_at from client_secrets where client = ?")
            .bind(client.id.as_str())
            .fetch_all(&self.read)
            .await?
            .iter()
            .map(read_secret)
            .collect::<Result<_, _>>()?;
        Ok(Some(client))
    }
}

/// Tells the trail of a client, within the transaction that changes it.
pub(super) async fn tell(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &ClientId,
    event: Event,
    now: Time,
) -> Result<(), StoreError> {
    let subject = Subject { client: Some(id.clone()), ..Subject::default() };
    trail::record(transaction, &Entry { at: now, event, subject }).await
}

/// Adds or replaces a client, within a transaction.
pub(super) async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    client: &Client,
    source: &Digest,
    now: Time,
) -> Result<(), StoreError> {
    let document = serde_json::to_string(client).map_err(|_| StoreError::Corrupt("client"))?;
    sqlx::query(
        "insert into clients (id, document, source, created_at) values (?, ?, ?, ?)
         on conflict (id) do update set document = excluded.document, source = excluded.source",
    )
    .bind(client.id.as_str())
    .bind(document)
    .bind(source.as_bytes())
    .bind(now.millis())
    .execute(&mut **transaction)
    .await?;
    let logo = client.logo.as_ref();
    sqlx::query("update clients set logo = ?, logo_name = ? where id = ?")
        .bind(logo.map(|logo| logo.png.as_slice()))
        .bind(logo.map(|logo| logo.digest.as_str()))
        .bind(client.id.as_str())
        .execute(&mut **transaction)
        .await?;
    replace_secrets(transaction, client).await
}

async fn replace_secrets(
    transaction: &mut Transaction<'_, Sqlite>,
    client: &Client,
) -> Result<(), StoreError> {
    sqlx::query("delete from client_secrets where client = ?")
        .bind(client.id.as_str())
        .execute(&mut **transaction)
        .await?;
    for secret in &client.secrets {
        sqlx::query("insert into client_secrets (client, secret, expires_at) values (?, ?, ?)")
            .bind(client.id.as_str())
            .bind(secret.digest.as_bytes())
            .bind(secret.expires_at.map(Time::millis))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

fn read_secret(row: &SqliteRow) -> Result<ClientSecretHash, StoreError> {
    let row = Columns(row);
    Ok(ClientSecretHash { digest: row.digest("secret")?, expires_at: row.maybe_time("expires_at")? })
}
