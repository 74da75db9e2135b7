//! Logins. Each transition is one `UPDATE … WHERE state = … AND expires_at > now RETURNING *`.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use super::{
    Columns, SqliteStore, Statement, consent, grant, notice, read_authentication, read_context, session,
};
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::{
        Approval, Approver, CodeSalt, Given, Login, LoginId, LoginState, Step,
        session::{Session, SessionId},
    },
    oauth::{
        authorization_request::{AuthorizationRequest, Delivery, Redirect, RequestOptions, ResponseMode},
        client::{ClientId, RedirectUri},
        grant::{Grant, GrantId},
        pkce::Challenge,
        scope::Scopes,
    },
    secret::Digest,
    store::{LoginStore, NewConfirmation, NewRefreshToken, NewScan, NewSession, Redemption, StoreError},
};

/// What the `options` column holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredOptions {
    response_mode: ResponseMode,
    #[serde(flatten)]
    options: RequestOptions,
}

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
             returning id",
        )
        .bind(now)
        .bind(family.clone())
        .bind(now)
        .fetch_all(&mut *transaction)
        .await?;
        let inserted = sqlx::query(
            "insert into logins (id, family, version, state, expires_at, requested_at, started_at, renewals,
                 client, redirect_uri, scopes, request_state, nonce, challenge,
                 options, user_code, browser_secret, user_agent, address, qr)
             select ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
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
        .bind(login.browser_secret.as_bytes())
        .bind(&login.browser.user_agent)
        .bind(login.browser.address.to_string())
        .bind(qr.as_bytes())
        .bind(family)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        transaction.commit().await?;
        cancelled.iter().map(|row| Ok(LoginId(Columns(row).uuid("id")?))).collect::<Result<_, _>>().map(Some)
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

    async fn scan_login(&self, qr: &Digest, new: &NewScan, step: Step) -> Result<Option<Login>, StoreError> {
        let scan = sqlx::query(
            "update logins set state = 'scanned', version = version + 1, expires_at = ?,
                 account = ?, device = ?, methods = ?, ticket = ?
             where (qr = ? or user_code = ?) and state = 'waiting' and expires_at > ?
                 and exists (select 1 from devices where id = ? and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(new.approver.account.0.as_bytes().to_vec())
        .bind(new.approver.device.0.as_bytes().to_vec())
        .bind(new.methods.to_string())
        .bind(new.ticket.as_bytes())
        .bind(qr.as_bytes())
        .bind(qr.as_bytes())
        .bind(step.now.millis())
        .bind(new.approver.device.0.as_bytes().to_vec());
        self.change(scan).await
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
        self.change(deny).await
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
        self.change(cancel).await
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

    async fn note_poll(&self, id: LoginId, now: Time, interval: Duration) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "update logins set polled_at = ? where id = ? and (polled_at is null or polled_at <= ?)",
        )
        .bind(now.millis())
        .bind(id.0.as_bytes().to_vec())
        .bind((now - interval).millis())
        .execute(&self.write)
        .await?;
        Ok(noted.rows_affected() == 1)
    }
}

impl SqliteStore {
    async fn find(&self, query: Statement<'_>) -> Result<Option<Login>, StoreError> {
        query.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    /// Runs a transition. A row comes back if, and only if, this call made it.
    async fn change(&self, update: Statement<'_>) -> Result<Option<Login>, StoreError> {
        update.fetch_optional(&self.write).await?.map(|row| read(&row)).transpose()
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
        if let (true, LoginState::Confirmed { approval }) = (confirmation.remember, &login.state) {
            let (account, client) = (approval.approver.account, &login.request.client);
            consent::remember(&mut transaction, account, client, &confirmation.scopes, now).await?;
        }
        notice::tell_of_login(&mut transaction, login.id, now).await?;
        transaction.commit().await?;
        Ok(Some(login))
    }
}

fn read(row: &SqliteRow) -> Result<Login, StoreError> {
    let row = Columns(row);
    Ok(Login {
        id: LoginId(row.uuid("id")?),
        family: LoginId(row.uuid("family")?),
        version: row.integer("version")?,
        request: read_request(&row)?,
        browser_secret: row.digest("browser_secret")?,
        user_code: row.maybe_digest("user_code")?,
        browser: read_context(&row)?,
        renewals: row.integer("renewals")?,
        requested_at: row.time("requested_at")?,
        started_at: row.time("started_at")?,
        expires_at: row.time("expires_at")?,
        state: read_state(&row)?,
    })
}

fn read_request(row: &Columns<'_>) -> Result<AuthorizationRequest, StoreError> {
    let (uri, options) = (row.text("redirect_uri")?, row.json::<StoredOptions>("options")?);
    Ok(AuthorizationRequest {
        client: row.parsed("client", ClientId::parse)?,
        delivery: if uri.is_empty() {
            Delivery::Device
        } else {
            Delivery::Redirect(Redirect {
                uri: RedirectUri::parse_native(&uri).ok_or(StoreError::Corrupt("redirect_uri"))?,
                mode: options.response_mode,
                state: row.maybe_text("request_state")?,
            })
        },
        scopes: Scopes::parse(&row.text("scopes")?),
        nonce: row.maybe_text("nonce")?,
        challenge: row
            .maybe_text("challenge")?
            .map(|text| Challenge::parse(&text).ok_or(StoreError::Corrupt("challenge")))
            .transpose()?,
        options: options.options,
    })
}

fn read_state(row: &Columns<'_>) -> Result<LoginState, StoreError> {
    Ok(match row.text("state")?.as_str() {
        "waiting" => LoginState::Waiting { qr: row.digest("qr")? },
        "scanned" => LoginState::Scanned { approver: read_approver(row)? },
        "confirmed" => LoginState::Confirmed { approval: read_approval(row)? },
        "delivered" => LoginState::Delivered { approval: read_approval(row)? },
        "redeemed" => LoginState::Redeemed { grant: GrantId(row.uuid("grant_id")?) },
        "denied" => LoginState::Denied,
        "cancelled" => LoginState::Cancelled,
        _ => return Err(StoreError::Corrupt("state")),
    })
}

fn read_approver(row: &Columns<'_>) -> Result<Approver, StoreError> {
    Ok(Approver { account: AccountId(row.uuid("account")?), device: DeviceId(row.uuid("device")?) })
}

fn read_approval(row: &Columns<'_>) -> Result<Approval, StoreError> {
    let salt = row.bytes("code_salt")?.try_into().map_err(|_| StoreError::Corrupt("code_salt"))?;
    Ok(Approval {
        approver: read_approver(row)?,
        // A ticket is what a phone gets for its scan.
        given: if row.maybe_digest("ticket")?.is_some() { Given::OnPhone } else { Given::InBrowser },
        authentication: read_authentication(row)?,
        scopes: Scopes::parse(&row.text("granted_scopes")?),
        session: row.maybe_uuid("session")?.map(SessionId),
        salt: CodeSalt(salt),
    })
}
