//! The audit trail. `record` is called by the transactions that change something.

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore};
use crate::{
    account::{
        AccountId,
        device::{DeviceId, DeviceName},
    },
    clock::Time,
    login::{LoginId, session::SessionId},
    oauth::client::ClientId,
    store::{StoreError, TrailStore},
    trail::{Count, Entry, EntryId, Event, Kept, MOST_TOLD, Page, Part, Subject},
};

const HOUR: i64 = 3_600_000;

#[async_trait]
impl TrailStore for SqliteStore {
    async fn record(&self, entry: &Entry) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        record(&mut transaction, entry).await?;
        Ok(transaction.commit().await?)
    }

    async fn recent_requests(&self, account: AccountId, since: Time) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "select count(*) as requests from trail where account = ? and at >= ? and kind = 'login_scanned'",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind(since.millis())
        .fetch_one(&self.read)
        .await?;
        Columns(&row).integer("requests")
    }

    async fn activity(&self, account: AccountId, page: Page, most: u32) -> Result<Vec<Kept>, StoreError> {
        let before = match page {
            Page::First => None,
            Page::Before(id) => Some(id.0.as_bytes().to_vec()),
        };
        sqlx::query(
            "select * from trail
             where account = ?1 and kind <> 'grant_made'
                 and (?2 is null
                     or (at, number) < (select at, number from trail where id = ?2 and account = ?1))
             order by at desc, number desc limit ?3",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind(before)
        .bind(most)
        .fetch_all(&self.read)
        .await?
        .iter()
        .map(read)
        .collect()
    }

    async fn device_names(&self, account: AccountId) -> Result<Vec<(DeviceId, DeviceName)>, StoreError> {
        sqlx::query("select id, name from devices where account = ?")
            .bind(account.0.as_bytes().to_vec())
            .fetch_all(&self.read)
            .await?
            .iter()
            .map(|row| {
                let row = Columns(row);
                Ok((DeviceId(row.uuid("id")?), row.parsed("name", DeviceName::parse)?))
            })
            .collect()
    }

    async fn trail(&self, part: Part, most: u32) -> Result<Vec<Kept>, StoreError> {
        sqlx::query(
            "select * from trail
             where number > ?1 and at >= ?2 and (?3 is null or account = ?3) order by number limit ?4",
        )
        .bind(part.after)
        .bind(part.since.map_or(i64::MIN, Time::millis))
        .bind(part.account.map(|id| id.0.as_bytes().to_vec()))
        .bind(most)
        .fetch_all(&self.read)
        .await?
        .iter()
        .map(read)
        .collect()
    }

    async fn trail_counts(&self, since: Option<Time>) -> Result<Vec<Count>, StoreError> {
        sqlx::query("select * from trail_counts where hour >= ? order by hour, kind, subject")
            .bind(since.map_or(i64::MIN, hour))
            .fetch_all(&self.read)
            .await?
            .iter()
            .map(|row| {
                let row = Columns(row);
                Ok(Count {
                    hour: row.time("hour")?,
                    kind: row.text("kind")?,
                    subject: row.text("subject")?,
                    count: row.integer("count")?,
                })
            })
            .collect()
    }

    async fn cut_trail(&self, before: Time) -> Result<u64, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        // A clock that was turned back cuts nothing.
        sqlx::query("update trail_retention set start = max(start, ?)")
            .bind(before.millis())
            .execute(&mut *transaction)
            .await?;
        let mut cut = 0;
        for sql in ["delete from trail where at < ?", "delete from trail_counts where hour < ?"] {
            cut += sqlx::query(sql).bind(before.millis()).execute(&mut *transaction).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(cut)
    }
}

/// Writes an entry, within the transaction that makes what it tells of. What is cheap is counted, and told only so often.
pub(super) async fn record(
    transaction: &mut Transaction<'_, Sqlite>,
    entry: &Entry,
) -> Result<(), StoreError> {
    let (kind, details) = written(&entry.event)?;
    let subject = &entry.subject;
    if entry.event.is_cheap() && count(transaction, &kind, entry).await? > MOST_TOLD {
        return Ok(());
    }
    sqlx::query(
        "insert into trail (at, kind, details, account, device, client, login, session, address)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.at.millis())
    .bind(kind)
    .bind(details)
    .bind(subject.account.map(|id| id.0.as_bytes().to_vec()))
    .bind(subject.device.map(|id| id.0.as_bytes().to_vec()))
    .bind(subject.client.as_ref().map(ClientId::as_str))
    .bind(subject.login.map(|id| id.0.as_bytes().to_vec()))
    .bind(subject.session.map(|id| id.0.as_bytes().to_vec()))
    .bind(subject.address.map(|address| address.to_string()))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// How often it happened in this hour to this client or account, with this time.
async fn count(
    transaction: &mut Transaction<'_, Sqlite>,
    kind: &str,
    entry: &Entry,
) -> Result<u32, StoreError> {
    let subject = &entry.subject;
    let whose = match (&subject.client, subject.account) {
        (Some(client), _) => client.to_string(),
        (None, Some(account)) => account.0.to_string(),
        (None, None) => String::new(),
    };
    let row = sqlx::query(
        "insert into trail_counts (hour, kind, subject, count) values (?, ?, ?, 1)
         on conflict (hour, kind, subject) do update set count = count + 1
         returning count",
    )
    .bind(hour(entry.at))
    .bind(kind)
    .bind(whose)
    .fetch_one(&mut **transaction)
    .await?;
    Ok(Columns(&row).integer::<u32>("count").unwrap_or(u32::MAX))
}

fn hour(at: Time) -> i64 {
    at.millis() - at.millis().rem_euclid(HOUR)
}

/// An event's kind and details, as the columns hold them.
fn written(event: &Event) -> Result<(String, String), StoreError> {
    const CORRUPT: StoreError = StoreError::Corrupt("event");
    let event = serde_json::to_value(event).map_err(|_| CORRUPT)?;
    let kind = event["kind"].as_str().ok_or(CORRUPT)?.to_owned();
    Ok((kind, event["details"].to_string()))
}

fn read(row: &SqliteRow) -> Result<Kept, StoreError> {
    let row = Columns(row);
    let event = json!({"kind": row.text("kind")?, "details": row.json::<Value>("details")?});
    Ok(Kept {
        number: row.integer("number")?,
        id: EntryId(row.uuid("id")?),
        entry: Entry {
            at: row.time("at")?,
            event: serde_json::from_value(event).map_err(|_| StoreError::Corrupt("kind"))?,
            subject: Subject {
                account: row.maybe_uuid("account")?.map(AccountId),
                device: row.maybe_uuid("device")?.map(DeviceId),
                client: row
                    .maybe_text("client")?
                    .map(|text| ClientId::parse(&text).ok_or(StoreError::Corrupt("client")))
                    .transpose()?,
                login: row.maybe_uuid("login")?.map(LoginId),
                session: row.maybe_uuid("session")?.map(SessionId),
                address: row
                    .maybe_text("address")?
                    .map(|text| text.parse().map_err(|_| StoreError::Corrupt("address")))
                    .transpose()?,
            },
        },
    })
}
