//! Grants and refresh tokens.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, read_authentication, trail};
use crate::{
    account::{Account, AccountId},
    clock::Time,
    login::session::SessionId,
    oauth::{
        client::ClientId,
        dpop::Thumbprint,
        grant::{Grant, GrantId},
        scope::Scopes,
    },
    secret::Digest,
    store::{FoundRefreshToken, GrantStore, NewRefreshToken, StoreError, Succession},
    trail::{Entry, Event, Revocation, Subject},
};

/// How long a grant without refresh token is kept: longer than any access token lives.
const WITHOUT_REFRESH_TOKEN: Duration = Duration::from_hours(24);

#[async_trait]
impl GrantStore for SqliteStore {
    async fn revoke_token(&self, jti: &str, expires_at: Time) -> Result<(), StoreError> {
        sqlx::query("insert into revoked_tokens (jti, expires_at) values (?, ?) on conflict do nothing")
            .bind(jti)
            .bind(expires_at.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn is_token_revoked(&self, jti: &str) -> Result<bool, StoreError> {
        let found = sqlx::query("select 1 from revoked_tokens where jti = ?").bind(jti);
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    async fn live_grant(&self, id: GrantId) -> Result<Option<(Grant, Account)>, StoreError> {
        let found = sqlx::query("select * from grants where id = ? and revoked_at is null")
            .bind(id.0.as_bytes().to_vec())
            .fetch_optional(&self.read)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let grant = read(&row)?;
        let account = self.account_by_id(grant.account).await?.ok_or(StoreError::Corrupt("account"))?;
        Ok(Some((grant, account)))
    }

    async fn revoke_grant(&self, id: GrantId, why: Revocation, now: Time) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let revoked =
            sqlx::query("update grants set revoked_at = ? where id = ? and revoked_at is null returning *")
                .bind(now.millis())
                .bind(id.0.as_bytes().to_vec())
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some(row) = revoked {
            let event = Event::GrantRevoked { grant: id.0, why };
            let entry = Entry { at: now, event, subject: subject(&read(&row)?) };
            trail::record(&mut transaction, &entry).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn refresh_token(
        &self,
        token: &Digest,
        now: Time,
    ) -> Result<Option<FoundRefreshToken>, StoreError> {
        let found = sqlx::query(
            "select grants.*, refresh_tokens.spent_at,
                 refresh_tokens.salt, successors.token is null or successors.spent_at is not null as used
             from refresh_tokens join grants on grants.id = refresh_tokens.grant_id
                 left join refresh_tokens as successors on successors.token = refresh_tokens.successor
             where refresh_tokens.token = ? and refresh_tokens.expires_at > ? and grants.revoked_at is null",
        )
        .bind(token.as_bytes())
        .bind(now.millis())
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = found else { return Ok(None) };
        let columns = Columns(&row);
        Ok(Some(FoundRefreshToken { grant: read(&row)?, succession: read_succession(&columns)? }))
    }

    async fn rotate_refresh_token(
        &self,
        old: &Digest,
        next: &NewRefreshToken,
        salt: [u8; 32],
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let spent = sqlx::query(
            "update refresh_tokens set spent_at = ?, salt = ?, successor = ?
             where token = ? and spent_at is null and expires_at > ?
                 and exists (select 1 from grants where id = refresh_tokens.grant_id and revoked_at is null)
             returning grant_id",
        )
        .bind(now.millis())
        .bind(salt.to_vec())
        .bind(next.digest.as_bytes())
        .bind(old.as_bytes())
        .bind(now.millis())
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = &spent {
            keep(&mut transaction, GrantId(Columns(row).uuid("grant_id")?), next).await?;
        }
        transaction.commit().await?;
        Ok(spent.is_some())
    }

    async fn renew_refresh_token(&self, token: &NewRefreshToken, now: Time) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let renewed = sqlx::query(
            "update refresh_tokens set expires_at = ?
             where token = ? and spent_at is null and expires_at > ?
                 and exists (select 1 from grants where id = refresh_tokens.grant_id and revoked_at is null)
             returning grant_id",
        )
        .bind(token.expires_at.millis())
        .bind(token.digest.as_bytes())
        .bind(now.millis())
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = &renewed {
            outlast(&mut transaction, GrantId(Columns(row).uuid("grant_id")?), token.expires_at).await?;
        }
        transaction.commit().await?;
        Ok(renewed.is_some())
    }
}

/// What followed a spent token. Of one that was spent before salts were kept, nothing can be given again.
fn read_succession(row: &Columns<'_>) -> Result<Option<Succession>, StoreError> {
    let Some(at) = row.maybe_time("spent_at")? else { return Ok(None) };
    let salt = row.maybe_digest("salt")?.and_then(|salt| salt.as_bytes().try_into().ok());
    let used = salt.is_none() || row.integer::<i64>("used")? == 1;
    Ok(Some(Succession { at, salt: salt.unwrap_or_default(), used }))
}

/// Keeps a grant and its first refresh token, within the transaction that redeems the login.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    grant: &Grant,
    refresh_token: Option<&NewRefreshToken>,
    now: Time,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into grants (id, client, account, scopes, nonce, authenticated_at, methods, claims, resources,
             session, sid, key, created_at, expires_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
             max(?, coalesce((select expires_at from sessions where id = ?), 0)))",
    )
    .bind(grant.id.0.as_bytes().to_vec())
    .bind(grant.client.as_str())
    .bind(grant.account.0.as_bytes().to_vec())
    .bind(grant.scopes.to_string())
    .bind(grant.nonce.as_deref())
    .bind(grant.authentication.at.millis())
    .bind(grant.authentication.methods.to_string())
    .bind(serde_json::to_string(&grant.claims).map_err(|_| StoreError::Corrupt("claims"))?)
    .bind(serde_json::Value::from(grant.resources.clone()).to_string())
    .bind(grant.session.map(|id| id.0.as_bytes().to_vec()))
    .bind(grant.sid.as_deref())
    .bind(grant.key.as_ref().map(Thumbprint::as_str))
    .bind(grant.created_at.millis())
    .bind((now + WITHOUT_REFRESH_TOKEN).millis())
    .bind(grant.session.map(|id| id.0.as_bytes().to_vec()))
    .execute(&mut **transaction)
    .await?;
    let event = Event::GrantMade { grant: grant.id.0, scopes: grant.scopes.to_string() };
    trail::record(transaction, &Entry { at: now, event, subject: subject(grant) }).await?;
    match refresh_token {
        Some(token) => keep(transaction, grant.id, token).await,
        None => Ok(()),
    }
}

/// Whom and what a grant is about.
fn subject(grant: &Grant) -> Subject {
    Subject {
        account: Some(grant.account),
        client: Some(grant.client.clone()),
        session: grant.session,
        ..Subject::default()
    }
}

async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    grant: GrantId,
    token: &NewRefreshToken,
) -> Result<(), StoreError> {
    sqlx::query("insert into refresh_tokens (token, grant_id, expires_at) values (?, ?, ?)")
        .bind(token.digest.as_bytes())
        .bind(grant.0.as_bytes().to_vec())
        .bind(token.expires_at.millis())
        .execute(&mut **transaction)
        .await?;
    outlast(transaction, grant, token.expires_at).await
}

/// A grant is kept for as long as a token of it may be good.
async fn outlast(
    transaction: &mut Transaction<'_, Sqlite>,
    grant: GrantId,
    end: Time,
) -> Result<(), StoreError> {
    sqlx::query("update grants set expires_at = max(expires_at, ?) where id = ?")
        .bind(end.millis())
        .bind(grant.0.as_bytes().to_vec())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Grant, StoreError> {
    let row = Columns(row);
    Ok(Grant {
        id: GrantId(row.uuid("id")?),
        client: row.parsed("client", ClientId::parse)?,
        account: AccountId(row.uuid("account")?),
        scopes: Scopes::parse(&row.text("scopes")?),
        nonce: row.maybe_text("nonce")?,
        authentication: read_authentication(&row)?,
        claims: row.json("claims")?,
        resources: row.json("resources")?,
        session: row.maybe_uuid("session")?.map(SessionId),
        sid: row.maybe_text("sid")?,
        key: row.maybe_text("key")?.map(Thumbprint::from_stored),
        created_at: row.time("created_at")?,
    })
}
