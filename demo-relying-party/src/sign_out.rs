//! Signing out: here, at the provider as well, or because the provider says so.

use oauth2::CsrfToken;

use crate::app::App;
use crate::oidc::OidcError;
use crate::session::SessionId;

/// How far signing out goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// This site only.
    Here,
    /// The provider, too, and with it the sites that the same browser session has signed in to.
    AtProvider,
}

/// Signs out of this site. Where the provider is to be left, too, and takes part in that, returns the session that waits for the way back,
/// and where the browser must go. A provider that cannot be reached keeps nobody signed in here.
pub async fn sign_out(app: &App, session: &SessionId, extent: Extent) -> Option<(SessionId, String)> {
    let now = app.clock.now();
    let id_token = app.sessions.member(session, now).and_then(|member| member.tokens.id_token);
    app.sessions.end(session);
    let id_token = id_token.filter(|_| extent == Extent::AtProvider)?;
    let state = CsrfToken::new_random_len(32);
    match app.provider.end_session_url(&id_token, &state).await {
        Ok(url) => url.map(|url| (app.sessions.leave(session, state, now), url)),
        Err(error) => {
            tracing::warn!(%error, "the provider is not left");
            None
        }
    }
}

/// Ends the sessions that a logout token of the provider's names. Returns how many there were: none is no error, for they may be over.
///
/// # Errors
///
/// [`OidcError`] if the token is not good, or the keys to judge it by cannot be had.
pub async fn by_provider(app: &App, logout_token: &str) -> Result<usize, OidcError> {
    let leaver = app.provider.leaver(logout_token).await?;
    Ok(app.sessions.end_of(leaver.sid.as_deref(), leaver.sub.as_deref()))
}
