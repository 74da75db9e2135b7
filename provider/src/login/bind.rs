//! The browser's own key, which no page and no program can take out of it: only who has the key collects the result.
//!
//! 1. A widget sends a proof (DPoP, RFC 9449) with the request that starts its login, so the login has the key from its start.
//! 2. The provider's own page is reached by redirects, which carry no proof: its script binds the login as soon as it runs, once, while
//!    the login waits. Successors inherit the key.
//! 3. Collecting demands a proof by that key ([`super::collect`]). A stolen code, an identifier from a log, a cookie that was copied
//!    collect nothing.
//!
//! Where a browser has no such keys (scripts off, no secure context) the browser secret alone must do, and the phone is told so.

use super::{Login, LoginError, LoginId, approve::why_not_waiting, collect};
use crate::{app::App, oauth::dpop::Thumbprint, secret::BrowserSecret};

/// Binds a login that waits to its browser's key. The same key again is no error.
///
/// # Errors
///
/// [`LoginError::OtherKey`] if it is bound to another, or scanned already.
pub async fn bind(
    app: &App,
    id: LoginId,
    secret: &BrowserSecret,
    key: &Thumbprint,
) -> Result<(), LoginError> {
    let login = collect::look(app, id, secret).await?;
    login.request.redirect().ok_or(LoginError::UnknownLogin)?;
    if app.store.bind_login(id, key, app.clock.now()).await? {
        return Ok(());
    }
    let login = collect::look(app, id, secret).await?;
    match &login.browser.key {
        Some(bound) if bound == key => Ok(()),
        Some(_) => Err(LoginError::OtherKey),
        None => Err(why_not_waiting(&login, app.clock.now())),
    }
}

/// Whether who shows this key may have what the login has for its browser.
///
/// # Errors
///
/// [`LoginError::OtherKey`] if the login is bound, and not to this key.
pub fn demand(login: &Login, key: Option<&Thumbprint>) -> Result<(), LoginError> {
    match &login.browser.key {
        Some(bound) if key != Some(bound) => Err(LoginError::OtherKey),
        _ => Ok(()),
    }
}
