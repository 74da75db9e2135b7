//! Enrolment of devices, and those that wait for it.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{Columns, SqliteStore, attempt, device, notice, read_context, trail};
use crate::{
    account::{
        AccountId,
        admission::{Admission, Decision, WaitingDevice, WaitingId},
        device::{DeviceId, DeviceName},
        passkey::PasskeyId,
        phone_session::PhoneSession,
    },
    clock::Time,
    oauth::dpop::Thumbprint,
    secret::Digest,
    store::{Enrolment, EnrolmentStore, NewDevice, StoreError},
    trail::{Entry, Event, Subject},
};

/// Who let a device in, as its row keeps it.
#[derive(Default)]
struct AdmittedBy {
    device: Option<Vec<u8>>,
    passkey: Option<Vec<u8>>,
}

#[async_trait]
impl EnrolmentStore for SqliteStore {
    async fn enrol_device(
        &self,
        new: &NewDevice,
        admission: &Admission,
        most: u32,
    ) -> Result<Enrolment, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let mut by = AdmittedBy::default();
        match admission {
            Admission::Password => {
                if !is_enough(&mut transaction, new).await? {
                    transaction.rollback().await?;
                    return Ok(Enrolment::NeedsConsent);
                }
            }
            Admission::Passkey(id) => {
                // Gone in this very moment, it vouches for nobody.
                let Some(device) = passkey_device(&mut transaction, id, new).await? else {
                    transaction.rollback().await?;
                    return Ok(Enrolment::NeedsConsent);
                };
                by = AdmittedBy { device: Some(device), passkey: Some(id.0.clone()) };
            }
            Admission::Vouched => {}
        }
        let enrolment = insert(&mut transaction, new, by, most).await?;
        finish(transaction, enrolment).await
    }

    async fn add_waiting_device(&self, waiting: &WaitingDevice, most: u32) -> Result<bool, StoreError> {
        let account = waiting.account.0.as_bytes().to_vec();
        let mut transaction = self.write.begin_with("begin immediate").await?;
        sqlx::query("delete from waiting_devices where account = ? and (key = ? or expires_at <= ?)")
            .bind(account.clone())
            .bind(waiting.key.as_str())
            .bind(waiting.asked_at.millis())
            .execute(&mut *transaction)
            .await?;
        let added = sqlx::query(
            "insert into waiting_devices
                 (id, token, account, name, key, user_agent, address, asked_at, expires_at)
             select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
             where (select count(*) from waiting_devices where account = ?3 and decision is null) < ?10",
        );
        let added = added
            .bind(waiting.id.0.as_bytes().to_vec())
            .bind(waiting.token.as_bytes())
            .bind(account)
            .bind(waiting.name.as_str())
            .bind(waiting.key.as_str())
            .bind(&waiting.from.user_agent)
            .bind(waiting.from.address.to_string())
            .bind(waiting.asked_at.millis())
            .bind(waiting.expires_at.millis())
            .bind(i64::from(most))
            .execute(&mut *transaction)
            .await?;
        if added.rows_affected() == 1 {
            let event = Event::DeviceAsked { name: waiting.name.as_str().to_owned() };
            let subject = Subject {
                account: Some(waiting.account),
                address: Some(waiting.from.address),
                ..Subject::default()
            };
            trail::record(&mut transaction, &Entry { at: waiting.asked_at, event, subject }).await?;
        }
        transaction.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    async fn waiting_devices(&self, account: AccountId, now: Time) -> Result<Vec<WaitingDevice>, StoreError> {
        let found = sqlx::query(
            "select * from waiting_devices where account = ? and decision is null and expires_at > ?
             order by asked_at, id",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind(now.millis());
        found.fetch_all(&self.read).await?.iter().map(read).collect()
    }

    async fn waiting_device(&self, token: &Digest, now: Time) -> Result<Option<WaitingDevice>, StoreError> {
        let found = sqlx::query("select * from waiting_devices where token = ? and expires_at > ?")
            .bind(token.as_bytes())
            .bind(now.millis());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    async fn decide_waiting_device(
        &self,
        id: WaitingId,
        decision: Decision,
        by: &PhoneSession,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let decided = sqlx::query(
            "update waiting_devices set decision = ?1, decided_by = ?2
             where id = ?3 and account = ?4 and decision is null and expires_at > ?5
                 and exists (select 1 from devices where id = ?2 and revoked_at is null)
             returning name, address",
        )
        .bind(word(decision))
        .bind(by.device.id.0.as_bytes().to_vec())
        .bind(id.0.as_bytes().to_vec())
        .bind(by.account.id.0.as_bytes().to_vec())
        .bind(now.millis())
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(row) = decided.as_ref().map(Columns) {
            let name = row.text("name")?;
            let event = match decision {
                Decision::Allowed => Event::DeviceAllowed { name },
                Decision::Declined => {
                    let address = row.parsed("address", |text| text.parse().ok())?;
                    attempt::count_declined(&mut transaction, by.account.id, address, now).await?;
                    Event::DeviceTurnedAway { name }
                }
            };
            trail::record(&mut transaction, &Entry { at: now, event, subject: by.subject() }).await?;
        }
        transaction.commit().await?;
        Ok(decided.is_some())
    }

    async fn enrol_waiting_device(
        &self,
        id: WaitingId,
        new: &NewDevice,
        most: u32,
    ) -> Result<Enrolment, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let admitted = sqlx::query(
            "update waiting_devices set device = ?
             where id = ? and account = ? and decision = 'allowed' and expires_at > ?
                 and exists (select 1 from devices where id = waiting_devices.decided_by and revoked_at is null)
                 and (device is null
                     or exists (select 1 from devices
                                where id = waiting_devices.device and revoked_at is null))
             returning decided_by",
        )
        .bind(new.device.id.0.as_bytes().to_vec())
        .bind(id.0.as_bytes().to_vec())
        .bind(new.device.account.0.as_bytes().to_vec())
        .bind(new.device.enrolled_at.millis())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = admitted else {
            transaction.rollback().await?;
            return Ok(Enrolment::NeedsConsent);
        };
        let by = AdmittedBy { device: Columns(&row).maybe_bytes("decided_by")?, passkey: None };
        attempt::forgive(&mut transaction, new.device.account, new.from.address).await?;
        let enrolment = insert(&mut transaction, new, by, most).await?;
        finish(transaction, enrolment).await
    }

    async fn allow_next_device(
        &self,
        account: AccountId,
        lasts: Duration,
        now: Time,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        sqlx::query(
            "insert into device_allowances (account, expires_at) values (?, ?)
             on conflict (account) do update set expires_at = excluded.expires_at",
        )
        .bind(account.0.as_bytes().to_vec())
        .bind((now + lasts).millis())
        .execute(&mut *transaction)
        .await?;
        let subject = Subject { account: Some(account), ..Subject::default() };
        let event = Event::NextDeviceAllowed {};
        trail::record(&mut transaction, &Entry { at: now, event, subject }).await?;
        Ok(transaction.commit().await?)
    }
}

async fn finish(transaction: Transaction<'_, Sqlite>, enrolment: Enrolment) -> Result<Enrolment, StoreError> {
    match enrolment {
        Enrolment::Enrolled => transaction.commit().await?,
        Enrolment::TooMany | Enrolment::NeedsConsent => transaction.rollback().await?,
    }
    Ok(enrolment)
}

/// Whether the password is enough for this device: it is the account's first, or the account knows its key, or the operator has
/// said so, which counts once.
async fn is_enough(transaction: &mut Transaction<'_, Sqlite>, new: &NewDevice) -> Result<bool, StoreError> {
    let (account, now) = (new.device.account.0.as_bytes().to_vec(), new.device.enrolled_at.millis());
    let strangers = sqlx::query(
        "select 1 from devices where account = ?1 and revoked_at is null and token_expires_at > ?2
             and not exists (select 1 from devices
                 where account = ?1 and key = ?3 and revoked_at is null and token_expires_at > ?2)",
    )
    .bind(account.clone())
    .bind(now)
    .bind(new.device.key.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    if strangers.is_none() {
        return Ok(true);
    }
    let allowed = sqlx::query("delete from device_allowances where account = ? and expires_at > ?")
        .bind(account)
        .bind(now)
        .execute(&mut **transaction)
        .await?;
    Ok(allowed.rows_affected() == 1)
}

/// The phone on which a passkey of the account was made.
async fn passkey_device(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &PasskeyId,
    new: &NewDevice,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = sqlx::query("select device from passkeys where id = ? and account = ?")
        .bind(&id.0)
        .bind(new.device.account.0.as_bytes().to_vec())
        .fetch_optional(&mut **transaction)
        .await?;
    found.map(|row| Columns(&row).bytes("device")).transpose()
}

async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewDevice,
    mut by: AdmittedBy,
    most: u32,
) -> Result<Enrolment, StoreError> {
    let enrolled = &new.device;
    let account = enrolled.account.0.as_bytes().to_vec();
    let before = sqlx::query(
        "update devices set revoked_at = ? where account = ? and key = ? and revoked_at is null
         returning id, admitted_by, admitted_passkey",
    )
    .bind(enrolled.enrolled_at.millis())
    .bind(account.clone())
    .bind(enrolled.key.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    if let Some(before) = before.as_ref().map(Columns) {
        // The same phone anew: who let it in has let it in, whatever it comes by now, and what it did it has done.
        by.device = before.maybe_bytes("admitted_by")?;
        by.passkey = before.maybe_bytes("admitted_passkey")?;
        notice::take_over(transaction, DeviceId(before.uuid("id")?), enrolled.id).await?;
    }
    let inserted = sqlx::query(
        "insert into devices (id, account, name, key, token, token_expires_at, enrolled_at, last_seen_at,
             admitted_by, admitted_passkey)
         select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
         where (select count(*) from devices
                where account = ?2 and revoked_at is null and token_expires_at > ?7) < ?11",
    )
    .bind(enrolled.id.0.as_bytes().to_vec())
    .bind(account)
    .bind(enrolled.name.as_str())
    .bind(enrolled.key.as_str())
    .bind(enrolled.token.as_bytes())
    .bind(enrolled.token_expires_at.millis())
    .bind(enrolled.enrolled_at.millis())
    .bind(enrolled.last_seen_at.millis())
    .bind(by.device)
    .bind(by.passkey)
    .bind(i64::from(most))
    .execute(&mut **transaction)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Enrolment::TooMany);
    }
    device::keep(transaction, &new.access_token, enrolled.id).await?;
    attempt::come_to_know(transaction, enrolled.account, new.from.address, enrolled.enrolled_at).await?;
    let event = Event::DeviceEnrolled { name: enrolled.name.as_str().to_owned() };
    let subject = Subject {
        account: Some(enrolled.account),
        device: Some(enrolled.id),
        address: Some(new.from.address),
        ..Subject::default()
    };
    trail::record(transaction, &Entry { at: enrolled.enrolled_at, event, subject }).await?;
    if before.is_none() {
        notice::tell_of_device(transaction, new).await?;
    }
    Ok(Enrolment::Enrolled)
}

const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Declined => "declined",
    }
}

fn read(row: &SqliteRow) -> Result<WaitingDevice, StoreError> {
    let row = Columns(row);
    let decision = match row.maybe_text("decision")?.as_deref() {
        None => None,
        Some("allowed") => Some(Decision::Allowed),
        Some("declined") => Some(Decision::Declined),
        Some(_) => return Err(StoreError::Corrupt("decision")),
    };
    Ok(WaitingDevice {
        id: WaitingId(row.uuid("id")?),
        token: row.digest("token")?,
        account: AccountId(row.uuid("account")?),
        name: row.parsed("name", DeviceName::parse)?,
        key: Thumbprint::from_stored(row.text("key")?),
        from: read_context(&row)?,
        asked_at: row.time("asked_at")?,
        expires_at: row.time("expires_at")?,
        decision,
    })
}
