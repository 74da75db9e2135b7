//! Browser sessions.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    Columns, SqliteStore,
    logout::{self, Whom},
    read_authentication, trail,
};
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::session::{Ending, Session, SessionId},
    oauth::client::ClientId,
    secret::Digest,
    store::{NewSession, SessionStore, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn session(&self, secret: &Digest, now: Time) -> Result<Option<Session>, StoreError> {
        let found =
            sqlx::query("select * from sessions where secret = ? and ended_at is null and expires_at > ?")
                .bind(secret.as_bytes())
                .bind(now.millis())
                .fetch_optional(&self.read)
                .await?;
        found.map(|row| read(&row)).transpose()
    }

    async fn session_by_sid(
        &self,
        client: &ClientId,
        sid: &str,
        now: Time,
    ) -> Result<Option<Session>, StoreError> {
        let found = sqlx::query(
            "select * from sessions
             where id in (select session from grants where sid = ? and client = ?)
                 and ended_at is null and expires_at > ?",
        )
        .bind(sid)
        .bind(client.as_str())
        .bind(now.millis())
        .fetch_optional(&self.read)
        .await?;
        found.map(|row| read(&row)).transpose()
    }

    async fn end_session(
        &self,
        id: SessionId,
        ending: Ending,
        by: Actor,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let ended = end(&mut transaction, id, (ending, by), now).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

/// Ends a session within a transaction, and queues what its sites have to be told.
pub(super) async fn end(
    transaction: &mut Transaction<'_, Sqlite>,
    id: SessionId,
    (ending, by): (Ending, Actor),
    now: Time,
) -> Result<bool, StoreError> {
    let ended = sqlx::query("update sessions set ended_at = ? where id = ? and ended_at is null returning *")
        .bind(now.millis())
        .bind(id.0.as_bytes().to_vec())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = ended else { return Ok(false) };
    let session = read(&row)?;
    let subject = Subject {
        account: Some(session.account),
        device: by.device,
        session: Some(id),
        address: by.address,
        ..Subject::default()
    };
    let event = Event::SessionEnded { by_person: ending == Ending::SignedOut };
    trail::record(transaction, &Entry { at: now, event, subject }).await?;
    logout::tell(transaction, Whom::Session(id), now).await?;
    sqlx::query(
        "update grants set revoked_at = ?
         where session = ? and revoked_at is null
             and (? or not exists (select 1 from refresh_tokens where grant_id = grants.id))",
    )
    .bind(now.millis())
    .bind(id.0.as_bytes().to_vec())
    .bind(ending == Ending::Revoked)
    .execute(&mut **transaction)
    .await?;
    Ok(true)
}

/// Begins a session, or lets the one go on that the browser has, within the transaction that delivers the login.
pub(super) async fn begin(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewSession,
    now: Time,
) -> Result<SessionId, StoreError> {
    let session = &new.session;
    if let Some(held) = new.goes_on {
        let goes_on = sqlx::query(
            "update sessions set secret = ?, device = ?, methods = ?, authenticated_at = ?, expires_at = ?
             where id = ? and account = ? and ended_at is null and expires_at > ?",
        )
        .bind(session.secret.as_ref().map(Digest::as_bytes))
        .bind(session.device.0.as_bytes().to_vec())
        .bind(session.authentication.methods.to_string())
        .bind(session.authentication.at.millis())
        .bind(session.expires_at.millis())
        .bind(held.0.as_bytes().to_vec())
        .bind(session.account.0.as_bytes().to_vec())
        .bind(now.millis())
        .execute(&mut **transaction)
        .await?;
        if goes_on.rows_affected() == 1 {
            return Ok(held);
        }
    }
    sqlx::query(
        "insert into sessions (id, secret, account, device, methods, authenticated_at, created_at, expires_at)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(session.id.0.as_bytes().to_vec())
    .bind(session.secret.as_ref().map(Digest::as_bytes))
    .bind(session.account.0.as_bytes().to_vec())
    .bind(session.device.0.as_bytes().to_vec())
    .bind(session.authentication.methods.to_string())
    .bind(session.authentication.at.millis())
    .bind(session.created_at.millis())
    .bind(session.expires_at.millis())
    .execute(&mut **transaction)
    .await?;
    Ok(session.id)
}

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    let row = Columns(row);
    Ok(Session {
        id: SessionId(row.uuid("id")?),
        secret: row.maybe_digest("secret")?,
        account: AccountId(row.uuid("account")?),
        device: DeviceId(row.uuid("device")?),
        authentication: read_authentication(&row)?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}
