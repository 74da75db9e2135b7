//! Signing keys and used DPoP proofs.

use async_trait::async_trait;

use super::{Columns, SqliteStore, trail};
use crate::{
    clock::Time,
    keys::{KeptKey, Place, sealing::Sealed},
    oauth::client::SigningAlgorithm,
    secret::Digest,
    store::{KeyStore, ProofStore, Resealed, StoreError},
    trail::{Entry, Event, Subject},
};

#[async_trait]
impl KeyStore for SqliteStore {
    async fn server_secret(&self, name: &str) -> Result<Option<Sealed>, StoreError> {
        let found = sqlx::query("select value from server_secrets where name = ?")
            .bind(name)
            .fetch_optional(&self.read)
            .await?;
        found.map(|row| Ok(Sealed::from_stored(Columns(&row).bytes("value")?))).transpose()
    }

    async fn keep_server_secret(&self, name: &str, value: &Sealed, now: Time) -> Result<Sealed, StoreError> {
        sqlx::query(
            "insert into server_secrets (name, value, created_at) values (?, ?, ?)
             on conflict (name) do nothing",
        )
        .bind(name)
        .bind(value.as_bytes())
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
                    private: Sealed::from_stored(row.bytes("private")?),
                    created_at: row.time("created_at")?,
                    signs_from: row.time("signs_from")?,
                })
            })
            .collect()
    }

    async fn add_signing_key(&self, key: &KeptKey) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let added = sqlx::query(
            "insert into signing_keys (algorithm, number, private, created_at, signs_from)
             values (?, ?, ?, ?, ?) on conflict do nothing",
        )
        .bind(key.algorithm.as_str())
        .bind(key.number)
        .bind(key.private.as_bytes())
        .bind(key.created_at.millis())
        .bind(key.signs_from.millis())
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 1 {
            let algorithm = key.algorithm.as_str().to_owned();
            let event = Event::SigningKeyMade { algorithm, number: key.number };
            let entry = Entry { at: key.created_at, event, subject: Subject::default() };
            trail::record(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
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

    async fn reseal(&self, resealed: &[Resealed]) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        for Resealed { place, old, new } in resealed {
            let update = match place {
                Place::SigningKey(algorithm, number) => sqlx::query(
                    "update signing_keys set private = ?1 where private = ?2 and algorithm = ?3 and number = ?4",
                )
                .bind(new.as_bytes())
                .bind(old.as_bytes())
                .bind(algorithm.as_str())
                .bind(number),
                Place::Secret(name) => {
                    sqlx::query("update server_secrets set value = ?1 where value = ?2 and name = ?3")
                        .bind(new.as_bytes())
                        .bind(old.as_bytes())
                        .bind(name)
                }
            };
            update.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        // The old rows still stand in the log.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(&self.write).await?;
        Ok(())
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
