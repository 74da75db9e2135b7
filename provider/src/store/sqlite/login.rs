//! Logins. Each transition is one `UPDATE … WHERE state = … AND expires_at > now RETURNING *`.

use async_trait::async_trait;
use sqlx::{
    Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Columns, SqliteStore, grant};
use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::{Approval, Approver, CodeSalt, Login, LoginId, LoginState, Step, context::BrowserContext},
    oauth::{
        authorization_request::AuthorizationRequest,
        client::{ClientId, RedirectUri},
        grant::{Grant, GrantId},
        pkce::Challenge,
        scope::Scopes,
    },
    secret::Digest,
    store::{LoginStore, NewRefreshToken, Redemption, StoreError},
};

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

#[async_trait]
impl LoginStore for SqliteStore {
    async fn insert_login(&self, login: &Login) -> Result<Option<Vec<LoginId>>, StoreError> {
        let LoginState::Waiting { qr } = &login.state else {
            return Err(StoreError::Corrupt("a login that starts"));
        };
        let request = &login.request;
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
                 browser_secret, user_agent, address, qr)
             select ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
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
        .bind(request.redirect_uri.as_str())
        .bind(request.scopes.to_string())
        .bind(request.state.as_deref())
        .bind(request.nonce.as_deref())
        .bind(request.challenge.as_ref().map(Challenge::as_str))
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
        self.find(sqlx::query("select * from logins where qr = ?").bind(qr.as_bytes())).await
    }

    async fn login_by_ticket(&self, ticket: &Digest, device: DeviceId) -> Result<Option<Login>, StoreError> {
        let found = sqlx::query("select * from logins where ticket = ? and device = ?");
        self.find(found.bind(ticket.as_bytes()).bind(device.0.as_bytes().to_vec())).await
    }

    async fn login_by_code(&self, code: &Digest) -> Result<Option<Login>, StoreError> {
        self.find(sqlx::query("select * from logins where code = ?").bind(code.as_bytes())).await
    }

    async fn scan_login(
        &self,
        qr: &Digest,
        approver: Approver,
        ticket: &Digest,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let scan = sqlx::query(
            "update logins set state = 'scanned', version = version + 1, expires_at = ?,
                 account = ?, device = ?, ticket = ?
             where qr = ? and state = 'waiting' and expires_at > ?
                 and exists (select 1 from devices where id = ? and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(approver.account.0.as_bytes().to_vec())
        .bind(approver.device.0.as_bytes().to_vec())
        .bind(ticket.as_bytes())
        .bind(qr.as_bytes())
        .bind(step.now.millis())
        .bind(approver.device.0.as_bytes().to_vec());
        self.change(scan).await
    }

    async fn confirm_login(
        &self,
        ticket: &Digest,
        approval: Approval,
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let confirm = sqlx::query(
            "update logins set state = 'confirmed', version = version + 1, expires_at = ?,
                 confirmed_at = ?, code_salt = ?
             where ticket = ? and device = ? and state = 'scanned' and expires_at > ?
                 and exists (select 1 from devices where id = logins.device and revoked_at is null)
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(approval.confirmed_at.millis())
        .bind(approval.salt.0.to_vec())
        .bind(ticket.as_bytes())
        .bind(approval.approver.device.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.change(confirm).await
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
        step: Step,
    ) -> Result<Option<Login>, StoreError> {
        let deliver = sqlx::query(
            "update logins set state = 'delivered', version = version + 1, expires_at = ?, code = ?
             where id = ? and state = 'confirmed' and expires_at > ?
             returning *",
        )
        .bind(step.expires_at.millis())
        .bind(code.as_bytes())
        .bind(id.0.as_bytes().to_vec())
        .bind(step.now.millis());
        self.change(deliver).await
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
             where code = ? and state = 'delivered' and expires_at > ?",
        )
        .bind(now.millis())
        .bind(new.id.0.as_bytes().to_vec())
        .bind(code.as_bytes())
        .bind(now.millis())
        .execute(&mut *transaction)
        .await?;
        if redeemed.rows_affected() == 1 {
            grant::insert(&mut transaction, new, refresh_token, now).await?;
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

fn read(row: &SqliteRow) -> Result<Login, StoreError> {
    let row = Columns(row);
    Ok(Login {
        id: LoginId(row.uuid("id")?),
        family: LoginId(row.uuid("family")?),
        version: row.integer("version")?,
        request: AuthorizationRequest {
            client: row.parsed("client", ClientId::parse)?,
            redirect_uri: row.parsed("redirect_uri", RedirectUri::parse)?,
            scopes: Scopes::parse(&row.text("scopes")?),
            state: row.maybe_text("request_state")?,
            nonce: row.maybe_text("nonce")?,
            challenge: row
                .maybe_text("challenge")?
                .map(|text| Challenge::parse(&text).ok_or(StoreError::Corrupt("challenge")))
                .transpose()?,
        },
        browser_secret: row.digest("browser_secret")?,
        browser: BrowserContext {
            user_agent: row.text("user_agent")?,
            address: row.parsed("address", |text| text.parse().ok())?,
        },
        renewals: row.integer("renewals")?,
        requested_at: row.time("requested_at")?,
        started_at: row.time("started_at")?,
        expires_at: row.time("expires_at")?,
        state: read_state(&row)?,
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
        confirmed_at: row.time("confirmed_at")?,
        salt: CodeSalt(salt),
    })
}
