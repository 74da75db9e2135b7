//! Step 4: the browser that started the login looks at it, collects its result, or gives up. Each look demands the
//! browser's secret; an unknown login and another browser's login look alike.

use protocol::login::{LoginResult, LoginStatus};

use super::{CodeSalt, Login, LoginError, LoginId, LoginState, Step};
use crate::{
    app::App,
    secret::{BrowserSecret, Code},
};

/// The login, if this secret is its browser's.
pub async fn look(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    let login = app.store.login(id).await?;
    login.filter(|login| login.browser_secret == secret.digest()).ok_or(LoginError::UnknownLogin)
}

/// Hands out the result of a confirmed login: the same code each time, until it is redeemed or its time is over.
pub async fn collect(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<LoginResult, LoginError> {
    let login = look(app, id, secret).await?;
    let now = app.clock.now();
    let salt = match (&login.state, login.status(now)) {
        (LoginState::Confirmed { approval }, LoginStatus::Confirmed) => {
            let code = code(secret, approval.salt).digest();
            let step = Step { now, expires_at: now + app.config.lifetimes.code };
            if app.store.deliver_login(id, &code, step).await?.is_none() {
                still_delivered(app, id, secret).await?;
            }
            approval.salt
        }
        (LoginState::Delivered { approval }, LoginStatus::Confirmed) => approval.salt,
        (LoginState::Confirmed { .. } | LoginState::Delivered { .. } | LoginState::Redeemed { .. }, _) => {
            return Err(LoginError::ResultGone);
        }
        (_, LoginStatus::Expired) => return Err(LoginError::Expired),
        _ => return Err(LoginError::NotConfirmed),
    };
    Ok(result(app, &login, &code(secret, salt)))
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

fn result(app: &App, login: &Login, code: &Code) -> LoginResult {
    let issuer = app.config.issuer.as_str();
    let mut parameters = vec![("code", code.expose())];
    parameters.extend(login.request.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", issuer));
    LoginResult {
        redirect_to: login.request.redirect_uri.with(&parameters),
        code: code.expose().to_owned(),
        state: login.request.state.clone(),
        iss: issuer.to_owned(),
    }
}
