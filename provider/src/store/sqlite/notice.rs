//! Notices, and taking back what they tell of.

use async_trait::async_trait;
use protocol::notice::NoticeKind;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Columns, SqliteStore,
    logout::{self, Whom},
    passkey, read_context, session, trail,
};
use crate::{
    account::{
        AccountId,
        device::{Device, DeviceId},
        notice::{AGAIN_AFTER, Notice, NoticeId, TIMES, TakenBack},
        passkey::Passkey,
        phone_session::PhoneSession,
    },
    clock::Time,
    login::{
        LoginId,
        context::BrowserContext,
        session::{Ending, SessionId},
    },
    oauth::{client::ClientId, grant::GrantId},
    store::{NewDevice, NoticeStore, StoreError},
    trail::{Entry, Event, Subject},
};

#[async_trait]
impl NoticeStore for SqliteStore {
    async fn notices(&self, device: &Device, now: Time, most: u32) -> Result<Vec<Notice>, StoreError> {
        let found = sqlx::query(
            "select notices.*, coalesce(seen.times, 0) as seen, coalesce(seen.due_at, notices.at) as due_at,
                 case kind when 'passkey' then passkeys.name else devices.name end as name
             from notices
                 left join passkeys on passkeys.id = notices.passkey
                 left join notice_acknowledgements seen on seen.notice = notices.id and seen.device = ?1
                 left join devices on devices.id = notices.device
             where notices.account = ?2 and answered_at is null and coalesce(seen.times, 0) < ?3
                 and not (kind = 'device' and notices.device = ?1)
                 and (kind <> 'login' or notices.at >= ?4) and notices.at <= ?5
             order by notices.at desc, notices.rowid desc limit ?6",
        )
        .bind(device.id.0.as_bytes().to_vec())
        .bind(device.account.0.as_bytes().to_vec())
        .bind(i64::from(TIMES))
        .bind(device.enrolled_at.millis())
        .bind(now.millis())
        .bind(i64::from(most))
        .fetch_all(&self.read)
        .await?;
        found.iter().map(read).collect()
    }

    async fn acknowledge_notice(&self, id: NoticeId, device: &Device, now: Time) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let known = sqlx::query("select 1 from notices where id = ? and account = ? and answered_at is null")
            .bind(id.0.as_bytes().to_vec())
            .bind(device.account.0.as_bytes().to_vec())
            .fetch_optional(&mut *transaction)
            .await?;
        if known.is_some() {
            sqlx::query(
                "insert into notice_acknowledgements (notice, device, times, due_at) values (?1, ?2, 1, ?3)
                 on conflict (notice, device) do update set times = times + 1
                     where due_at <= ?4 and times < ?5",
            )
            .bind(id.0.as_bytes().to_vec())
            .bind(device.id.0.as_bytes().to_vec())
            .bind((now + AGAIN_AFTER).millis())
            .bind(now.millis())
            .bind(i64::from(TIMES))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(known.is_some())
    }

    async fn take_back(
        &self,
        id: NoticeId,
        by: &PhoneSession,
        now: Time,
    ) -> Result<Option<TakenBack>, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let answered = sqlx::query(
            "update notices set answered_at = ? where id = ? and account = ? and answered_at is null
             returning *",
        )
        .bind(now.millis())
        .bind(id.0.as_bytes().to_vec())
        .bind(by.account.id.0.as_bytes().to_vec())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = answered else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let mut taken_back = TakenBack { by: by.actor(), logins: Vec::new() };
        let event = Event::TakenBack { what: Columns(&row).text("kind")? };
        let client = Columns(&row).maybe_text("client")?.as_deref().and_then(ClientId::parse);
        let subject = Subject { client, ..by.subject() };
        trail::record(&mut transaction, &Entry { at: now, event, subject }).await?;
        match read_kind(&Columns(&row))? {
            NoticeKind::Login => take_back_login(&mut transaction, &row, now, &mut taken_back).await?,
            NoticeKind::Device => {
                let first = Columns(&row).bytes("device")?;
                let devices = tainted(&mut transaction, &first, &by.device).await?;
                take_back_devices(&mut transaction, &devices, now, &mut taken_back).await?;
            }
            NoticeKind::Passkey => {
                take_back_passkey(&mut transaction, &row, by, &mut taken_back, now).await?;
            }
        }
        transaction.commit().await?;
        Ok(Some(taken_back))
    }
}

/// Makes a notice of a login that has been confirmed, within the transaction that confirms it.
pub(super) async fn tell_of_login(
    transaction: &mut Transaction<'_, Sqlite>,
    login: LoginId,
    now: Time,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into notices (id, account, kind, at, user_agent, address, device, login, client, session)
         select randomblob(16), account, 'login', ?, user_agent, address, device, id, client, session
         from logins where id = ?",
    )
    .bind(now.millis())
    .bind(login.0.as_bytes().to_vec())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Notes the session that a login began, within the transaction that delivers it.
