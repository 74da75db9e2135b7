//! Step 1: a browser asks; and what follows an ended login.

use std::time::Duration;

use super::{
    Login, LoginError, LoginId, LoginState, Started, collect, context::BrowserContext, qr,
    state::MOST_RENEWALS, user_code,
};
use crate::{
    app::App, clock::Time, oauth::authorization_request::AuthorizationRequest, secret::BrowserSecret,
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
    let started = build(app, Seed::new(id, request, browser, now));
    app.store.insert_login(&started.login).await?;
    Ok(started)
}

/// Starts the successor of an ended login: same request, same browser and its key, new secrets; what somebody asked for to make it easier
/// holds for it, too. Only its own browser may. Of one request
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
    let Login { family, request, requested_at, extended, .. } = login;
    let browser = BrowserContext { key: login.browser.key, ..browser };
    let typed = login.user_code.is_some();
    let id = LoginId(app.random.uuid(now));
    let started =
        build(app, Seed { id, family, request, browser, renewals, requested_at, extended, typed, now });
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
    pub(super) extended: bool,
    pub(super) typed: bool,
    pub(super) now: Time,
}

impl Seed {
    /// Of the first login of a request.
    pub(super) fn new(
        id: LoginId,
        request: AuthorizationRequest,
        browser: BrowserContext,
        now: Time,
    ) -> Self {
        let (renewals, extended, typed) = (0, false, false);
        Self { id, family: id, request, browser, renewals, requested_at: now, extended, typed, now }
    }
}

/// A login in Waiting, with new secrets.
pub(super) fn build(app: &App, seed: Seed) -> Started {
    let browser_secret = BrowserSecret::generate(&app.random);
    let login = Login {
        id: seed.id,
        family: seed.family,
        version: 1,
        request: seed.request,
        browser_secret: browser_secret.digest(),
        user_code: seed.typed.then(|| user_code::digest(&user_code::of_login(app, seed.id))),
        extended: seed.extended,
        browser: seed.browser,
        renewals: seed.renewals,
        requested_at: seed.requested_at,
        started_at: seed.now,
        expires_at: if seed.extended {
            seed.requested_at + RENEWABLE_FOR
        } else {
            seed.now + app.config.lifetimes.qr
        },
        state: LoginState::Waiting { qr: qr::digest(qr::handle(app, seed.id)) },
    };
    Started { login, browser_secret }
}
