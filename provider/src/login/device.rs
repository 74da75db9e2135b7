//! The device grant (RFC 8628): a device without a keyboard, a television or a command line, asks for a person's approval.
//!
//! It is a login like any other. The device takes the place of the browser: it started the login, shows its QR code, and holds the secret
//! that proves it. There are two differences.
//!
//! 1. `start`: beside the QR code, which is the `verification_uri_complete` and does not change, there is a code that can be typed.
//! 2. `poll`: no redirect takes the result anywhere; the device comes for it, and its site is the client itself. Confirmed becomes
//!    Redeemed with one conditional write, so a device code is good once.
//!
//! A device that comes again within the interval is told `slow_down`, and each time the interval of its login is five seconds longer,
//! from that question on (section 3.5). So one that keeps to the rules and one that counts here agree on when it may ask. It costs an
//! impatient device nothing once the person has answered: the interval is for who waits.

use std::time::Duration;

use protocol::login::LoginStatus;

use super::{
    Approval, Login, LoginError, LoginId, LoginState, Started, collect,
    context::BrowserContext,
    start::{self, Seed},
    user_code,
};
use crate::{
    app::App,
    oauth::{authorization_request::AuthorizationRequest, client::Client},
    secret::BrowserSecret,
    store::StoreError,
};

/// How long a device waits between two questions (RFC 8628 section 3.2).
pub const INTERVAL: Duration = Duration::from_secs(5);

/// How much longer it waits after each `slow_down` (section 3.5).
pub const SLOW_DOWN: Duration = Duration::from_secs(5);

/// How often a device may ask.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long it waits between two questions at first.
    pub interval: Duration,
    /// How much longer after each question that came too soon.
    pub slow_down: Duration,
}

/// "I started this login", as a device says it: the login's identifier and its secret.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    id: LoginId,
    secret: BrowserSecret,
}

impl DeviceCode {
    /// Reads a device code; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        Some(Self { id: LoginId::parse(id)?, secret: BrowserSecret::parse(secret)? })
    }

    /// The code, to hand to the one device that holds it.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.id, self.secret.expose())
    }
}

/// A login that a device has just started.
#[derive(Debug)]
pub struct DeviceStarted {
    /// The login.
    pub started: Started,
    /// For the device alone.
    pub device_code: DeviceCode,
    /// For the person, as it is shown.
    pub user_code: String,
}

/// What a device's question comes to.
#[derive(Debug)]
pub enum Poll {
    /// The person has not answered yet.
    Pending,
    /// So it is, and the device asks too often.
    TooSoon,
    /// The person said no.
    Refused,
    /// The person said yes.
    Approved(Box<Login>, Box<Approval>),
}

/// Starts a login for a device.
pub async fn start(
    app: &App,
    request: AuthorizationRequest,
    device: BrowserContext,
) -> Result<DeviceStarted, StoreError> {
    let now = app.clock.now();
    let id = LoginId(app.random.uuid(now));
    let mut started = start::build(app, Seed::new(id, request, device, now));
    let code = user_code::generate(&app.random);
    started.login.user_code = Some(user_code::digest(&code));
    started.login.expires_at = now + app.config.lifetimes.device_code;
    app.store.insert_login(&started.login).await?;
    let device_code = DeviceCode { id, secret: started.browser_secret.clone() };
    Ok(DeviceStarted { started, device_code, user_code: user_code::show(&code) })
}

/// A device of this client asks how its login stands.
///
/// # Errors
///
/// [`LoginError::UnknownLogin`] if the code is none, [`LoginError::Expired`] if its time is over, [`LoginError::ResultGone`] if it has been used.
pub async fn poll(app: &App, client: &Client, code: &DeviceCode) -> Result<Poll, LoginError> {
    let login = collect::look(app, code.id, &code.secret).await?;
    if login.request.client != client.id || login.request.redirect().is_some() {
        return Err(LoginError::UnknownLogin);
    }
    let now = app.clock.now();
    let pace = Pace { interval: INTERVAL, slow_down: SLOW_DOWN };
    match (&login.state, login.status(now)) {
        (LoginState::Redeemed { .. }, _) => Err(LoginError::ResultGone),
        (_, LoginStatus::Expired) => Err(LoginError::Expired),
        (_, LoginStatus::Denied | LoginStatus::Cancelled) => Ok(Poll::Refused),
        (LoginState::Confirmed { approval }, _) => {
            let approval = Box::new(approval.clone());
            Ok(Poll::Approved(Box::new(login), approval))
        }
        _ if app.store.note_poll(login.id, now, pace).await? => Ok(Poll::Pending),
        _ => Ok(Poll::TooSoon),
    }
}
