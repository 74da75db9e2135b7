//! For whom scanning in two minutes does not come easy: more time, and a code to type in place of a scan. Each takes one click in the
//! browser that started the login, while it waits; a second click changes nothing.

use super::{
    Login, LoginError, LoginId, Step, approve::why_not_waiting, collect, start::RENEWABLE_FOR, user_code,
};
use crate::{app::App, oidc::authentication::ContextClass, secret::BrowserSecret};

/// "I need more time": the login lives for as long as it could be renewed, and so do its successors; once it is scanned there are ten
/// minutes to decide. Its code goes on changing, so that a picture of it dies as soon as any other.
pub async fn extend(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    let login = own(app, id, secret).await?;
    let step =
        Step { now: app.clock.now(), expires_at: login.expires_at.max(login.requested_at + RENEWABLE_FOR) };
    let extended = app.store.extend_login(id, step).await?;
    settle(app, id, secret, extended, |login| login.extended).await
}

/// "Type a code instead": the login gets a code as a device has one (RFC 8628 section 6.1). It follows from the login, so that a page
/// that is loaded again shows it again.
pub async fn offer_code(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    let login = own(app, id, secret).await?;
    if !may_type(&login) {
        return Err(LoginError::TypedCodeRefused);
    }
    let code = user_code::digest(&user_code::of_login(app, id));
    let offered = app.store.offer_user_code(id, &code, app.clock.now()).await?;
    settle(app, id, secret, offered, |login| login.user_code.is_some()).await
}

/// Whether the site takes a code that was typed for as good as a scan.
pub fn may_type(login: &Login) -> bool {
    login.request.options.accepts_class(ContextClass::TypedCode)
}

/// A login of a browser. A device has its code and its time from the start.
async fn own(app: &App, id: LoginId, secret: &BrowserSecret) -> Result<Login, LoginError> {
    let login = collect::look(app, id, secret).await?;
    login.request.redirect().ok_or(LoginError::UnknownLogin)?;
    Ok(login)
}

async fn settle(
    app: &App,
    id: LoginId,
    secret: &BrowserSecret,
    changed: Option<Login>,
    has_it: impl Fn(&Login) -> bool,
) -> Result<Login, LoginError> {
    if let Some(login) = changed {
        app.bell.ring(id);
        return Ok(login);
    }
    let login = collect::look(app, id, secret).await?;
    if has_it(&login) { Ok(login) } else { Err(why_not_waiting(&login, app.clock.now())) }
}
