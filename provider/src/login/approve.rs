//! Steps 2 and 3: a phone scans, and its owner decides; or a person who is signed in in the browser decides there.
//!
//! What they agree to is remembered by the same write that confirms ([`super::consent`]).

use protocol::{
    login::LoginStatus,
    phone::Sign,
    qr::{self as payload, Payload},
};

use super::{
    Approver, Check, Checks, CodeSalt, Denial, Login, LoginError, LoginState, Step,
    consent::{self, Answer},
    match_code, qr, risk,
    session::Session,
    sighting, user_code,
};
use crate::{
    account::{AccountId, device::DeviceId, phone_session::PhoneSession},
    app::App,
    clock::Time,
    oauth::{authorization_request::AuthorizationRequest, client::Client, prompt::Prompt},
    oidc::{authentication::Methods, subject},
    secret::{Digest, Ticket},
    store::{NewConfirmation, NewScan, StoreError},
};

/// What a phone has of a login: the scanned text, or the code that its owner typed (RFC 8628 section 3.3).
#[derive(Debug, Clone)]
pub enum Handle {
    /// What the QR code said, and when the phone saw it, if that was before its owner signed in ([`super::sighting`]).
    Qr {
        /// The text.
        text: String,
        /// The sighting.
        sighting: Option<String>,
    },
    /// What the person typed.
    UserCode(String),
}

/// What was read of it.
struct Seen {
    /// Its hash in the store.
    digest: Digest,
    /// What using it says of how the person was authenticated.
    methods: Methods,
    /// The code that was scanned.
    payload: Option<Payload>,
}

impl Handle {
    fn sighting(&self) -> Option<&str> {
        match self {
            Self::Qr { sighting, .. } => sighting.as_deref(),
            Self::UserCode(_) => None,
        }
    }

    fn read(&self, issuer: &str) -> Result<Seen, LoginError> {
        match self {
            Self::Qr { text, .. } => {
                let payload = payload::parse(text, issuer)?;
                let digest = qr::digest(payload.handle);
                Ok(Seen { digest, methods: Methods::scan(), payload: Some(payload) })
            }
            Self::UserCode(text) => {
                let code = user_code::read(text).ok_or(LoginError::MalformedQr)?;
                Ok(Seen { digest: user_code::digest(&code), methods: Methods::typed_code(), payload: None })
            }
        }
    }
}

/// What a phone that has scanned gets.
#[derive(Debug)]
pub struct Scan {
    /// The login.
    pub login: Login,
    /// Who asks.
    pub client: Client,
    /// For this phone alone.
    pub ticket: Ticket,
    /// What its owner is to know of the request.
    pub signs: Vec<Sign>,
    /// What they have to do before they may agree.
    pub checks: Checks,
}

/// Step 2: this phone has this code. Exactly one scan of a code wins; it gets the ticket.
pub async fn scan(app: &App, phone: &PhoneSession, handle: &Handle) -> Result<Scan, LoginError> {
    let Seen { digest, methods, payload } = handle.read(app.config.issuer.as_str())?;
    let login = app.store.login_by_qr(&digest).await?.ok_or(LoginError::UnknownQr)?;
    let now = app.clock.now();
    if let Some(payload) = payload {
        let seen_at =
            handle.sighting().and_then(|text| sighting::when(app, login.id, &phone.device.key, text));
        qr::judge(app, &login, &payload, (now, seen_at.unwrap_or(now)))?;
    }
    let client = client(app, &login).await?;
    if !is_expected(app, &client, &login.request, phone.account.id) {
        return Err(LoginError::OtherAccount);
    }
    let facts = risk::gather(app, phone, &login, &methods).await?;
    let checks = match_code::checks(app, &client, &login, (&methods, facts.are_a_risk()))?;
    let ticket = Ticket::generate(&app.random);
    let approver = Approver { account: phone.account.id, device: phone.device.id };
    let lifetimes = &app.config.lifetimes;
    let time = if login.extended { lifetimes.scanned_extended } else { lifetimes.scanned };
    let step = Step { now, expires_at: now + time };
    let scan = NewScan { approver, methods, ticket: ticket.digest(), checks, address: phone.address };

    match app.store.scan_login(&digest, &scan, step).await? {
        Some(login) => {
            app.bell.ring(login.id);
            Ok(Scan { login, client, ticket, signs: facts.signs(), checks })
        }
        None => Err(match app.store.login_by_qr(&digest).await? {
            None => LoginError::UnknownQr,
            Some(login) => why_not_waiting(&login, now),
        }),
    }
}

/// Step 3: the phone's owner agrees, to all or to a part.
pub async fn confirm(
    app: &App,
    phone: &PhoneSession,
    ticket: &Ticket,
    answer: &Answer,
) -> Result<(), LoginError> {
    let ticket = ticket.digest();
    let login =
        app.store.login_by_ticket(&ticket, phone.device.id).await?.ok_or(LoginError::InvalidTicket)?;
    let client = client(app, &login).await?;
    let now = app.clock.now();
    let step = Step { now, expires_at: now + app.config.lifetimes.delivery };
    let confirmation =
        NewConfirmation { address: Some(phone.address), ..confirmation(app, &client, &login, answer)? };
    let decided = app.store.confirm_login(&ticket, phone.device.id, &confirmation, step).await?;
    settle(app, phone, &ticket, decided).await
}

/// Step 3: the phone's owner declines.
pub async fn deny(app: &App, phone: &PhoneSession, ticket: &Ticket) -> Result<(), LoginError> {
    let now = app.clock.now();
    let ticket = ticket.digest();
    let decided = app.store.deny_login(&ticket, phone.device.id, phone.address, now).await?;
    settle(app, phone, &ticket, decided).await
}

