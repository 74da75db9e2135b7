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
    let id = LoginId(app.random.uuid(now));
    let started = build(app, Seed { id, family: id, request, browser, renewals: 0, requested_at: now, now });
    app.store.insert_login(&started.login).await?;
    Ok(started)
}

/// Starts the successor of an ended login: same request, same browser, new secrets. Only its own browser may. Of one request
/// at most one login is open: what else is open of it is cancelled. Once one is confirmed, there is nothing to renew.
pub async fn renew(
    app: &App,
    id: LoginId,
    secret: &BrowserSecret,
    reason: RenewReason,
    browser: BrowserContext,
) -> Result<Started, LoginError> {
    let login = collect::look(app, id, secret).await?;
    // A device asks anew: its two codes belong together.
    login.request.redirect().ok_or(LoginError::UnknownLogin)?;
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
    let Login { family, request, requested_at, .. } = login;
    let id = LoginId(app.random.uuid(now));
    let started = build(app, Seed { id, family, request, browser, renewals, requested_at, now });
    let cancelled = app.store.insert_login(&started.login).await?.ok_or(LoginError::AlreadyDecided)?;
    for id in cancelled {
        app.bell.ring(id);
    }
    Ok(started)
}

/// What a login is built from.
pub(super) struct Seed {
    pub(super) id: LoginId,
    pub(super) family: LoginId,
    pub(super) request: AuthorizationRequest,
    pub(super) browser: BrowserContext,
    pub(super) renewals: u8,
    pub(super) requested_at: Time,
    pub(super) now: Time,
}

/// A login in Waiting, with new secrets.
pub(super) fn build(app: &App, seed: Seed) -> Started {
    let browser_secret = BrowserSecret::generate(&app.random);
    let qr = QrSecret::generate(&app.random);
    let login = Login {
        id: seed.id,
        family: seed.family,
        version: 1,
        request: seed.request,
        browser_secret: browser_secret.digest(),
        user_code: None,
        browser: seed.browser,
        renewals: seed.renewals,
        requested_at: seed.requested_at,
        started_at: seed.now,
        expires_at: seed.now + app.config.lifetimes.qr,
        state: LoginState::Waiting { qr: qr.digest() },
    };
    Started { login, browser_secret, qr }
}
