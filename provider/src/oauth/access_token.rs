//! A site's access tokens: JWTs by RFC 9068, signed with ES256 or as the client registered.
//!
//! One that a person gave hangs on its grant, and dies with it. One of a client's own hangs on nothing, and is revoked by its `jti`. One that
//! was asked for with a DPoP proof is bound to that proof's key (`cnf.jkt`, RFC 9449 section 6.1).

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    client::{Client, ClientId, SigningAlgorithm},
    dpop::Thumbprint,
    error::ServerError,
    grant::{Grant, GrantId},
    scope::Scopes,
};
use crate::{account::Account, app::App, oidc::subject};

/// The `typ` of the header (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";

/// What an access token says (RFC 9068 section 2.2).
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// A person, as the client knows them; or the client itself.
    sub: String,
    aud: Vec<String>,
    client_id: ClientId,
    #[serde(default, skip_serializing_if = "Scopes::is_empty")]
    scope: Scopes,
    iat: i64,
    exp: i64,
    /// How and when the person was authenticated (section 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    jti: String,
    /// The key that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    /// The grant that it hangs on: when that is revoked, the token is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<Uuid>,
}

/// The thumbprint of a key (RFC 9449 section 6.1).
#[derive(Debug, Serialize, Deserialize)]
struct Confirmation {
    jkt: String,
}

/// What a new access token is to say.
#[derive(Debug)]
pub struct Terms<'a> {
    /// What it allows.
    pub scopes: &'a Scopes,
    /// Whom it is for; one at least.
    pub audience: Vec<String>,
    /// The key that it is bound to.
    pub key: Option<&'a Thumbprint>,
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
    /// The key that the token is bound to.
    pub key: Option<String>,
}

/// Makes an access token, for a grant or for the client itself.
pub fn issue(
    app: &App,
    client: &Client,
    grant: Option<&Grant>,
    terms: Terms<'_>,
) -> Result<String, ServerError> {
    let now = app.clock.now();
    let person = grant.map(|grant| &grant.authentication);
    let claims = Claims {
        iss: app.config.issuer.to_string(),
        sub: grant
            .map_or_else(|| client.id.to_string(), |grant| subject::subject(app, client, grant.account)),
        aud: terms.audience,
        client_id: client.id.clone(),
        scope: terms.scopes.clone(),
        iat: now.seconds(),
        exp: (now + app.config.lifetimes.access_token).seconds(),
        auth_time: person.map(|authentication| authentication.at.seconds()),
        acr: grant.map(|grant| grant.context_class().as_str().to_owned()),
        amr: person
            .map(|authentication| authentication.methods.references())
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
        jti: Uuid::from_bytes(app.random.bytes()).simple().to_string(),
        cnf: terms.key.map(|key| Confirmation { jkt: key.as_str().to_owned() }),
        grant: grant.map(|grant| grant.id.0),
    };
    Ok(app.keys.sign(client.access_token_alg, TYPE, &claims)?)
}

/// The `token_type` of an access token (RFC 6750 section 6.1.1, RFC 9449 section 5).
pub const fn token_type(bound: bool) -> &'static str {
    if bound { "DPoP" } else { "Bearer" }
}

/// The claims of an access token that this server signed, by whichever algorithm; times and the rest are the caller's to check.
pub(super) fn read<T: DeserializeOwned>(app: &App, token: &str) -> Option<T> {
    SigningAlgorithm::ALL.into_iter().find_map(|algorithm| app.keys.verify(algorithm, TYPE, token))
}

/// Verifies an access token for this server's own resources (RFC 9068 section 4). `None` if it is not good, or
/// not any more.
pub async fn verify(app: &App, token: &str) -> Result<Option<Access>, ServerError> {
    let Some(claims) = read::<Claims>(app, token) else { return Ok(None) };
    let issuer = app.config.issuer.as_str();
    let for_us = claims.aud.iter().any(|one| one == issuer);
    if claims.iss != issuer || !for_us || claims.exp <= app.clock.now().seconds() {
        return Ok(None);
    }
    let Some(grant) = claims.grant else { return Ok(None) };
    let found = app.store.live_grant(GrantId(grant)).await?;
    let key = claims.cnf.map(|confirmation| confirmation.jkt);
    Ok(found.map(|(grant, account)| Access { account, grant, scopes: claims.scope, key }))
}
