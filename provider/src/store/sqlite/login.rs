//! Logins. Each transition is one `UPDATE … WHERE state = … AND expires_at > now RETURNING *`.

mod row;

use std::{net::IpAddr, time::Duration};

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use row::{StoredOptions, read};

use super::{Columns, SqliteStore, Statement, check, consent, grant, notice, session, trail};
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    limits::network,
    login::{
        Denial, Login, LoginId, LoginState, Step,
        device::Pace,
        session::{Session, SessionId},
    },
    oauth::{client::ClientId, dpop::Thumbprint, grant::Grant, pkce::Challenge},
    secret::Digest,
    store::{LoginStore, NewConfirmation, NewRefreshToken, NewScan, NewSession, Redemption, StoreError},
    trail::{Entry, Event, Subject},
};

#[async_trait]
impl LoginStore for SqliteStore {
    async fn insert_login(&self, login: &Login) -> Result<Option<Vec<LoginId>>, StoreError> {
        let LoginState::Waiting { qr } = &login.state else {
            return Err(StoreError::Corrupt("a login that starts"));
        };
        let request = &login.request;
        let redirect = request.redirect();
        let options = StoredOptions {
            response_mode: redirect.map(|redirect| redirect.mode).unwrap_or_default(),
            options: request.options.clone(),
        };
        let options = serde_json::to_string(&options).map_err(|_| StoreError::Corrupt("options"))?;
        let now = login.started_at.millis();
        let family = login.family.0.as_bytes().to_vec();
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let cancelled = sqlx::query(
            "update logins set state = 'cancelled', version = version + 1, expires_at = ?
             where family = ? and state in ('waiting', 'scanned') and expires_at > ?
             returning *",
        )
        .bind(now)
        .bind(family.clone())
        .bind(now)
        .fetch_all(&mut *transaction)
        .await?;
        let inserted = sqlx::query(
            "insert into logins (id, family, version, state, expires_at, requested_at, started_at, renewals,
                 client, redirect_uri, scopes, request_state, nonce, challenge,
                 options, user_code, extended, browser_secret, user_agent, address, browser_key, qr, network)
             select ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
             where not exists (select 1 from logins where family = ?
                 and (state = 'redeemed' or (state in ('confirmed', 'delivered') and expires_at > ?)))",
        )
        .bind(login.id.0.as_bytes().to_vec())
        .bind(family.clone())
        .bind(i64::try_from(login.version).unwrap_or(i64::MAX))
        .bind(login.expires_at.millis())
        .bind(login.requested_at.millis())
        .bind(now)
        .bind(i64::from(login.renewals))
        .bind(request.client.as_str())
        .bind(redirect.map_or("", |redirect| redirect.uri.as_str()))
        .bind(request.scopes.to_string())
        .bind(redirect.and_then(|redirect| redirect.state.as_deref()))
        .bind(request.nonce.as_deref())
        .bind(request.challenge.as_ref().map(Challenge::as_str))
        .bind(options)
        .bind(login.user_code.as_ref().map(Digest::as_bytes))
        .bind(login.extended)
        .bind(login.browser_secret.as_bytes())
        .bind(&login.browser.user_agent)
        .bind(login.browser.address.to_string())
        .bind(login.browser.key.as_ref().map(Thumbprint::as_str))
        .bind(qr.as_bytes())
        .bind(network(login.browser.address).to_string())
        .bind(family)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        for row in &cancelled {
            tell_cancelled(&mut transaction, row, login.started_at).await?;
        }
        let subject = Subject {
            client: Some(request.client.clone()),
            login: Some(login.id),
            address: Some(login.browser.address),
            ..Subject::default()
        };
        let entry = Entry { at: login.started_at, event: Event::LoginStarted {}, subject };
        trail::record(&mut transaction, &entry).await?;
        transaction.commit().await?;
        cancelled.iter().map(|row| Ok(LoginId(Columns(row).uuid("id")?))).collect::<Result<_, _>>().map(Some)
    }

    async fn open_logins_of(&self, network: IpAddr, most: u32, now: Time) -> Result<u32, StoreError> {
        let counted = sqlx::query_scalar(
            "select count(*) from (select 1 from logins
                 where network = ? and state in ('waiting', 'scanned') and expires_at > ? limit ?)",
        );
        let counted = counted.bind(network.to_string()).bind(now.millis()).bind(most);
        Ok(counted.fetch_one(&self.read).await?)
    }

    async fn open_logins(&self, most: u32, now: Time) -> Result<u32, StoreError> {
        let counted =
            sqlx::query_scalar("select count(*) from (select 1 from logins where expires_at > ? limit ?)");
        Ok(counted.bind(now.millis()).bind(most).fetch_one(&self.read).await?)
    }

    async fn login(&self, id: LoginId) -> Result<Option<Login>, StoreError> {
        self.find(sqlx::query("select * from logins where id = ?").bind(id.0.as_bytes().to_vec())).await
    }

    async fn login_by_qr(&self, qr: &Digest) -> Result<Option<Login>, StoreError> {
        let found = sqlx::query("select * from logins where qr = ? or user_code = ?");
        self.find(found.bind(qr.as_bytes()).bind(qr.as_bytes())).await
    }

    async fn login_by_ticket(&self, ticket: &Digest, device: DeviceId) -> Result<Option<Login>, StoreError> {
        let found = sqlx::query("select * from logins where ticket = ? and device = ?");
        self.find(found.bind(ticket.as_bytes()).bind(device.0.as_bytes().to_vec())).await
    }

    async fn login_by_code(&self, code: &Digest) -> Result<Option<Login>, StoreError> {
        self.find(sqlx::query("select * from logins where code = ?").bind(code.as_bytes())).await
    }

    async fn bind_login(&self, id: LoginId, key: &Thumbprint, now: Time) -> Result<bool, StoreError> {
        let bound = sqlx::query(
            "update logins set browser_key = ?
             where id = ? and state = 'waiting' and expires_at > ? and browser_key is null",
        )
        .bind(key.as_str())
        .bind(id.0.as_bytes().to_vec())
        .bind(now.millis())
        .execute(&self.write)
        .await?;
        Ok(bound.rows_affected() == 1)
    }

    async fn extend_login(&self, id: LoginId, step: Step) -> Result<Option<Login>, StoreError> {
        let extend = sqlx::query(
            "update logins set extended = 1, version = version + 1, expires_at = ?
             where id = ? and state = 'waiting' and expires_at > ? and extended = 0
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(id.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.adjust(extend).await
    }

    async fn offer_user_code(
        &self,
        id: LoginId,
        code: &Digest,
        now: Time,
    ) -> Result<Option<Login>, StoreError> {
        let offer = sqlx::query(
            "update logins set user_code = ?, version = version + 1
             where id = ? and state = 'waiting' and expires_at > ? and user_code is null
             returning *",
        )
        .bind(code.as_bytes())
        .bind(id.0.as_bytes().to_vec())
        .bind(now.millis());
        self.adjust(offer).await
    }

    async fn scan_login(&self, qr: &Digest, new: &NewScan, step: Step) -> Result<Option<Login>, StoreError> {
        let scan = sqlx::query(
            "update logins set state = 'scanned', version = version + 1, expires_at = ?,
                 account = ?, device = ?, methods = ?, ticket = ?,
                 scanned_at = ?, match_check = ?, unlock_check = ?
             where (qr = ? or user_code = ?) and state = 'waiting' and expires_at > ?
                 and exists (select 1 from devices where id = ? and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(new.approver.account.0.as_bytes().to_vec())
        .bind(new.approver.device.0.as_bytes().to_vec())
        .bind(new.methods.to_string())
        .bind(new.ticket.as_bytes())
        .bind(step.now.millis())
        .bind(new.checks.matching.as_str())
        .bind(new.checks.unlock.as_str())
        .bind(qr.as_bytes())
        .bind(qr.as_bytes())
        .bind(step.now.millis())
        .bind(new.approver.device.0.as_bytes().to_vec());
        self.change(scan, (new.address, step.now), |login| Event::LoginScanned {
            browser: login.browser.address,
            methods: new.methods.to_string(),
        })
        .await
    }

    async fn confirm_login(
        &self,
        ticket: &Digest,
        device: DeviceId,
        confirmation: &NewConfirmation,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let confirm = sqlx::query(
            "update logins set state = 'confirmed', version = version + 1, expires_at = ?,
                 authenticated_at = ?, granted_scopes = ?, code_salt = ?
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ?
                 and match_check <> 'open' and unlock_check <> 'open'
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(step.now.millis())
        .bind(confirmation.scopes.to_string())
        .bind(confirmation.salt.0.to_vec())
        .bind(ticket.as_bytes())
        .bind(device.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.confirm(confirm, confirmation, step.now).await
    }

    async fn confirm_login_by_session(
        &self,
        id: LoginId,
        session: &Session,
        confirmation: &NewConfirmation,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let confirm = sqlx::query(
            "update logins set state = 'confirmed', version = version + 1, expires_at = ?,
                 authenticated_at = ?, granted_scopes = ?, code_salt = ?,
                 account = ?, device = ?, methods = ?, session = ?
             where id = ? and state = 'waiting' and expires_at > ?
                 and exists (select 1 from sessions where id = ? and ended_at is null and expires_at > ?)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(session.authentication.at.millis())
        .bind(confirmation.scopes.to_string())
        .bind(confirmation.salt.0.to_vec())
        .bind(session.account.0.as_bytes().to_vec())
        .bind(session.device.0.as_bytes().to_vec())
        .bind(session.authentication.methods.to_string())
        .bind(session.id.0.as_bytes().to_vec())
        .bind(id.0.as_bytes().to_vec())
        .bind(step.now.millis())
        .bind(session.id.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.confirm(confirm, confirmation, step.now).await
    }

    async fn deny_login(
        &self,
        ticket: &Digest,
        device: DeviceId,
        address: IpAddr,
        now: Time,
    ) -> Result<Option<Login>, StoreError> {
        let deny = sqlx::query(
            "update logins set state = 'denied', version = version + 1, expires_at = ?
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ?
             returning *",
        )
        .bind(now.millis())
        .bind(ticket.as_bytes())
        .bind(device.0.as_bytes().to_vec())
        .bind(now.millis());
        self.change(deny, (address, now), |_| Event::LoginDenied { because: Denial::Declined }).await
    }

    async fn cancel_login(&self, id: LoginId, now: Time) -> Result<Option<Login>, StoreError> {
        let cancel = sqlx::query(
            "update logins set state = 'cancelled', version = version + 1, expires_at = ?
             where id = ? and state in ('waiting', 'scanned') and expires_at > ?
             returning *",
        )
        .bind(now.millis())
        .bind(id.0.as_bytes().to_vec())
        .bind(now.millis());
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let Some(row) = cancel.fetch_optional(&mut *transaction).await? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        tell_cancelled(&mut transaction, &row, now).await?;
        transaction.commit().await?;
        read(&row).map(Some)
    }

    async fn deliver_login(
        &self,
        id: LoginId,
        code: &Digest,
        begin: Option<&NewSession>,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let session = match begin {
            Some(new) => Some(session::begin(&mut transaction, new, step.now).await?),
            None => None,
        };
        let delivered = sqlx::query(
            "update logins set state = 'delivered', version = version + 1, expires_at = ?, code = ?,
                 session = coalesce(session, ?)
             where id = ? and state = 'confirmed' and expires_at > ?
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(code.as_bytes())
        .bind(session.map(|id| id.0.as_bytes().to_vec()))
        .bind(id.0.as_bytes().to_vec())
        .bind(step.now.millis())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = delivered else {
            transaction.rollback().await?;
            return Ok(None);
        };
        notice::note_result(&mut transaction, id).await?;
        if begin.is_some() {
            let told = Told { event: Event::SignedIn {}, from: None, at: step.now };
            tell(&mut transaction, &row, told).await?;
        }
        transaction.commit().await?;
        read(&row).map(Some)
    }

    async fn redeem_login(
        &self,
        code: &Digest,
        new: &Grant,
        refresh_token: Option<&NewRefreshToken>,
        now: Time,
    ) -> Result<Redemption, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let redeemed = sqlx::query(
            "update logins set state = 'redeemed', version = version + 1, expires_at = ?, grant_id = ?
             where code = ? and state = 'delivered' and expires_at > ?
                 and (session is null
                     or exists (select 1 from sessions where id = logins.session and ended_at is null))",
        )
        .bind(now.millis())
        .bind(new.id.0.as_bytes().to_vec())
        .bind(code.as_bytes())
        .bind(now.millis())
        .execute(&mut *transaction)
        .await?;
        if redeemed.rows_affected() == 1 {
            grant::insert(&mut transaction, new, refresh_token, now).await?;
            notice::note_grant(&mut transaction, new.id).await?;
            transaction.commit().await?;
            return Ok(Redemption::Redeemed);
        }
        transaction.rollback().await?;
        let login = self.login_by_code(code).await?;
        Ok(match login.map(|login| login.state) {
            Some(LoginState::Redeemed { grant }) => Redemption::Replayed(grant),
            _ => Redemption::Gone,
        })
    }

    async fn redeem_device_login(
        &self,
        id: LoginId,
        new: &Grant,
        refresh_token: Option<&NewRefreshToken>,
        now: Time,
    ) -> Result<Redemption, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let redeemed = sqlx::query(
            "update logins set state = 'redeemed', version = version + 1, expires_at = ?, grant_id = ?
             where id = ? and redirect_uri = '' and state = 'confirmed' and expires_at > ?
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)",
        )
        .bind(now.millis())
        .bind(new.id.0.as_bytes().to_vec())
        .bind(id.0.as_bytes().to_vec())
        .bind(now.millis())
        .execute(&mut *transaction)
        .await?;
        if redeemed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(Redemption::Gone);
        }
        grant::insert(&mut transaction, new, refresh_token, now).await?;
        // It has no session: the phone that approved it is what it ends with.
        sqlx::query("update grants set device = (select device from logins where id = ?) where id = ?")
            .bind(id.0.as_bytes().to_vec())
            .bind(new.id.0.as_bytes().to_vec())
            .execute(&mut *transaction)
            .await?;
        notice::note_grant(&mut transaction, new.id).await?;
        transaction.commit().await?;
        Ok(Redemption::Redeemed)
    }

    async fn note_poll(&self, id: LoginId, now: Time, pace: Pace) -> Result<bool, StoreError> {
        let interval = millis(pace.interval);
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let in_time = sqlx::query(
            "update logins set polled_at = ?
             where id = ? and (polled_at is null or polled_at + coalesce(poll_interval, ?) <= ?)",
        )
        .bind(now.millis())
        .bind(id.0.as_bytes().to_vec())
        .bind(interval)
        .bind(now.millis())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if in_time == 0 {
            sqlx::query(
                "update logins set polled_at = ?, poll_interval = coalesce(poll_interval, ?) + ? where id = ?",
            )
            .bind(now.millis())
            .bind(interval)
            .bind(millis(pace.slow_down))
            .bind(id.0.as_bytes().to_vec())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(in_time == 1)
    }
}

impl SqliteStore {
    async fn find(&self, query: Statement<'_>) -> Result<Option<Login>, StoreError> {
        query.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    /// Runs a change that is no step of the login, and is not told.
    async fn adjust(&self, update: Statement<'_>) -> Result<Option<Login>, StoreError> {
        update.fetch_optional(&self.write).await?.map(|row| read(&row)).transpose()
    }

    /// Runs a phone's transition, and tells the trail of it. A row comes back if, and only if, this call made it.
    pub(super) async fn change(
        &self,
        update: Statement<'_>,
        (from, at): (IpAddr, Time),
        event: impl FnOnce(&Login) -> Event + Send,
    ) -> Result<Option<Login>, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let Some(row) = update.fetch_optional(&mut *transaction).await? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let login = read(&row)?;
        tell(&mut transaction, &row, Told { event: event(&login), from: Some(from), at }).await?;
        transaction.commit().await?;
        Ok(Some(login))
    }
}

impl SqliteStore {
    /// Runs a confirmation, and remembers what was agreed to with it.
    async fn confirm(
        &self,
        update: Statement<'_>,
        confirmation: &NewConfirmation,
        now: Time,
    ) -> Result<Option<Login>, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let Some(row) = update.fetch_optional(&mut *transaction).await? else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let login = read(&row)?;
        if let LoginState::Confirmed { approval } = &login.state {
            let (account, client) = (approval.approver.account, &login.request.client);
            check::remember(&mut transaction, account, client, now).await?;
            if confirmation.remember {
                consent::remember(&mut transaction, (account, client), confirmation, now).await?;
            }
        }
        notice::tell_of_login(&mut transaction, login.id, now).await?;
        let event = Event::LoginConfirmed { scopes: confirmation.scopes.to_string() };
        tell(&mut transaction, &row, Told { event, from: confirmation.address, at: now }).await?;
        transaction.commit().await?;
        Ok(Some(login))
    }
}

/// What the trail is told of a login.
struct Told {
    event: Event,
    /// Where it was done; `None`: in the browser that asks.
    from: Option<IpAddr>,
    at: Time,
}

/// Tells the trail of a transition, within its transaction, from the row that it left.
async fn tell(
    transaction: &mut Transaction<'_, Sqlite>,
    row: &SqliteRow,
    told: Told,
) -> Result<(), StoreError> {
    let row = Columns(row);
    let browser = row.parsed("address", |text| text.parse().ok())?;
    let subject = Subject {
        account: row.maybe_uuid("account")?.map(AccountId),
        device: row.maybe_uuid("device")?.map(DeviceId),
        client: Some(row.parsed("client", ClientId::parse)?),
        login: Some(LoginId(row.uuid("id")?)),
        session: row.maybe_uuid("session")?.map(SessionId),
        address: Some(told.from.unwrap_or(browser)),
    };
    trail::record(transaction, &Entry { at: told.at, event: told.event, subject }).await
}

/// The same of a login that was given up: a code that nobody has scanned concerns nobody.
async fn tell_cancelled(
    transaction: &mut Transaction<'_, Sqlite>,
    row: &SqliteRow,
    at: Time,
) -> Result<(), StoreError> {
    if Columns(row).maybe_uuid("device")?.is_none() {
        return Ok(());
    }
    tell(transaction, row, Told { event: Event::LoginCancelled {}, from: None, at }).await
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
