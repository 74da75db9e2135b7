//! A grant: what one person gave one site by one login. Tokens hang on it, and die with it.

use uuid::Uuid;

use super::{client::ClientId, scope::Scopes};
use crate::{account::AccountId, clock::Time};

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
    /// When the person confirmed: the `auth_time` of ID tokens.
    pub confirmed_at: Time,
    /// When the code was redeemed.
    pub created_at: Time,
}
