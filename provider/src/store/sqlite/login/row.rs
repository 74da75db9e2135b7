//! A login's row, read back into the login that it keeps.

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use super::super::{Columns, read_authentication, read_context};
use crate::{
    account::{AccountId, device::DeviceId},
    login::{
        Approval, Approver, Check, Checks, CodeSalt, Denial, Given, Login, LoginId, LoginState,
        context::BrowserContext, session::SessionId,
    },
    oauth::{
        authorization_request::{AuthorizationRequest, Delivery, Redirect, RequestOptions, ResponseMode},
        client::{ClientId, RedirectUri},
        dpop::Thumbprint,
        grant::GrantId,
        pkce::Challenge,
        scope::Scopes,
    },
    store::StoreError,
};

/// What the `options` column holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StoredOptions {
    pub(super) response_mode: ResponseMode,
    #[serde(flatten)]
    pub(super) options: RequestOptions,
}

/// Reads a row.
pub(super) fn read(row: &SqliteRow) -> Result<Login, StoreError> {
    let row = Columns(row);
    Ok(Login {
        id: LoginId(row.uuid("id")?),
        family: LoginId(row.uuid("family")?),
        version: row.integer("version")?,
        request: read_request(&row)?,
        browser_secret: row.digest("browser_secret")?,
        user_code: row.maybe_digest("user_code")?,
        extended: row.integer::<u8>("extended")? != 0,
        browser: BrowserContext {
            key: row.maybe_text("browser_key")?.map(Thumbprint::from_stored),
            ..read_context(&row)?
        },
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
        "scanned" => LoginState::Scanned {
            approver: read_approver(row)?,
            ticket: row.digest("ticket")?,
            checks: Checks {
                matching: row.parsed("match_check", Check::parse)?,
                unlock: row.parsed("unlock_check", Check::parse)?,
            },
        },
        "confirmed" => LoginState::Confirmed { approval: read_approval(row)? },
        "delivered" => LoginState::Delivered { approval: read_approval(row)? },
        "redeemed" => LoginState::Redeemed { grant: GrantId(row.uuid("grant_id")?) },
        "denied" => LoginState::Denied { because: row.parsed("denial", Denial::parse)? },
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
