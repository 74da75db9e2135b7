//! Whom an access token is for (RFC 8707 section 2.2, RFC 9068 section 3).
//!
//! 1. A token request may name some of the APIs that were granted: the token is for those alone.
//! 2. Without that it is for all that were granted, and where `openid` was, also for this server, whose userinfo it opens.
//! 3. With no API it is for this server.

use crate::{
    app::App,
    oauth::{
        error::TokenError,
        resource::Resources,
        scope::{Scope, Scopes},
    },
};

/// The `aud` of an access token for which these APIs are named, where those and these scopes have been granted.
///
/// # Errors
///
/// [`TokenError::InvalidTarget`] if another is named.
pub(super) fn of(
    app: &App,
    named: Resources,
    granted: &[String],
    scopes: &Scopes,
) -> Result<Vec<String>, TokenError> {
    let issuer = app.config.issuer.as_str();
    let ours = granted.is_empty() || scopes.contains(&Scope::OpenId);
    let all = || granted.iter().map(String::as_str).chain(ours.then_some(issuer));
    if named.is_empty() {
        return Ok(all().map(str::to_owned).collect());
    }
    if named.iter().any(|resource| all().all(|one| one != resource)) {
        return Err(TokenError::InvalidTarget);
    }
    Ok(named.into_vec())
}
