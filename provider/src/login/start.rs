//! Step 1: a browser asks; and what follows an ended login.

use std::time::Duration;

use super::{
    Login, LoginError, LoginId, LoginState, Started, collect, context::BrowserContext, state::MOST_RENEWALS,
};
use crate::{
    app::App,
    clock::Time,
    oauth::authorization_request::AuthorizationRequest,
    secret::{BrowserSecret, QrSecret},
    store::StoreError,
};
use protocol::login::{LoginStatus, RenewReason};

/// For how long after the site's request an ended login can be renewed.
pub const RENEWABLE_FOR: Duration = Duration::from_hours(1);

/// Starts a login for a good authorization request, from this browser.
pub async fn start(
    app: &App,
    request: AuthorizationRequest,
    browser: BrowserContext,
) -> Result<Started, StoreError> {
    let now = app.clock.now();
    insert(app, Seed { request, browser, renewals: 0, requested_at: now, now }).await
}

/// Starts the successor of an ended login: same request, same browser, new secrets. Only its own browser may.
pub async fn renew(
    app: &App,
    id: LoginId,
    secret: &BrowserSecret,
    reason: RenewReason,
    browser: BrowserContext,
) -> Result<Started, LoginError> {
    let login = collect::look(app, id, secret).await?;
    let now = app.clock.now();
    let renewals = match (login.status(now), reason) {
        (LoginStatus::Waiting | LoginStatus::Scanned | LoginStatus::Confirmed, _) => {
            return Err(LoginError::StillActive);
        }
        (LoginStatus::Expired, RenewReason::Expiry) if login.renewals < MOST_RENEWALS => login.renewals + 1,
        // Five codes ran out unseen, or somebody said no: another one takes a click.
        (_, RenewReason::Expiry) => return Err(LoginError::Expired),
        (_, RenewReason::Request) => 0,
    };
    if now >= login.requested_at + RENEWABLE_FOR {
        return Err(LoginError::Expired);
    }
    let seed = Seed { request: login.request, browser, renewals, requested_at: login.requested_at, now };
    Ok(insert(app, seed).await?)
}

struct Seed {
    request: AuthorizationRequest,
    browser: BrowserContext,
    renewals: u8,
    requested_at: Time,
    now: Time,
}

async fn insert(app: &App, seed: Seed) -> Result<Started, StoreError> {
    let browser_secret = BrowserSecret::generate(&app.random);
    let qr = QrSecret::generate(&app.random);
    let login = Login {
        id: LoginId(app.random.uuid(seed.now)),
        version: 1,
        request: seed.request,
        browser_secret: browser_secret.digest(),
        browser: seed.browser,
        renewals: seed.renewals,
        requested_at: seed.requested_at,
        started_at: seed.now,
        expires_at: seed.now + app.config.lifetimes.qr,
        state: LoginState::Waiting { qr: qr.digest() },
    };
    app.store.insert_login(&login).await?;
    Ok(Started { login, browser_secret, qr })
}
