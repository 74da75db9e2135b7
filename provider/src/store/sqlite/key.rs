//! Signing keys and used DPoP proofs.

use async_trait::async_trait;

use super::{Columns, SqliteStore};
use crate::{
    clock::Time,
    keys::PrivateKey,
    oauth::client::SigningAlgorithm,
    secret::Digest,
    store::{KeyStore, ProofStore, StoreError},
};

#[async_trait]
impl KeyStore for SqliteStore {
    async fn server_secret(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query("select value from server_secrets where name = ?")
            .bind(name)
            .fetch_optional(&self.read)
            .await?;
        found.map(|row| Columns(&row).bytes("value")).transpose()
    }

    async fn keep_server_secret(&self, name: &str, value: &[u8], now: Time) -> Result<Vec<u8>, StoreError> {
        sqlx::query(
            "insert into server_secrets (name, value, created_at) values (?, ?, ?)
             on conflict (name) do nothing",
        )
        .bind(name)
        .bind(value)
        .bind(now.millis())
        .execute(&self.write)
        .await?;
        self.server_secret(name).await?.ok_or(StoreError::Corrupt("server secret"))
    }

    async fn signing_key(&self, algorithm: SigningAlgorithm) -> Result<Option<PrivateKey>, StoreError> {
        let found = sqlx::query("select private from signing_keys where algorithm = ?")
            .bind(algorithm.as_str())
            .fetch_optional(&self.read)
            .await?;
        found.map(|row| Columns(&row).bytes("private").map(PrivateKey)).transpose()
    }

    async fn keep_signing_key(
        &self,
        algorithm: SigningAlgorithm,
        key: &PrivateKey,
        now: Time,
    ) -> Result<PrivateKey, StoreError> {
        sqlx::query(
            "insert into signing_keys (algorithm, private, created_at) values (?, ?, ?)
             on conflict (algorithm) do nothing",
        )
        .bind(algorithm.as_str())
        .bind(key.0.as_slice())
        .bind(now.millis())
        .execute(&self.write)
        .await?;
        self.signing_key(algorithm).await?.ok_or(StoreError::Corrupt("signing key"))
    }
}

#[async_trait]
impl ProofStore for SqliteStore {
    async fn remember_proof(&self, proof: &Digest, expires_at: Time) -> Result<bool, StoreError> {
        let remembered =
            sqlx::query("insert into dpop_proofs (proof, expires_at) values (?, ?) on conflict do nothing")
                .bind(proof.as_bytes())
                .bind(expires_at.millis())
                .execute(&self.write)
                .await?;
        Ok(remembered.rows_affected() == 1)
    }
}
