//! A grant: what one person gave one site by one login. Tokens hang on it, and die with it.

use uuid::Uuid;

use super::{client::ClientId, dpop::Thumbprint, scope::Scopes};
use crate::{
    account::AccountId,
    clock::Time,
    login::session::SessionId,
    oidc::{
        authentication::{Authentication, ContextClass},
        claims_request::{ClaimsRequest, Wish},
    },
};

/// Identifies a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GrantId(pub Uuid);

/// What one person gave one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// Who got it.
    pub client: ClientId,
    /// Who gave it.
    pub account: AccountId,
    /// What was given.
    pub scopes: Scopes,
    /// The `nonce` of the authorization request, for ID tokens.
    pub nonce: Option<String>,
    /// How and when the person was authenticated.
    pub authentication: Authentication,
    /// Claims that were asked for by name.
    pub claims: ClaimsRequest,
    /// APIs that its access tokens may be for, beside this server's own.
    pub resources: Vec<String>,
    /// The browser session that it belongs to.
    pub session: Option<SessionId>,
    /// That session's name at this site.
    pub sid: Option<String>,
    /// The key that its tokens are bound to (RFC 9449 section 5).
    pub key: Option<Thumbprint>,
    /// When the code was redeemed.
    pub created_at: Time,
}

impl Grant {
    /// The `acr` that its tokens tell: of those that the site asked for, if the authentication comes up to one.
    pub fn context_class(&self) -> ContextClass {
        let asked = self.claims.id_token.get("acr").map(Wish::accepted).unwrap_or_default();
        self.authentication.methods.context_class(&asked)
    }
}
