//! The authorization code (RFC 6749 section 4.1.3).
//!
//! 1. The code must be this client's, and not have been redeemed before. If it was, it leaked: what the first redemption got
//!    is taken back (section 4.1.2, RFC 9700 section 4.5).
//! 2. Redirect URI and PKCE verifier must fit the authorization request. A verifier where there was no challenge is refused
//!    (RFC 9700 section 2.1.1, against downgrade).
//! 3. One conditional write turns the login from Delivered to Redeemed and stores the grant with it. Only who wins that
//!    write makes tokens.

use super::{required, tokens};
use crate::{
    app::App,
    login::{Approval, Login, LoginState},
    oauth::{
        client::Client,
        error::TokenError,
        grant::{Grant, GrantId},
        parameters::Parameters,
        token_request::TokenResponse,
    },
    oidc::subject,
    secret::Code,
    store::Redemption,
};

pub(super) async fn redeem(
    app: &App,
    client: &Client,
    form: &Parameters,
) -> Result<TokenResponse, TokenError> {
    const NO_GOOD: TokenError = TokenError::InvalidGrant("the code is unknown, expired, or another client's");
    let code = Code::parse(required(form, "code")?).ok_or(NO_GOOD)?.digest();
    let login =
        app.store.login_by_code(&code).await?.filter(|l| l.request.client == client.id).ok_or(NO_GOOD)?;
    let approval = match &login.state {
        LoginState::Redeemed { grant } => return Err(replayed(app, *grant).await?),
        LoginState::Delivered { approval } => approval,
        _ => return Err(NO_GOOD),
    };
    check_binding(&login, form)?;

    let now = app.clock.now();
    let grant = new_grant(app, client, &login, approval);
    let refresh_token = tokens::new_refresh_token(app, client, &grant.scopes);
    let stored = refresh_token.as_ref().map(|token| tokens::stored(app, token));
    match app.store.redeem_login(&code, &grant, stored.as_ref(), now).await? {
        Redemption::Redeemed => tokens::respond(app, client, &grant, refresh_token).await,
        Redemption::Replayed(first) => Err(replayed(app, first).await?),
        Redemption::Gone => Err(NO_GOOD),
    }
}

/// Takes back what a code's first redemption got.
async fn replayed(app: &App, grant: GrantId) -> Result<TokenError, TokenError> {
    tracing::warn!(grant = %grant.0, "an authorization code came back; its grant is revoked");
    app.store.revoke_grant(grant, app.clock.now()).await?;
    Ok(TokenError::InvalidGrant("the code was redeemed before; what it gave is revoked"))
}

/// Step 2.
fn check_binding(login: &Login, form: &Parameters) -> Result<(), TokenError> {
    let request = &login.request;
    match form.get("redirect_uri") {
        Some(uri) if request.redirect().is_none_or(|redirect| uri != redirect.uri.as_str()) => {
            return Err(TokenError::InvalidGrant("redirect_uri is not that of the authorization request"));
        }
        // OAuth 2.1 leaves it out where PKCE binds the code; without PKCE it must be there (RFC 6749 section 4.1.3).
        None if request.challenge.is_none() => {
            return Err(TokenError::InvalidRequest("redirect_uri is missing".into()));
        }
        _ => {}
    }
    match (&request.challenge, form.get("code_verifier")) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.accepts(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(TokenError::InvalidGrant("code_verifier does not fit the code_challenge")),
        (Some(_), None) => Err(TokenError::InvalidRequest("code_verifier is missing".into())),
        (None, Some(_)) => Err(TokenError::InvalidGrant("code_verifier without a code_challenge")),
    }
}

/// What the person gave by their yes.
pub(super) fn new_grant(app: &App, client: &Client, login: &Login, approval: &Approval) -> Grant {
    let now = app.clock.now();
    let request = &login.request;
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
        key: None,
        created_at: now,
    }
}
