//! What a successful token request is answered.

use serde::Serialize;

use crate::{
    app::App,
    oauth::{
        access_token,
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
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl TokenResponse {
    /// What a client is answered that asked for itself (section 4.4.3).
    pub(super) fn for_client(app: &App, access_token: String, scopes: &Scopes) -> Self {
        Self {
            access_token,
            token_type: "Bearer",
            expires_in: app.config.lifetimes.access_token.as_secs(),
            scope: scopes.to_string(),
            refresh_token: None,
            id_token: None,
        }
    }
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

/// Makes the tokens of a grant.
pub(super) async fn respond(
    app: &App,
    client: &Client,
    grant: &Grant,
    refresh_token: Option<RefreshToken>,
) -> Result<TokenResponse, TokenError> {
    let lifetime = app.config.lifetimes.access_token;
    let id_token = if grant.scopes.contains(&Scope::OpenId) {
        let account =
            app.store.account(grant.account).await?.ok_or(TokenError::InvalidGrant("no such account"))?;
        Some(id_token::issue(app, client, grant, &account)?)
    } else {
        None
    };
    Ok(TokenResponse {
        access_token: access_token::issue(app, client, grant, lifetime)?,
        token_type: "Bearer",
        expires_in: lifetime.as_secs(),
        scope: grant.scopes.to_string(),
        refresh_token: refresh_token.map(|token| token.expose().to_owned()),
        id_token,
    })
}