/// Steps 2 and 3 at once: who is signed in in this browser agrees there.
///
/// # Errors
///
/// [`LoginError::SessionDoesNotDo`] if the session is over, or the site wants more than it is worth.
pub async fn by_session(
    app: &App,
    login: &Login,
    session: &Session,
    answer: &Answer,
) -> Result<(), LoginError> {
    let now = app.clock.now();
    let client = client(app, login).await?;
    if !suits(app, &client, &login.request, session) {
        return Err(LoginError::SessionDoesNotDo);
    }
    let confirmation = confirmation(app, &client, login, answer)?;
    let step = Step { now, expires_at: now + app.config.lifetimes.delivery };
    if let Some(login) = app.store.confirm_login_by_session(login.id, session, &confirmation, step).await? {
        app.bell.ring(login.id);
        return Ok(());
    }
    let login = app.store.login(login.id).await?.ok_or(LoginError::UnknownLogin)?;
    Err(match login.status(now) {
        LoginStatus::Waiting => LoginError::SessionDoesNotDo,
        LoginStatus::Scanned => LoginError::AlreadyScanned,
        _ => why_over(&login, now),
    })
}

/// Whether a session is worth what a site wants: no new authentication (`prompt=login`), one that is not too old (`max_age`; 0 demands a new one),
/// the right person, and an authentication that is good enough (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1).
pub fn suits(app: &App, client: &Client, request: &AuthorizationRequest, session: &Session) -> bool {
    let options = &request.options;
    let authentication = &session.authentication;
    let age = app.clock.now().seconds() - authentication.at.seconds();
    let fresh = options.max_age.is_none_or(|most| most > 0 && u64::try_from(age).unwrap_or(0) <= most);
    !options.prompts.contains(Prompt::Login)
        && fresh
        && options.accepts(&authentication.methods)
        // A session is not fresh.
        && !client.require_unlock
        && is_expected(app, client, request, session.account)
        && request.redirect().is_some()
}

/// Whether a request is for this person, or for anybody.
fn is_expected(app: &App, client: &Client, request: &AuthorizationRequest, account: AccountId) -> bool {
    let only = request.options.subjects.as_ref();
    only.is_none_or(|only| only.contains(&subject::subject(app, client, account)))
}

fn confirmation(
    app: &App,
    client: &Client,
    login: &Login,
    answer: &Answer,
) -> Result<NewConfirmation, LoginError> {
    let asked = consent::asked(&login.request);
    let scopes = consent::agree(client, &asked, answer)?;
    Ok(NewConfirmation {
        declined: asked.minus(&scopes),
        scopes,
        salt: CodeSalt(app.random.bytes()),
        remember: !client.first_party,
        address: None,
    })
}

/// The login's site. It was there when the login started; if it has gone since, so has the login.
async fn client(app: &App, login: &Login) -> Result<Client, LoginError> {
    app.store.client(&login.request.client).await?.ok_or(LoginError::Cancelled)
}

async fn settle(
    app: &App,
    phone: &PhoneSession,
    ticket: &Digest,
    decided: Option<Login>,
) -> Result<(), LoginError> {
    if let Some(login) = decided {
        app.bell.ring(login.id);
        return Ok(());
    }
    Err(after_all(app, ticket, phone.device.id).await?)
}

/// The login that this device has scanned and its owner has not decided, and where its checks stand.
pub(super) async fn scanned(
    app: &App,
    ticket: &Digest,
    device: DeviceId,
) -> Result<(Login, Checks), LoginError> {
    let login = app.store.login_by_ticket(ticket, device).await?.ok_or(LoginError::InvalidTicket)?;
    let now = app.clock.now();
    match login.state {
        LoginState::Scanned { checks, .. } if login.status(now) == LoginStatus::Scanned => {
            Ok((login, checks))
        }
        _ => Err(why_not(&login, now)),
    }
}

/// Why a step of the device with this ticket changed nothing. Only the device that scanned is told more.
pub(super) async fn after_all(
    app: &App,
    ticket: &Digest,
    device: DeviceId,
) -> Result<LoginError, StoreError> {
    let login = app.store.login_by_ticket(ticket, device).await?;
    Ok(login.map_or(LoginError::InvalidTicket, |login| why_not(&login, app.clock.now())))
}

/// Why the device that scanned cannot go on, or why there is nothing to do for it.
pub(super) fn why_not(login: &Login, now: Time) -> LoginError {
    match (&login.state, login.status(now)) {
        (LoginState::Scanned { checks, .. }, LoginStatus::Scanned) if checks.matching == Check::Open => {
            LoginError::MatchNeeded
        }
        (LoginState::Scanned { checks, .. }, LoginStatus::Scanned) if checks.unlock == Check::Open => {
            LoginError::UnlockNeeded
        }
        (LoginState::Denied { because: Denial::WrongDigits }, _) => LoginError::WrongMatchCode,
        (LoginState::Denied { because: Denial::NotUnlocked }, _) => LoginError::TooManyTries,
        _ => why_over(login, now),
    }
}

/// Why a login cannot be taken for one that waits.
pub(super) fn why_not_waiting(login: &Login, now: Time) -> LoginError {
    match login.status(now) {
        LoginStatus::Scanned => LoginError::AlreadyScanned,
        _ => why_over(login, now),
    }
}

/// Why nothing can be done with a login any more.
fn why_over(login: &Login, now: Time) -> LoginError {
    match login.status(now) {
        LoginStatus::Expired => LoginError::Expired,
        LoginStatus::Cancelled => LoginError::Cancelled,
        LoginStatus::Confirmed | LoginStatus::Denied => LoginError::AlreadyDecided,
        // It is open, but not to this phone: its device was revoked while it asked.
        LoginStatus::Waiting | LoginStatus::Scanned => LoginError::DeviceRevoked,
    }
}
