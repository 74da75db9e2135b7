//! Client credentials (RFC 6749 section 4.4): a client that acts for itself, not for a person.
//!
//! There is no grant that such a token hangs on, and no refresh token: the client can ask again at any time. Of a person's scopes
//! it can have none.

use super::{Caller, CredentialsRequest, TokenResponse};
use crate::{
    app::App,
    oauth::{
        access_token::{self, Terms},
        client::{Client, ClientAuth},
        error::TokenError,
        scope::{Scope, Scopes},
    },
};

pub(super) fn issue(
    app: &App,
    caller: Caller<'_>,
    request: CredentialsRequest,
) -> Result<TokenResponse, TokenError> {
    let client = caller.client;
    // Who anybody can claim to be has no credentials.
    if client.auth == ClientAuth::Public {
        return Err(TokenError::UnauthorizedClient);
    }
    let scopes = scopes(client, request.scope)?;
    if !request.resources.iter().all(|resource| client.may_have_tokens_for(resource)) {
        return Err(TokenError::InvalidTarget);
    }
    let mut audience = request.resources.into_vec();
    // Where no API is named it is for this server, which is of no use but harmless.
    if audience.is_empty() {
        audience.push(app.config.issuer.to_string());
    }
    let access_token =
        access_token::issue(app, client, None, Terms { scopes: &scopes, audience, key: caller.key })?;
    Ok(TokenResponse::new(app, caller, access_token, &scopes))
}

/// What is asked for, or all that the client may have; of our own scopes, which are a person's, none.
fn scopes(client: &Client, asked: Option<Scopes>) -> Result<Scopes, TokenError> {
    let own: Scopes =
        client.scopes.iter().filter(|scope| matches!(scope, Scope::Other(_))).cloned().collect();
    match asked {
        None => Ok(own),
        Some(asked) if own.covers(&asked) => Ok(asked),
        Some(_) => Err(TokenError::InvalidScope),
    }
}
