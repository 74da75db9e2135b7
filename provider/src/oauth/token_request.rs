//! What the token endpoint does (RFC 6749 section 3.2).
//!
//! Authorization code (section 4.1.3):
//! 1. The code belongs to a login of this client. One that was redeemed before is a replay: what the first redemption got
//!    is taken back (section 4.1.2, RFC 9700 section 4.5).
//! 2. Redirect URI and PKCE verifier must fit the authorization request. A verifier where there was no challenge is refused
//!    (RFC 9700 section 2.1.1, against downgrade).
//! 3. One conditional write turns the login from Delivered to Redeemed and stores the grant with it. Only who wins that
//!    write makes tokens.
//!
//! Refresh token (section 6): the token is spent by a conditional write and followed by another (RFC 9700 section 4.14.2). A spent
//! one that comes back was stolen from somebody: the whole grant is revoked.

use serde::Serialize;

use super::{
    access_token,
    client::{Client, GrantType},
    error::TokenError,
    grant::{Grant, GrantId},
    parameters::Parameters,
    scope::{Scope, Scopes},
};
use crate::{
    app::App,
    login::{Login, LoginState},
    oidc::id_token,
    secret::{Code, RefreshToken},
    store::{NewRefreshToken, Redemption},
};

/// A successful answer (RFC 6749 section 5.1).
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// Answers the token request of a client that has proved who it is.
pub async fn answer(app: &App, client: &Client, form: &Parameters) -> Result<TokenResponse, TokenError> {
    let name = required(form, "grant_type")?;
    let kind = GrantType::parse(name).ok_or(TokenError::UnsupportedGrantType)?;
    if !client.grant_types.contains(&kind) {
        return Err(TokenError::UnauthorizedClient);
    }
    match kind {
        GrantType::AuthorizationCode => redeem(app, client, form).await,
        GrantType::RefreshToken => refresh(app, client, form).await,
    }
}

fn required<'a>(form: &'a Parameters, name: &'static str) -> Result<&'a str, TokenError> {
    form.get(name).ok_or_else(|| TokenError::InvalidRequest(format!("{name} is missing")))
}

async fn redeem(app: &App, client: &Client, form: &Parameters) -> Result<TokenResponse, TokenError> {
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
    let grant = Grant {
        id: GrantId(app.random.uuid(now)),
        client: client.id.clone(),
        account: approval.approver.account,
        scopes: login.request.scopes.clone(),
        nonce: login.request.nonce.clone(),
        confirmed_at: approval.confirmed_at,
        created_at: now,
    };
    let refresh_token = new_refresh_token(app, client, &grant.scopes);
    let stored = refresh_token.as_ref().map(|token| stored(app, token));
    match app.store.redeem_login(&code, &grant, stored.as_ref(), now).await? {
        Redemption::Redeemed => respond(app, client, &grant, refresh_token),
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
        Some(uri) if uri != request.redirect_uri.as_str() => {
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

async fn refresh(app: &App, client: &Client, form: &Parameters) -> Result<TokenResponse, TokenError> {
    const NO_GOOD: TokenError = TokenError::InvalidGrant("the refresh token is unknown, expired or revoked");
    let old = RefreshToken::parse(required(form, "refresh_token")?).ok_or(NO_GOOD)?.digest();
    let now = app.clock.now();
    let found = app.store.refresh_token(&old, now).await?.filter(|f| f.grant.client == client.id);
    let found = found.ok_or(NO_GOOD)?;
    let scopes = match form.get("scope").map(Scopes::parse_strictly) {
        Some(Some(asked)) if found.grant.scopes.covers(&asked) => asked,
        Some(_) => return Err(TokenError::InvalidScope),
        None => found.grant.scopes.clone(),
    };
    let next = RefreshToken::generate(&app.random);
    if found.spent || !app.store.rotate_refresh_token(&old, &stored(app, &next), now).await? {
        tracing::warn!(grant = %found.grant.id.0, "a spent refresh token came back; its grant is revoked");
        app.store.revoke_grant(found.grant.id, now).await?;
        return Err(TokenError::InvalidGrant("the refresh token was used before; its grant is revoked"));
    }
    // A refreshed ID token has no nonce: that belongs to the first (OpenID Connect Core section 12.2).
    let grant = Grant { scopes, nonce: None, ..found.grant };
    respond(app, client, &grant, Some(next))
}

fn new_refresh_token(app: &App, client: &Client, scopes: &Scopes) -> Option<RefreshToken> {
    let wanted =
        scopes.contains(Scope::OfflineAccess) && client.grant_types.contains(&GrantType::RefreshToken);
    wanted.then(|| RefreshToken::generate(&app.random))
}

fn stored(app: &App, token: &RefreshToken) -> NewRefreshToken {
    NewRefreshToken {
        digest: token.digest(),
        expires_at: app.clock.now() + app.config.lifetimes.refresh_token,
    }
}

fn respond(
    app: &App,
    client: &Client,
    grant: &Grant,
    refresh_token: Option<RefreshToken>,
) -> Result<TokenResponse, TokenError> {
    let (scopes, lifetime) = (&grant.scopes, app.config.lifetimes.access_token);
    let id_token = scopes.contains(Scope::OpenId).then(|| id_token::issue(app, client, grant)).transpose()?;
    Ok(TokenResponse {
        access_token: access_token::issue(app, grant, lifetime)?,
        token_type: "Bearer",
        expires_in: lifetime.as_secs(),
        scope: scopes.to_string(),
        refresh_token: refresh_token.map(|token| token.expose().to_owned()),
        id_token,
    })
}
