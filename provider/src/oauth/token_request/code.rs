//! The authorization code (RFC 6749 section 4.1.3).
//!
//! 1. The code must be this client's, and not have been redeemed before. If it was, it leaked: what the first redemption got
//!    is taken back (section 4.1.2, RFC 9700 section 4.5).
//! 2. Redirect URI and PKCE verifier must fit the authorization request. A verifier where there was no challenge is refused
//!    (RFC 9700 section 2.1.1, against downgrade).
//! 3. Where the authorization request named a DPoP key, the proof must be by it (RFC 9449 section 10).
//! 4. One conditional write turns the login from Delivered to Redeemed and stores the grant with it. Only who wins that
//!    write makes tokens.

use super::{Caller, CodeRequest, TokenResponse, audience, missing, tokens};
use crate::{
    app::App,
    login::{Approval, Login, LoginState},
    oauth::{
        dpop::Thumbprint,
        error::TokenError,
        grant::{Grant, GrantId},
    },
    oidc::subject,
    store::Redemption,
    trail::Revocation,
};

/// A code that is none, or not this client's.
pub(super) const NO_GOOD: TokenError =
    TokenError::InvalidGrant("the code is unknown, expired, or another client's");

/// Another redirect URI, or none.
pub(super) const OTHER_REDIRECT: TokenError =
    TokenError::InvalidGrant("redirect_uri is not that of the authorization request");

/// What can be no verifier.
pub(super) const NO_VERIFIER: TokenError =
    TokenError::InvalidGrant("code_verifier is not 43 to 128 unreserved characters");

pub(super) async fn redeem(
    app: &App,
    caller: Caller<'_>,
    request: CodeRequest,
) -> Result<TokenResponse, TokenError> {
    let code = request.code.digest();
    let login = app.store.login_by_code(&code).await?;
    let login = login.filter(|login| login.request.client == caller.client.id).ok_or(NO_GOOD)?;
    let approval = match &login.state {
        LoginState::Redeemed { grant } => return Err(replayed(app, *grant).await?),
        LoginState::Delivered { approval } => approval,
        _ => return Err(NO_GOOD),
    };
    check_binding(&login, &request)?;
    check_key(&login, caller.key)?;

    let now = app.clock.now();
    let grant = new_grant(app, caller, &login, approval);
    let audience = audience::of(app, request.resources, &grant.resources, &grant.scopes)?;
    let refresh_token = tokens::new_refresh_token(app, caller.client, &grant.scopes);
    let stored = refresh_token.as_ref().map(|token| tokens::stored(app, token));
    match app.store.redeem_login(&code, &grant, stored.as_ref(), now).await? {
        Redemption::Redeemed => {
            tokens::respond(app, caller, tokens::Given { grant: &grant, audience, refresh_token }).await
        }
        Redemption::Replayed(first) => Err(replayed(app, first).await?),
        Redemption::Gone => Err(NO_GOOD),
    }
}

/// Takes back what a code's first redemption got.
async fn replayed(app: &App, grant: GrantId) -> Result<TokenError, TokenError> {
    tracing::warn!(grant = %grant.0, "an authorization code came back; its grant is revoked");
    app.store.revoke_grant(grant, Revocation::CodeReplayed, app.clock.now()).await?;
    Ok(TokenError::InvalidGrant("the code was redeemed before; what it gave is revoked"))
}

/// Step 2.
fn check_binding(login: &Login, request: &CodeRequest) -> Result<(), TokenError> {
    let asked = &login.request;
    match &request.redirect_uri {
        Some(uri) if asked.redirect().is_none_or(|redirect| *uri != redirect.uri) => {
            return Err(OTHER_REDIRECT);
        }
        // OAuth 2.1 leaves it out where PKCE binds the code; without PKCE it must be there (RFC 6749 section 4.1.3).
        None if asked.challenge.is_none() => return Err(missing("redirect_uri")),
        _ => {}
    }
    match (&asked.challenge, &request.code_verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.accepts(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(TokenError::InvalidGrant("code_verifier does not fit the code_challenge")),
        // Not `invalid_request`, although a parameter is missing: whether it has to be there, the code says (RFC 7636 section 4.6; so do the
        // OpenID Foundation's tests for FAPI 2.0).
        (Some(_), None) => {
            Err(TokenError::InvalidGrant("code_verifier is missing, and the code has a challenge"))
        }
        (None, Some(_)) => Err(TokenError::InvalidGrant("code_verifier without a code_challenge")),
    }
}

/// A code that was asked for with a key's name is for the holder of that key (RFC 9449 section 10).
fn check_key(login: &Login, key: Option<&Thumbprint>) -> Result<(), TokenError> {
    match (login.request.options.dpop_jkt.as_deref(), key) {
        (Some(bound), Some(key)) if bound != key.as_str() => {
            Err(TokenError::InvalidGrant("the code is bound to another DPoP key (dpop_jkt)"))
        }
        (Some(_), None) => {
            Err(TokenError::InvalidGrant("the code is bound to a DPoP key: send a proof by it"))
        }
        _ => Ok(()),
    }
}

/// What the person gave by their yes.
pub(super) fn new_grant(app: &App, caller: Caller<'_>, login: &Login, approval: &Approval) -> Grant {
    let now = app.clock.now();
    let (client, request) = (caller.client, &login.request);
    Grant {
        id: GrantId(app.random.uuid(now)),
        client: client.id.clone(),
        account: approval.approver.account,
        scopes: request.scopes.intersect(&approval.scopes),
        nonce: request.nonce.clone(),
        authentication: approval.authentication.clone(),
        claims: request.options.claims.agreed(&approval.scopes),
        resources: request.options.resources.clone(),
        session: approval.session,
        sid: approval.session.map(|session| subject::sid(app, client, session)),
        key: caller.key.cloned(),
        created_at: now,
    }
}
