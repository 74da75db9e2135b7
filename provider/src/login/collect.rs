//! Step 4: the browser that started the login looks at it, collects its result, or gives up. Each look demands the
//! browser's secret; an unknown login and another browser's login look alike. Collecting also demands a proof by the key that the login
//! is bound to ([`super::bind`]).

use protocol::login::{LoginResult, LoginStatus};

use super::{
    Approval, CodeSalt, Given, Login, LoginError, LoginId, LoginState, Step, bind,
    session::{Session, SessionId},
};
use crate::{
    app::App,
    oauth::{authorization_request::Redirect, dpop::Thumbprint, fapi},
    secret::{BrowserSecret, Code, SessionSecret},
    store::NewSession,
};

/// The login, if this secret is its browser's.
pub async fn look(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    let login = app.store.login(id).await?;
    login.filter(|login| login.browser_secret == secret.digest()).ok_or(LoginError::UnknownLogin)
}

/// Where a browser can keep a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPlace {
    /// In a cookie of this provider, which holds this one now.
    Cookie(Option<SessionId>),
    /// Nowhere: it is on another site.
    Nowhere,
}

/// Who comes for a result.
#[derive(Debug, Clone, Copy)]
pub struct Collector<'a> {
    /// The browser's secret.
    pub secret: &'a BrowserSecret,
    /// The key that it has just proven to hold.
    pub key: Option<&'a Thumbprint>,
    /// Where it can keep a session.
    pub place: SessionPlace,
}

/// A login's result, and the session that it began.
#[derive(Debug)]
pub struct Collected {
    /// What goes to the site.
    pub result: LoginResult,
    /// How it goes there.
    pub redirect: Redirect,
    /// For the cookie; `None` where the session was there before, or has no place.
    pub session: Option<SessionSecret>,
}

/// Hands out the result of a confirmed login: the same code each time, until it is redeemed or its time is over.
pub async fn collect(app: &App, id: LoginId, who: Collector<'_>) -> Result<Collected, LoginError> {
    let Collector { secret, place, .. } = who;
    let login = look(app, id, secret).await?;
    bind::demand(&login, who.key)?;
    let redirect = login.request.redirect().cloned().ok_or(LoginError::UnknownLogin)?;
    let now = app.clock.now();
    let approval = match (&login.state, login.status(now)) {
        (LoginState::Confirmed { approval }, LoginStatus::Confirmed) => {
            deliver(app, &login, approval, secret, place).await?;
            approval
        }
        (LoginState::Delivered { approval }, LoginStatus::Confirmed) => approval,
        (LoginState::Confirmed { .. } | LoginState::Delivered { .. } | LoginState::Redeemed { .. }, _) => {
            return Err(LoginError::ResultGone);
        }
        (_, LoginStatus::Expired) => return Err(LoginError::Expired),
        _ => return Err(LoginError::NotConfirmed),
    };
    let session = match place {
        SessionPlace::Cookie(_) if approval.given == Given::OnPhone => {
            Some(session_secret(secret, approval.salt))
        }
        _ => None,
    };
    Ok(Collected { result: result(app, &redirect, &code(secret, approval.salt)), redirect, session })
}

async fn deliver(
    app: &App,
    login: &Login,
    approval: &Approval,
    secret: &BrowserSecret,
    place: SessionPlace,
) -> Result<(), LoginError> {
    let now = app.clock.now();
    let client = app.store.client(&login.request.client).await?.ok_or(LoginError::ResultGone)?;
    let step = Step { now, expires_at: now + fapi::code_lifetime(&client, app.config.lifetimes.code) };
    let code = code(secret, approval.salt).digest();
    let begin = (approval.given == Given::OnPhone).then(|| begin(app, approval, secret, place));
    match app.store.deliver_login(login.id, &code, begin.as_ref(), step).await? {
        Some(_) => Ok(()),
        None => still_delivered(app, login.id, secret).await,
    }
}

/// The session that a phone's yes begins; where the browser has one of the same person, that goes on.
fn begin(app: &App, approval: &Approval, secret: &BrowserSecret, place: SessionPlace) -> NewSession {
    let now = app.clock.now();
    let (secret, goes_on) = match place {
        SessionPlace::Cookie(held) => (Some(session_secret(secret, approval.salt).digest()), held),
        SessionPlace::Nowhere => (None, None),
    };
    let session = Session {
        id: SessionId(app.random.uuid(now)),
        secret,
        account: approval.approver.account,
        device: approval.approver.device,
        authentication: approval.authentication.clone(),
        created_at: now,
        expires_at: now + app.config.lifetimes.session,
    };
    NewSession { session, goes_on }
}

/// Somebody else's write came first. If it was another collection by this same browser, the code is the same.
async fn still_delivered(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<(), LoginError> {
    let login = look(app, id, secret).await?;
    match (&login.state, login.status(app.clock.now())) {
        (LoginState::Delivered { .. }, LoginStatus::Confirmed) => Ok(()),
        _ => Err(LoginError::ResultGone),
    }
}

/// Gives up a login that is not yet confirmed.
pub async fn cancel(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    look(app, id, secret).await?;
    match app.store.cancel_login(id, app.clock.now()).await? {
        Some(login) => {
            app.bell.ring(id);
            Ok(login)
        }
        // It ended some other way meanwhile; the browser is told which.
        None => look(app, id, secret).await,
    }
}

fn code(secret: &BrowserSecret, salt: CodeSalt) -> Code {
    Code::derive(secret.expose(), &salt.0)
}

fn session_secret(secret: &BrowserSecret, salt: CodeSalt) -> SessionSecret {
    SessionSecret::derive(secret.expose(), &[&salt.0[..], b"session"].concat())
}

fn result(app: &App, redirect: &Redirect, code: &Code) -> LoginResult {
    let issuer = app.config.issuer.as_str();
    let mut parameters = vec![("code", code.expose())];
    parameters.extend(redirect.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", issuer));
    LoginResult {
        redirect_to: redirect.uri.with(&parameters),
        code: code.expose().to_owned(),
        state: redirect.state.clone(),
        iss: issuer.to_owned(),
    }
}
