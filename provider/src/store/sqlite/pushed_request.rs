//! Authorization requests that sites pushed.

use async_trait::async_trait;

use super::{Columns, SqliteStore};
use crate::{
    clock::Time,
    oauth::client::ClientId,
    secret::Digest,
    store::{PushedRequestStore, StoreError},
};

#[async_trait]
impl PushedRequestStore for SqliteStore {
    async fn keep_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        parameters: &str,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        sqlx::query("insert into pushed_requests (uri, client, parameters, expires_at) values (?, ?, ?, ?)")
            .bind(uri.as_bytes())
            .bind(client.as_str())
            .bind(parameters)
            .bind(expires_at.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn take_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        now: Time,
    ) -> Result<Option<String>, StoreError> {
        let taken = sqlx::query(
            "delete from pushed_requests where uri = ? and client = ? and expires_at > ? returning parameters",
        )
        .bind(uri.as_bytes())
        .bind(client.as_str())
        .bind(now.millis())
        .fetch_optional(&self.write)
        .await?;
        taken.map(|row| Columns(&row).text("parameters")).transpose()
    }
}
