//! ID tokens (OpenID Connect Core section 2): who signed in, for this site alone.
//!
//! Profile claims are not in it: they come from userinfo (section 5.4).

use serde::Serialize;
use serde_json::{Map, Value};

use super::subject;
use crate::{
    account::Account,
    app::App,
    oauth::{client::Client, error::ServerError, grant::Grant},
};

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    acr: &'a str,
    amr: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
    /// Claims about the person that were asked for by name (section 5.5).
    #[serde(flatten)]
    named: Map<String, Value>,
}

/// Makes an ID token for a grant of this account, signed as the client registered.
///
/// # Errors
///
/// Fails if signing does.
pub fn issue(app: &App, client: &Client, grant: &Grant, account: &Account) -> Result<String, ServerError> {
    let now = app.clock.now();
    let methods = &grant.authentication.methods;
    let claims = Claims {
        iss: app.config.issuer.as_str(),
        sub: subject::subject(app, client, grant.account),
        aud: client.id.as_str(),
        exp: (now + app.config.lifetimes.id_token).seconds(),
        iat: now.seconds(),
        auth_time: grant.authentication.at.seconds(),
        acr: grant.context_class().as_str(),
        amr: methods.references(),
        nonce: grant.nonce.as_deref(),
        sid: grant.sid.as_deref(),
        unionid: subject::unionid(app, client, grant.account),
        named: account.claims.named(grant.claims.id_token.keys()),
    };
    Ok(app.keys.sign(client.id_token_alg, "JWT", &claims)?)
}
