//! Client credentials (RFC 6749 section 4.4): a client that acts for itself, not for a person.
//!
//! There is no grant that such a token hangs on, and no refresh token: the client can ask again at any time. Of a person's scopes
//! it can have none.

use super::TokenResponse;
use crate::{
    app::App,
    oauth::{
        client::{Client, ClientAuth},
        client_token,
        error::TokenError,
        parameters::Parameters,
        scope::{Scope, Scopes},
    },
};

pub(super) fn issue(app: &App, client: &Client, form: &Parameters) -> Result<TokenResponse, TokenError> {
    // Who anybody can claim to be has no credentials.
    if client.auth == ClientAuth::Public {
        return Err(TokenError::UnauthorizedClient);
    }
    let scopes = scopes(client, form.get("scope"))?;
    let resources = form.get_all("resource");
    if !resources.iter().all(|resource| client.may_have_tokens_for(resource)) {
        return Err(TokenError::InvalidTarget);
    }
    let access_token = client_token::issue(app, client, &scopes, &resources)?;
    Ok(TokenResponse::for_client(app, access_token, &scopes))
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
