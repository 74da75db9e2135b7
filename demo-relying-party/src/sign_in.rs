//! Signing in, whichever way the reader came: begin, and finish.

use crate::app::App;
use crate::failure::{Failure, FailureKind};
use crate::oidc::{AuthorizationResponse, Identity, OidcError, Prepared};
use crate::place::Place;
use crate::session::{Member, PendingLogin, SessionId};

const SIGNED_OUT: Failure = Failure { kind: FailureKind::SignedOut, place: Place::Account };

/// A login that has begun: the session that remembers it, and what the browser may know of it.
#[derive(Debug)]
pub struct Begun {
    /// For the cookie.
    pub session: SessionId,
    /// Ties the answer to the session.
    pub state: String,
    /// Ties the ID token to the login.
    pub nonce: String,
    /// The PKCE challenge (S256); the verifier stays here.
    pub challenge: String,
}

/// Somebody has signed in.
#[derive(Debug)]
pub struct Finished {
    /// The new session's identifier.
    pub session: SessionId,
    /// Where they were when they began.
    pub place: Place,
    /// What to call them.
    pub name: String,
}

/// Begins a login in the page: the widget makes the authorization request from what this returns.
pub fn begin_here(app: &App, session: Option<SessionId>, place: Place) -> Begun {
    remember(app, session, place, app.provider.prepare())
}

/// Begins a login by redirect. Returns where the browser must go.
pub async fn begin_redirect(
    app: &App,
    session: Option<SessionId>,
    place: Place,
) -> Result<(SessionId, String), Failure> {
    let prepared = app.provider.prepare();
    let url = app.provider.authorization_url(&prepared).await.map_err(|e| FailureKind::from(e).at(place))?;
    Ok((remember(app, session, place, prepared).session, url))
}

/// Finishes a login with what came back.
///
/// 1. The `state` is taken out of this browser's session: another's is unknown here, and a second use too.
/// 2. `iss` must be our provider, before anything else of the answer is believed (RFC 9207 section 2.4). Saoma always
///    sends it, so an answer without it is refused as well.
/// 3. An `error` ends the login.
/// 4. The code is redeemed, and the reader gets a session under a new identifier.
pub async fn finish(
    app: &App,
    session: Option<SessionId>,
    answer: AuthorizationResponse,
) -> Result<Finished, Failure> {
    let (Some(session), Some(state)) = (session, answer.state.as_deref()) else {
        return Err(FailureKind::UnknownLogin.into());
    };
    let login =
        app.sessions.take_pending(&session, state, app.clock.now()).ok_or(FailureKind::UnknownLogin)?;
    let place = login.place;
    if answer.iss.as_deref() != Some(app.config.issuer.as_str()) {
        return Err(FailureKind::WrongIssuer.at(place));
    }
    if let Some(error) = answer.error.as_deref() {
        return Err(FailureKind::from_error_code(error).at(place));
    }
    let code = answer.code.ok_or_else(|| FailureKind::Unreadable.at(place))?;
    let redeemed = app.provider.redeem(code, (login.verifier, &login.nonce)).await;
    let identity = redeemed.map_err(|error| FailureKind::from(error).at(place))?;
    let member = member(app, identity, login.nonce);
    let name = member.display_name().to_owned();
    let session = app.sessions.sign_in(&session, member, app.clock.now());
    Ok(Finished { session, place, name })
}

/// Buys fresh tokens for who is signed in. Two at once would use one refresh token twice, so the second does nothing.
pub async fn refresh(app: &App, session: &SessionId) -> Result<(), Failure> {
    let member = app.sessions.member(session, app.clock.now()).ok_or(SIGNED_OUT)?;
    let Some(token) = app.sessions.take_refresh_token(session) else { return Ok(()) };
    match app.provider.refresh(&member, &token).await {
        Ok(tokens) => {
            app.sessions.renew(session, tokens);
            Ok(())
        }
        // The provider has withdrawn the grant: nobody is signed in any more.
        Err(OidcError::InvalidGrant) => {
            app.sessions.end(session);
            Err(SIGNED_OUT)
        }
        Err(error @ (OidcError::IdToken(_) | OidcError::OtherSubject(_))) => {
            app.sessions.end(session);
            Err(FailureKind::from(error).at(Place::Account))
        }
        Err(error) => {
            app.sessions.put_refresh_token(session, token);
            Err(FailureKind::from(error).at(Place::Account))
        }
    }
}

fn remember(app: &App, session: Option<SessionId>, place: Place, prepared: Prepared) -> Begun {
    let Prepared { state, nonce, challenge, verifier } = prepared;
    let login = PendingLogin { state: state.clone(), nonce: nonce.clone(), verifier, place };
    let session = app.sessions.begin(session, login, app.clock.now());
    Begun { session, state: state.into_secret(), nonce, challenge: challenge.as_str().to_owned() }
}

fn member(app: &App, identity: Identity, nonce: String) -> Member {
    let Identity { claims, userinfo, tokens } = identity;
    Member {
        subject: claims.sub,
        name: userinfo.name.or(userinfo.preferred_username).filter(|name| !name.trim().is_empty()),
        email: userinfo.email,
        authenticated_at: claims.auth_time,
        context: claims.acr,
        methods: claims.amr,
        sid: claims.sid,
        signed_in_at: app.clock.now(),
        nonce,
        tokens,
    }
}
