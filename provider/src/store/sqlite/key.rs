//! Signing keys and used DPoP proofs.

use async_trait::async_trait;

use super::{Columns, SqliteStore};
use crate::{
    clock::Time,
    keys::{KeptKey, PrivateKey},
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

    async fn signing_keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        let rows = sqlx::query("select * from signing_keys order by algorithm, number")
            .fetch_all(&self.read)
            .await?;
        rows.iter()
            .map(|row| {
                let row = Columns(row);
                Ok(KeptKey {
                    algorithm: row.parsed("algorithm", SigningAlgorithm::parse)?,
                    number: row.integer("number")?,
                    private: PrivateKey(row.bytes("private")?),
                    created_at: row.time("created_at")?,
                    signs_from: row.time("signs_from")?,
                })
            })
            .collect()
    }

    async fn add_signing_key(&self, key: &KeptKey) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "insert into signing_keys (algorithm, number, private, created_at, signs_from)
             values (?, ?, ?, ?, ?) on conflict do nothing",
        )
        .bind(key.algorithm.as_str())
        .bind(key.number)
        .bind(key.private.0.as_slice())
        .bind(key.created_at.millis())
        .bind(key.signs_from.millis())
        .execute(&self.write)
        .await?;
        Ok(added.rows_affected() == 1)
    }

    async fn delete_signing_keys_before(
        &self,
        algorithm: SigningAlgorithm,
        number: u32,
    ) -> Result<u64, StoreError> {
        let deleted = sqlx::query("delete from signing_keys where algorithm = ? and number < ?")
            .bind(algorithm.as_str())
            .bind(number)
            .execute(&self.write)
            .await?;
        Ok(deleted.rows_affected())
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
