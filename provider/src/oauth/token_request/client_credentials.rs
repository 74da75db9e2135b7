//! Client credentials (RFC 6749 section 4.4): a client that acts for itself, not for a person.
//!
//! There is no grant that such a token hangs on, and no refresh token: the client can ask again at any time. Of a person's scopes
//! it can have none.

use super::{TokenRequest, TokenResponse};
use crate::{
    app::App,
    oauth::{
        access_token::{self, Terms},
        client::{Client, ClientAuth},
        error::TokenError,
        scope::{Scope, Scopes},
    },
};

pub(super) fn issue(app: &App, request: TokenRequest<'_>) -> Result<TokenResponse, TokenError> {
    let client = request.client;
    // Who anybody can claim to be has no credentials.
    if client.auth == ClientAuth::Public {
        return Err(TokenError::UnauthorizedClient);
    }
    let scopes = scopes(client, request.form.get("scope"))?;
    let mut audience: Vec<String> = request.form.get_all("resource").into_iter().map(str::to_owned).collect();
    if !audience.iter().all(|resource| client.may_have_tokens_for(resource)) {
        return Err(TokenError::InvalidTarget);
    }
    // Where no API is named it is for this server, which is of no use but harmless.
    if audience.is_empty() {
        audience.push(app.config.issuer.to_string());
    }
    let access_token =
        access_token::issue(app, client, None, Terms { scopes: &scopes, audience, key: request.key })?;
    Ok(TokenResponse::new(app, &request, access_token, &scopes))
}

/// What is asked for, or all that the client may have; of our own scopes, which are a person's, none.
fn scopes(client: &Client, asked: Option<&str>) -> Result<Scopes, TokenError> {
    let own: Scopes =
        client.scopes.iter().filter(|scope| matches!(scope, Scope::Other(_))).cloned().collect();
    match asked.map(Scopes::parse_strictly) {
        None => Ok(own),
        Some(Some(asked)) if own.covers(&asked) => Ok(asked),
        Some(_) => Err(TokenError::InvalidScope),
    }
}
