//! A site's access tokens: JWTs by RFC 9068, signed with ES256, tied to their grant.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    client::{Client, SigningAlgorithm},
    error::ServerError,
    grant::{Grant, GrantId},
    scope::Scopes,
};
use crate::{account::Account, app::App, oidc::subject};

/// The `typ` of the header (RFC 9068 section 2.1).
pub(super) const TYPE: &str = "at+jwt";

/// What an access token says (RFC 9068 section 2.2).
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    scope: String,
    iat: i64,
    exp: i64,
    auth_time: i64,
    jti: String,
    /// The grant that it hangs on: when that is revoked, the token is dead.
    grant: Uuid,
}

/// Who a valid access token speaks for, and what it allows.
#[derive(Debug)]
pub struct Access {
    /// The person.
    pub account: Account,
    /// What they gave.
    pub grant: Grant,
    /// What may be seen.
    pub scopes: Scopes,
}

/// Makes an access token for a grant.
pub fn issue(app: &App, client: &Client, grant: &Grant, lifetime: Duration) -> Result<String, ServerError> {
    let now = app.clock.now();
    let claims = Claims {
        iss: app.config.issuer.to_string(),
        sub: subject::subject(app, client, grant.account),
        aud: app.config.issuer.to_string(),
        client_id: grant.client.to_string(),
        scope: grant.scopes.to_string(),
        iat: now.seconds(),
        exp: (now + lifetime).seconds(),
        auth_time: grant.authentication.at.seconds(),
        jti: Uuid::from_bytes(app.random.bytes()).simple().to_string(),
        grant: grant.id.0,
    };
    Ok(app.keys.sign(SigningAlgorithm::Es256, TYPE, &claims)?)
}

/// Verifies an access token for this server's own resources (RFC 9068 section 4). `None` if it is not good, or
/// not any more.
pub async fn verify(app: &App, token: &str) -> Result<Option<Access>, ServerError> {
    let Some(claims) = app.keys.verify::<Claims>(SigningAlgorithm::Es256, TYPE, token) else {
        return Ok(None);
    };
    let issuer = app.config.issuer.as_str();
    if claims.iss != issuer || claims.aud != issuer || claims.exp <= app.clock.now().seconds() {
        return Ok(None);
    }
    let found = app.store.live_grant(GrantId(claims.grant)).await?;
    Ok(found.map(|(grant, account)| Access { account, grant, scopes: Scopes::parse(&claims.scope) }))
}
