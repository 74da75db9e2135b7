//! An access token that a client has for itself (RFC 6749 section 4.4), in the form of RFC 9068: its `sub` is the client.

use serde::Serialize;
use uuid::Uuid;

use super::{
    access_token::TYPE,
    client::{Client, SigningAlgorithm},
    error::ServerError,
    scope::Scopes,
};
use crate::app::App;

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Vec<&'a str>,
    client_id: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Makes an access token for these APIs; for this server's own, which is of no use but harmless, where none is named.
pub(super) fn issue(
    app: &App,
    client: &Client,
    scopes: &Scopes,
    resources: &[&str],
) -> Result<String, ServerError> {
    let now = app.clock.now();
    let issuer = app.config.issuer.as_str();
    let claims = Claims {
        iss: issuer,
        sub: client.id.as_str(),
        aud: if resources.is_empty() { vec![issuer] } else { resources.to_vec() },
        client_id: client.id.as_str(),
        scope: scopes.to_string(),
        iat: now.seconds(),
        exp: (now + app.config.lifetimes.access_token).seconds(),
        jti: Uuid::from_bytes(app.random.bytes()).simple().to_string(),
    };
    Ok(app.keys.sign(SigningAlgorithm::Es256, TYPE, &claims)?)
}
