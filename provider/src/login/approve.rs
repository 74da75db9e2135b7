//! Steps 2 and 3: a phone scans, and its owner decides.

use protocol::qr::{self, QrError};

use super::{Approval, Approver, CodeSalt, Login, LoginError, LoginState, Step};
use crate::{
    account::phone_session::PhoneSession,
    app::App,
    secret::{QrSecret, Ticket},
};
use protocol::login::LoginStatus;

/// Step 2: this phone read this text. Exactly one scan of a code wins; it gets the ticket.
pub async fn scan(app: &App, phone: &PhoneSession, text: &str) -> Result<(Login, Ticket), LoginError> {
    let secret = qr::parse(text, app.config.issuer.as_str()).map_err(|error| match error {
        QrError::Malformed => LoginError::MalformedQr,
        QrError::Foreign => LoginError::ForeignQr,
    })?;
    let qr = QrSecret::parse(secret).ok_or(LoginError::MalformedQr)?.digest();
    let ticket = Ticket::generate(&app.random);
    let approver = Approver { account: phone.account.id, device: phone.device.id };
    let now = app.clock.now();
    let step = Step { now, expires_at: now + app.config.lifetimes.scanned };

    match app.store.scan_login(&qr, approver, &ticket.digest(), step).await? {
        Some(login) => {
            app.bell.ring(login.id);
            Ok((login, ticket))
        }
        None => Err(match app.store.login_by_qr(&qr).await? {
            None => LoginError::UnknownQr,
            Some(login) => match (&login.state, login.status(now)) {
                (LoginState::Scanned { .. }, LoginStatus::Scanned) => LoginError::AlreadyScanned,
                _ => why_over(&login, now),
            },
        }),
    }
}

/// Step 3: the phone's owner agrees.
pub async fn confirm(app: &App, phone: &PhoneSession, ticket: &Ticket) -> Result<(), LoginError> {
    let now = app.clock.now();
    let step = Step { now, expires_at: now + app.config.lifetimes.delivery };
    let approval = Approval {
        approver: Approver { account: phone.account.id, device: phone.device.id },
        confirmed_at: now,
        salt: CodeSalt(app.random.bytes()),
    };
    let decided = app.store.confirm_login(&ticket.digest(), approval, step).await?;
    settle(app, phone, ticket, decided).await
}

/// Step 3: the phone's owner declines.
pub async fn deny(app: &App, phone: &PhoneSession, ticket: &Ticket) -> Result<(), LoginError> {
    let now = app.clock.now();
    let decided = app.store.deny_login(&ticket.digest(), phone.device.id, now).await?;
    settle(app, phone, ticket, decided).await
}

async fn settle(
    app: &App,
    phone: &PhoneSession,
    ticket: &Ticket,
    decided: Option<Login>,
) -> Result<(), LoginError> {
    if let Some(login) = decided {
        app.bell.ring(login.id);
        return Ok(());
    }
    // Only the device that scanned is told more.
    let login = app.store.login_by_ticket(&ticket.digest(), phone.device.id).await?;
    Err(login.map_or(LoginError::InvalidTicket, |login| why_over(&login, app.clock.now())))
}

/// Why nothing can be done with a login any more.
fn why_over(login: &Login, now: crate::clock::Time) -> LoginError {
    match login.status(now) {
        LoginStatus::Expired => LoginError::Expired,
        LoginStatus::Cancelled => LoginError::Cancelled,
        LoginStatus::Confirmed | LoginStatus::Denied => LoginError::AlreadyDecided,
        // It is open, but not to this phone: its device was revoked while it asked.
        LoginStatus::Waiting | LoginStatus::Scanned => LoginError::DeviceRevoked,
    }
}