pub(super) async fn note_result(
    transaction: &mut Transaction<'_, Sqlite>,
    login: LoginId,
) -> Result<(), StoreError> {
    sqlx::query(
        "update notices set session = (select session from logins where id = notices.login) where login = ?",
    )
    .bind(login.0.as_bytes().to_vec())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Notes what a site got, within the transaction that redeems the login.
pub(super) async fn note_grant(
    transaction: &mut Transaction<'_, Sqlite>,
    grant: GrantId,
) -> Result<(), StoreError> {
    sqlx::query("update notices set grant_id = ?1 where login = (select id from logins where grant_id = ?1)")
        .bind(grant.0.as_bytes().to_vec())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Makes a notice of a device, within the transaction that enrols it.
pub(super) async fn tell_of_device(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewDevice,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into notices (id, account, kind, at, user_agent, address, device)
         values (randomblob(16), ?, 'device', ?, ?, ?, ?)",
    )
    .bind(new.device.account.0.as_bytes().to_vec())
    .bind(new.device.enrolled_at.millis())
    .bind(&new.from.user_agent)
    .bind(new.from.address.to_string())
    .bind(new.device.id.0.as_bytes().to_vec())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Makes a notice of a passkey, within the transaction that keeps it.
pub(super) async fn tell_of_passkey(
    transaction: &mut Transaction<'_, Sqlite>,
    passkey: &Passkey,
    from: &BrowserContext,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into notices (id, account, kind, at, user_agent, address, device, passkey)
         values (randomblob(16), ?, 'passkey', ?, ?, ?, ?, ?)",
    )
    .bind(passkey.account.0.as_bytes().to_vec())
    .bind(passkey.created_at.millis())
    .bind(&from.user_agent)
    .bind(from.address.to_string())
    .bind(passkey.device.0.as_bytes().to_vec())
    .bind(&passkey.id.0)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Lets a device stand where the same phone stood before: what it is told of, and what it has to answer for.
pub(super) async fn take_over(
    transaction: &mut Transaction<'_, Sqlite>,
    before: DeviceId,
    now: DeviceId,
) -> Result<(), StoreError> {
    for sql in [
        "update notices set device = ?2 where device = ?1",
        "update notice_acknowledgements set device = ?2 where device = ?1",
        "update devices set admitted_by = ?2 where admitted_by = ?1",
        "update passkeys set device = ?2 where device = ?1",
    ] {
        sqlx::query(sql)
            .bind(before.0.as_bytes().to_vec())
            .bind(now.0.as_bytes().to_vec())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Ends what came of a login: its session and all of that, its grant, what it allowed the site for the first time, and that the site is
/// known; and if it is still under way, the login itself.
async fn take_back_login(
    transaction: &mut Transaction<'_, Sqlite>,
    row: &SqliteRow,
    now: Time,
    taken_back: &mut TakenBack,
) -> Result<(), StoreError> {
    let notice = Columns(row);
    let cancelled = sqlx::query(
        "update logins set state = 'cancelled', version = version + 1, expires_at = ?
         where id = ? and state in ('confirmed', 'delivered') returning id",
    )
    .bind(now.millis())
    .bind(notice.bytes("login")?)
    .fetch_optional(&mut **transaction)
    .await?;
    if let Some(row) = cancelled {
        taken_back.logins.push(LoginId(Columns(&row).uuid("id")?));
    }
    if let Some(id) = notice.maybe_uuid("session")?.map(SessionId) {
        session::end(transaction, id, (Ending::Revoked, taken_back.by), now).await?;
        // What outlasted a session that had ended before.
        logout::tell(transaction, Whom::LeftOfSession(id), now).await?;
        revoke_grants(transaction, "session", id.0, now).await?;
    }
    if let Some(id) = notice.maybe_uuid("grant_id")?.map(GrantId) {
        logout::tell(transaction, Whom::Grant(id), now).await?;
        revoke_grants(transaction, "id", id.0, now).await?;
    }
    for sql in [
        "delete from consents where account = ? and client = ? and granted_at >= ?",
        "delete from known_sites where account = ? and client = ? and first_at >= ?",
    ] {
        sqlx::query(sql)
            .bind(notice.bytes("account")?)
            .bind(notice.text("client")?)
            .bind(notice.time("at")?.millis())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

async fn revoke_grants(
    transaction: &mut Transaction<'_, Sqlite>,
    of: &'static str,
    id: Uuid,
    now: Time,
) -> Result<(), StoreError> {
    let sql = match of {
        "session" => "update grants set revoked_at = ? where session = ? and revoked_at is null",
        _ => "update grants set revoked_at = ? where id = ? and revoked_at is null",
    };
    let revoke = sqlx::query(sql).bind(now.millis()).bind(id.as_bytes().to_vec());
    revoke.execute(&mut **transaction).await?;
    Ok(())
}

/// A device that was never its owner's, and every device that it let in, and those that they did. Not the one that says so: whose
/// owner asks is not shut out by their own word.
async fn tainted(
    transaction: &mut Transaction<'_, Sqlite>,
    first: &[u8],
    caller: &Device,
) -> Result<Vec<DeviceId>, StoreError> {
    let found = sqlx::query(
        "with recursive tainted (id) as (
             select ?1 union
             select devices.id from devices join tainted on devices.admitted_by = tainted.id
             where devices.account = ?2 and devices.id <> ?3)
         select id from tainted",
    )
    .bind(first.to_vec())
    .bind(caller.account.0.as_bytes().to_vec())
    .bind(caller.id.0.as_bytes().to_vec())
    .fetch_all(&mut **transaction)
    .await?;
    found.iter().map(|row| Ok(DeviceId(Columns(row).uuid("id")?))).collect()
}

/// Removes a passkey, and takes back every device that it let in.
async fn take_back_passkey(
    transaction: &mut Transaction<'_, Sqlite>,
    row: &SqliteRow,
    by: &PhoneSession,
    taken_back: &mut TakenBack,
    now: Time,
) -> Result<(), StoreError> {
    let (id, account) = (Columns(row).bytes("passkey")?, by.account.id.0.as_bytes().to_vec());
    let removed = sqlx::query("delete from passkeys where id = ? and account = ? returning *")
        .bind(id.clone())
        .bind(account.clone())
        .fetch_all(&mut **transaction)
        .await?;
    passkey::tell(transaction, &removed, taken_back.by, now).await?;
    let let_in = sqlx::query("select id from devices where admitted_passkey = ? and account = ?")
        .bind(id)
        .bind(account)
        .fetch_all(&mut **transaction)
        .await?;
    for row in let_in {
        let devices = tainted(transaction, &Columns(&row).bytes("id")?, &by.device).await?;
        take_back_devices(transaction, &devices, now, taken_back).await?;
    }
    Ok(())
}

/// Revokes devices, takes back all that they confirmed, and removes the passkeys that were made on them.
async fn take_back_devices(
    transaction: &mut Transaction<'_, Sqlite>,
    devices: &[DeviceId],
    now: Time,
    taken_back: &mut TakenBack,
) -> Result<(), StoreError> {
    for device in devices {
        let id = device.0.as_bytes().to_vec();
        let revoked = sqlx::query(
            "update devices set revoked_at = ? where id = ? and revoked_at is null returning account",
        )
        .bind(now.millis())
        .bind(id.clone())
        .fetch_optional(&mut **transaction)
        .await?;
        if let Some(row) = revoked {
            let subject = Subject {
                account: Some(AccountId(Columns(&row).uuid("account")?)),
                device: Some(*device),
                address: taken_back.by.address,
                ..Subject::default()
            };
            let event = Event::DeviceRevoked { by: taken_back.by.device.map(|by| by.0) };
            trail::record(transaction, &Entry { at: now, event, subject }).await?;
        }
        let passkeys = sqlx::query("delete from passkeys where device = ? returning *")
            .bind(id.clone())
            .fetch_all(&mut **transaction)
            .await?;
        passkey::tell(transaction, &passkeys, taken_back.by, now).await?;
        logout::end_with_device(transaction, *device, now).await?;
        let logins = sqlx::query(
            "update notices set answered_at = ? where device = ? and answered_at is null returning *",
        )
        .bind(now.millis())
        .bind(id)
        .fetch_all(&mut **transaction)
        .await?;
        for row in &logins {
            if read_kind(&Columns(row))? == NoticeKind::Login {
                take_back_login(transaction, row, now, taken_back).await?;
            }
        }
    }
    Ok(())
}

fn read_kind(row: &Columns<'_>) -> Result<NoticeKind, StoreError> {
    row.parsed("kind", |text| match text {
        "login" => Some(NoticeKind::Login),
        "device" => Some(NoticeKind::Device),
        "passkey" => Some(NoticeKind::Passkey),
        _ => None,
    })
}

fn read(row: &SqliteRow) -> Result<Notice, StoreError> {
    let row = Columns(row);
    let client = row.maybe_text("client")?;
    Ok(Notice {
        id: NoticeId(row.uuid("id")?),
        kind: read_kind(&row)?,
        at: row.time("at")?,
        from: read_context(&row)?,
        device: DeviceId(row.uuid("device")?),
        client: client.map(|id| ClientId::parse(&id).ok_or(StoreError::Corrupt("client"))).transpose()?,
        name: row.maybe_text("name")?,
        seen: row.integer("seen")?,
        due_at: row.time("due_at")?,
    })
}
