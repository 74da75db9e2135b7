//! Sites.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;

use super::{Columns, SqliteStore};
use crate::{
    oauth::{
        client::{Client, ClientAuth, ClientId, GrantType, RedirectUri, SigningAlgorithm},
        scope::Scopes,
    },
    secret::Digest,
    store::{ClientStore, StoreError},
};

#[async_trait]
impl ClientStore for SqliteStore {
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let found = sqlx::query("select * from clients where id = ?").bind(id.as_str());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    async fn client_by_source(&self, source: &Digest) -> Result<Option<Client>, StoreError> {
        let found = sqlx::query("select * from clients where source = ?").bind(source.as_bytes());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    async fn save_clients(&self, clients: &[(Client, Digest)]) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        for (client, source) in clients {
            let texts = |values: Vec<&str>| serde_json::Value::from(values).to_string();
            sqlx::query(
                "insert into clients (id, name, redirect_uris, allowed_origins, auth, secret, grant_types,
                     scopes, id_token_alg, source)
                 values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                 on conflict (id) do update set name = excluded.name, redirect_uris = excluded.redirect_uris,
                     allowed_origins = excluded.allowed_origins, auth = excluded.auth, secret = excluded.secret,
                     grant_types = excluded.grant_types, scopes = excluded.scopes,
                     id_token_alg = excluded.id_token_alg, source = excluded.source",
            )
            .bind(client.id.as_str())
            .bind(&client.name)
            .bind(texts(client.redirect_uris.iter().map(RedirectUri::as_str).collect()))
            .bind(texts(client.allowed_origins.iter().map(String::as_str).collect()))
            .bind(client.auth.as_str())
            .bind(client.auth.secret().map(Digest::as_bytes))
            .bind(texts(client.grant_types.iter().map(|kind| kind.as_str()).collect()))
            .bind(client.scopes.to_string())
            .bind(client.id_token_alg.as_str())
            .bind(source.as_bytes())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }
}

fn read(row: &SqliteRow) -> Result<Client, StoreError> {
    let row = Columns(row);
    let secret = row.maybe_digest("secret")?;
    Ok(Client {
        id: row.parsed("id", ClientId::parse)?,
        name: row.text("name")?,
        redirect_uris: each(&row, "redirect_uris", RedirectUri::parse)?,
        allowed_origins: row.json("allowed_origins")?,
        auth: match (row.text("auth")?.as_str(), secret) {
            ("none", None) => ClientAuth::Public,
            ("client_secret_basic", Some(secret)) => ClientAuth::Basic(secret),
            ("client_secret_post", Some(secret)) => ClientAuth::Post(secret),
            _ => return Err(StoreError::Corrupt("auth")),
        },
        grant_types: each(&row, "grant_types", GrantType::parse)?,
        scopes: Scopes::parse(&row.text("scopes")?),
        id_token_alg: row.parsed("id_token_alg", SigningAlgorithm::parse)?,
    })
}

fn each<T>(
    row: &Columns<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let texts: Vec<String> = row.json(name)?;
    texts.iter().map(|text| parse(text).ok_or(StoreError::Corrupt(name))).collect()
}
