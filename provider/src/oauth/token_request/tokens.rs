//! What a successful token request is answered.

use serde::Serialize;

use super::Caller;
use crate::{
    account::phone_session::Enrolled,
    app::App,
    oauth::{
        access_token::{self, Terms},
        client::{Client, GrantType},
        error::TokenError,
        grant::Grant,
        scope::{Scope, Scopes},
    },
    oidc::id_token,
    secret::RefreshToken,
    store::NewRefreshToken,
};

/// A successful answer (RFC 6749 section 5.1).
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    /// What a phone is called here.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<String>,
}

/// A refresh token, if the client may have one and the person agreed.
pub(super) fn new_refresh_token(app: &App, client: &Client, scopes: &Scopes) -> Option<RefreshToken> {
    let wanted = scopes.contains(&Scope::OfflineAccess) && client.may_use(GrantType::RefreshToken);
    wanted.then(|| RefreshToken::generate(&app.random))
}

/// What the store keeps of a refresh token.
pub(super) fn stored(app: &App, token: &RefreshToken) -> NewRefreshToken {
    NewRefreshToken {
        digest: token.digest(),
        expires_at: app.clock.now() + app.config.lifetimes.refresh_token,
    }
}

/// What a request was found good for.
pub(super) struct Given<'a> {
    pub(super) grant: &'a Grant,
    /// Whom the access token is for.
    pub(super) audience: Vec<String>,
    pub(super) refresh_token: Option<RefreshToken>,
}

/// Makes the tokens of a grant.
pub(super) async fn respond(
    app: &App,
    caller: Caller<'_>,
    given: Given<'_>,
) -> Result<TokenResponse, TokenError> {
    let (client, grant) = (caller.client, given.grant);
    let id_token = if grant.scopes.contains(&Scope::OpenId) {
        let account =
            app.store.account(grant.account).await?.ok_or(TokenError::InvalidGrant("no such account"))?;
        Some(id_token::issue(app, client, grant, &account)?)
    } else {
        None
    };
    let terms = Terms { scopes: &grant.scopes, audience: given.audience, key: caller.key };
    let access_token = access_token::issue(app, client, Some(grant), terms)?;
    Ok(TokenResponse {
        refresh_token: given.refresh_token.map(|token| token.expose().to_owned()),
        id_token,
        ..TokenResponse::new(app, caller, access_token, &grant.scopes)
    })
}

impl TokenResponse {
    /// An access token alone.
    pub(super) fn new(app: &App, caller: Caller<'_>, access_token: String, scopes: &Scopes) -> Self {
        Self {
            access_token,
            token_type: access_token::token_type(caller.key.is_some()),
            expires_in: app.config.lifetimes.access_token.as_secs(),
            scope: scopes.to_string(),
            refresh_token: None,
            id_token: None,
            device_id: None,
        }
    }

    /// What a phone gets: both tokens are bound to its key, and are for the phone API alone.
    pub(super) fn of_phone(app: &App, enrolled: &Enrolled) -> Self {
        Self {
            access_token: enrolled.access_token.expose().to_owned(),
            token_type: access_token::token_type(true),
            expires_in: app.config.lifetimes.phone_token.as_secs(),
            scope: String::new(),
            refresh_token: Some(enrolled.refresh_token.expose().to_owned()),
            id_token: None,
            device_id: Some(enrolled.session.device.id.0.to_string()),
        }
    }
}
