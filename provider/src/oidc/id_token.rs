//! ID tokens (OpenID Connect Core section 2): who signed in, for this site alone.
//!
//! Profile claims are not in it: they come from userinfo (section 5.4).

use serde::Serialize;

use crate::{
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
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// Makes an ID token for a grant, signed as the client registered.
///
/// # Errors
///
/// Fails if signing does.
pub fn issue(app: &App, client: &Client, grant: &Grant) -> Result<String, ServerError> {
    let now = app.clock.now();
    let claims = Claims {
        iss: app.config.issuer.as_str(),
        sub: grant.account.0.to_string(),
        aud: client.id.as_str(),
        exp: (now + app.config.lifetimes.id_token).seconds(),
        iat: now.seconds(),
        auth_time: grant.confirmed_at.seconds(),
        nonce: grant.nonce.as_deref(),
    };
    Ok(app.keys.sign(client.id_token_alg, "JWT", &claims)?)
}
