//! What sites have yet to be told. The transactions that end something fill the queue; servers empty it.

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, session, trail};
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::session::{Ending, SessionId},
    oauth::{client::ClientId, grant::GrantId},
    oidc::logout::{Claim, LogoutNotice, NoticeId},
    store::{LogoutStore, SignedOut, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

#[async_trait]
impl LogoutStore for SqliteStore {
    async fn claim_logout_notices(&self, claim: Claim) -> Result<Vec<LogoutNotice>, StoreError> {
        let claimed = sqlx::query(
            "update logout_notices set attempts = attempts + 1, due_at = ?2, claimed_until = ?2
             where id in (
                 select id from (
                     select id, due_at, row_number() over (partition by client order by due_at, id)
                         + (select count(*) from logout_notices busy
                            where busy.client = due.client and busy.claimed_until > ?1) as place
                     from logout_notices due where due_at <= ?1)
                 where place <= ?3 order by due_at limit ?4)
             returning *",
        )
        .bind(claim.now.millis())
        .bind(claim.until.millis())
        .bind(i64::from(claim.most_of_client))
        .bind(i64::from(claim.most))
        .fetch_all(&self.write)
        .await?;
        claimed.iter().map(read).collect()
    }

    async fn next_logout_notice(&self) -> Result<Option<Time>, StoreError> {
        let row =
            sqlx::query("select min(due_at) as due_at from logout_notices").fetch_one(&self.read).await?;
        Columns(&row).maybe_time("due_at")
    }

    async fn finish_logout_notice(&self, notice: &LogoutNotice) -> Result<(), StoreError> {
        sqlx::query("delete from logout_notices where id = ? and attempts = ?")
            .bind(notice.id.0.to_vec())
            .bind(i64::from(notice.attempts))
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn postpone_logout_notice(&self, notice: &LogoutNotice, due_at: Time) -> Result<(), StoreError> {
        sqlx::query(
            "update logout_notices set due_at = ?, claimed_until = null where id = ? and attempts = ?",
        )
        .bind(due_at.millis())
        .bind(notice.id.0.to_vec())
        .bind(i64::from(notice.attempts))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn sign_out_everywhere(&self, account: AccountId, now: Time) -> Result<SignedOut, StoreError> {
        let id = account.0.as_bytes().to_vec();
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let sessions =
            sqlx::query("select id from sessions where account = ? and ended_at is null and expires_at > ?")
                .bind(id.clone())
                .bind(now.millis())
                .fetch_all(&mut *transaction)
                .await?;
        revoke_sessions(&mut transaction, &sessions, now).await?;
        tell(&mut transaction, Whom::Account(account), now).await?;
        sqlx::query("update grants set revoked_at = ? where account = ? and revoked_at is null")
            .bind(now.millis())
            .bind(id.clone())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("delete from waiting_devices where account = ?")
            .bind(id.clone())
            .execute(&mut *transaction)
            .await?;
        let devices =
            sqlx::query("update devices set revoked_at = ? where account = ? and revoked_at is null")
                .bind(now.millis())
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        let ended = SignedOut { sessions: sessions.len() as u64, devices: devices.rows_affected() };
        let event = Event::SignedOutEverywhere { sessions: ended.sessions, devices: ended.devices };
        let subject = Subject { account: Some(account), ..Subject::default() };
        trail::record(&mut transaction, &Entry { at: now, event, subject }).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

/// Whose sites are to be told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom<'a> {
    /// Those of a session.
    Session(SessionId),
    /// One site of an account.
    Site(AccountId, &'a ClientId),
    /// Those that a phone approved without a session.
    Device(DeviceId),
    /// All that an account's grants still live at.
    Account(AccountId),
    /// Those of what outlasted a session.
    LeftOfSession(SessionId),
    /// The one that a grant lives at.
    Grant(GrantId),
}

/// One notice for each name that a session has at a site that wants to be told.
macro_rules! notices {
    ($of_grants:literal) => {
        concat!(
            "insert into logout_notices (id, client, account, sid, created_at, due_at)
             select randomblob(16), client, account, sid, ?1, ?1 from grants
             where exists (select 1 from clients where id = grants.client
                     and json_extract(document, '$.backchannel_logout_uri') is not null)
                 and ",
            $of_grants,
            " group by client, account, sid"
        )
    };
}

/// Queues what sites have to be told, within the transaction that ends something, and before it does.
pub(super) async fn tell(
    transaction: &mut Transaction<'_, Sqlite>,
    whom: Whom<'_>,
    now: Time,
) -> Result<(), StoreError> {
    let (sql, id, client) = match whom {
        Whom::Session(id) => (notices!("session = ?2"), id.0, None),
        Whom::Site(account, client) => (
            notices!("account = ?2 and client = ?3 and revoked_at is null"),
            account.0,
            Some(client.as_str()),
        ),
        Whom::Device(id) => (notices!("device = ?2 and revoked_at is null"), id.0, None),
        Whom::LeftOfSession(id) => (notices!("session = ?2 and revoked_at is null"), id.0, None),
        Whom::Grant(id) => (notices!("id = ?2 and revoked_at is null"), id.0, None),
        Whom::Account(id) => (notices!("account = ?2 and revoked_at is null"), id.0, None),
    };
    let mut notices = sqlx::query(sql).bind(now.millis()).bind(id.as_bytes().to_vec());
    if let Some(client) = client {
        notices = notices.bind(client);
    }
    notices.execute(&mut **transaction).await?;
    Ok(())
}

/// Ends what a phone vouched for: its sessions, what came from them, and what it approved without one.
pub(super) async fn end_with_device(
    transaction: &mut Transaction<'_, Sqlite>,
    device: DeviceId,
    now: Time,
) -> Result<(), StoreError> {
    let id = device.0.as_bytes().to_vec();
    let sessions =
        sqlx::query("select id from sessions where device = ? and ended_at is null and expires_at > ?")
            .bind(id.clone())
            .bind(now.millis())
            .fetch_all(&mut **transaction)
            .await?;
    revoke_sessions(transaction, &sessions, now).await?;
    tell(transaction, Whom::Device(device), now).await?;
    sqlx::query("update grants set revoked_at = ? where device = ? and revoked_at is null")
        .bind(now.millis())
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn revoke_sessions(
    transaction: &mut Transaction<'_, Sqlite>,
    sessions: &[SqliteRow],
    now: Time,
) -> Result<(), StoreError> {
    for row in sessions {
        let id = SessionId(Columns(row).uuid("id")?);
        session::end(transaction, id, (Ending::Revoked, Actor::default()), now).await?;
    }
    Ok(())
}

fn read(row: &SqliteRow) -> Result<LogoutNotice, StoreError> {
    let row = Columns(row);
    Ok(LogoutNotice {
        id: NoticeId(row.bytes("id")?.try_into().map_err(|_| StoreError::Corrupt("id"))?),
        client: row.parsed("client", ClientId::parse)?,
        account: AccountId(row.uuid("account")?),
        sid: row.maybe_text("sid")?,
        created_at: row.time("created_at")?,
        attempts: row.integer("attempts")?,
    })
}
