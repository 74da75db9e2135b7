//! The refresh token (RFC 6749 section 6).
//!
//! It is spent by a conditional write and followed by another (RFC 9700 section 4.14.2). A spent one that comes back was stolen from
//! somebody: the whole grant is revoked.

use super::{required, tokens};
use crate::{
    app::App,
    oauth::{
        client::Client, error::TokenError, grant::Grant, parameters::Parameters, scope::Scopes,
        token_request::TokenResponse,
    },
    secret::RefreshToken,
};

pub(super) async fn refresh(
    app: &App,
    client: &Client,
    form: &Parameters,
) -> Result<TokenResponse, TokenError> {
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
    if found.spent || !app.store.rotate_refresh_token(&old, &tokens::stored(app, &next), now).await? {
        tracing::warn!(grant = %found.grant.id.0, "a spent refresh token came back; its grant is revoked");
        app.store.revoke_grant(found.grant.id, now).await?;
        return Err(TokenError::InvalidGrant("the refresh token was used before; its grant is revoked"));
    }
    // A refreshed ID token has no nonce: that belongs to the first (OpenID Connect Core section 12.2).
    let grant = Grant { scopes, nonce: None, ..found.grant };
    tokens::respond(app, client, &grant, Some(next)).await
}
