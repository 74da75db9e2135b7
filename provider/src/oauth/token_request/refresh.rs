//! The refresh token (RFC 6749 section 6).
//!
//! 1. It must be this client's. Where the grant is bound to a key, there must be a proof: by the same key if the client is public, by any
//!    if it has proved who it is itself (RFC 9449 section 5).
//! 2. It is spent by a conditional write and followed by another (RFC 9700 section 4.14.2). The other is derived from it and a salt that the
//!    same write stores: so a client that lost the answer and asks again within some seconds gets the same answer, not a third token.
//! 3. A spent one that comes back later, or after its successor was used, was stolen from somebody: the whole grant is revoked.
//! 4. A FAPI 2.0 client's stays as it is (FAPI 2.0 Security Profile section 5.3.2.1): it is of no use without the client's keys.

use super::{Caller, RefreshRequest, TokenResponse, audience, tokens};
use crate::{
    app::App,
    clock::Time,
    oauth::{client::ClientAuth, error::TokenError, fapi, grant::Grant},
    secret::RefreshToken,
    store::{FoundRefreshToken, Succession},
};

/// A refresh token that is none, or not this client's.
pub(super) const NO_GOOD: TokenError =
    TokenError::InvalidGrant("the refresh token is unknown, expired or revoked");

pub(super) async fn refresh(
    app: &App,
    caller: Caller<'_>,
    request: RefreshRequest,
) -> Result<TokenResponse, TokenError> {
    let old = request.refresh_token;
    let found = find(app, caller, &old).await?;
    check_key(caller, &found.grant)?;
    let scopes = match request.scope {
        Some(asked) if found.grant.scopes.covers(&asked) => asked,
        Some(_) => return Err(TokenError::InvalidScope),
        None => found.grant.scopes.clone(),
    };
    let audience = audience::of(app, request.resources, &found.grant.resources, &scopes)?;
    let next = if fapi::rotates(caller.client) {
        rotate(app, caller, &old, &found).await?
    } else {
        keep(app, old).await?
    };
    // A refreshed ID token has no nonce: that belongs to the first (OpenID Connect Core section 12.2).
    let grant = Grant { scopes, nonce: None, ..found.grant };
    tokens::respond(app, caller, tokens::Given { grant: &grant, audience, refresh_token: Some(next) }).await
}

async fn find(app: &App, caller: Caller<'_>, token: &RefreshToken) -> Result<FoundRefreshToken, TokenError> {
    let found = app.store.refresh_token(&token.digest(), app.clock.now()).await?;
    found.filter(|found| found.grant.client == caller.client.id).ok_or(NO_GOOD)
}

/// Step 1.
fn check_key(caller: Caller<'_>, grant: &Grant) -> Result<(), TokenError> {
    match (&grant.key, caller.key) {
        (Some(_), None) => {
            Err(TokenError::InvalidGrant("the refresh token is bound to a DPoP key: send a proof by it"))
        }
        (Some(bound), Some(key)) if caller.client.auth == ClientAuth::Public && bound != key => {
            Err(TokenError::InvalidGrant("the refresh token is bound to another DPoP key"))
        }
        _ => Ok(()),
    }
}

/// Steps 2 and 3. What follows the old token.
async fn rotate(
    app: &App,
    caller: Caller<'_>,
    old: &RefreshToken,
    found: &FoundRefreshToken,
) -> Result<RefreshToken, TokenError> {
    let mut succession = found.succession;
    if succession.is_none() {
        let salt = app.random.bytes();
        let next = RefreshToken::derive(old.expose(), &salt);
        let now = app.clock.now();
        if app.store.rotate_refresh_token(&old.digest(), &tokens::stored(app, &next), salt, now).await? {
            return Ok(next);
        }
        // Another call was quicker.
        succession = find(app, caller, old).await?.succession;
    }
    match succession.filter(|succession| is_lost_answer(app, caller, succession, &found.grant)) {
        Some(succession) => Ok(RefreshToken::derive(old.expose(), &succession.salt)),
        None => Err(stolen(app, &found.grant).await?),
    }
}

/// Whether who brings a spent token may be one who did not get the answer. What is bound to a key is given again to that key alone.
fn is_lost_answer(app: &App, caller: Caller<'_>, succession: &Succession, grant: &Grant) -> bool {
    let until: Time = succession.at + app.config.lifetimes.refresh_grace;
    let same_key = grant.key.is_none() || grant.key.as_ref() == caller.key;
    !succession.used && same_key && app.clock.now() < until
}

async fn stolen(app: &App, grant: &Grant) -> Result<TokenError, TokenError> {
    tracing::warn!(grant = %grant.id.0, "a spent refresh token came back; its grant is revoked");
    app.store.revoke_grant(grant.id, app.clock.now()).await?;
    Ok(TokenError::InvalidGrant("the refresh token was used before; its grant is revoked"))
}

/// Step 4. Its time begins again.
async fn keep(app: &App, token: RefreshToken) -> Result<RefreshToken, TokenError> {
    let renewed = app.store.renew_refresh_token(&tokens::stored(app, &token), app.clock.now()).await?;
    if renewed { Ok(token) } else { Err(NO_GOOD) }
}
