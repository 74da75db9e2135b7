//! Logout tokens (OpenID Connect Back-Channel Logout section 2.4): a site is told who has signed out.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::LogoutNotice;
use crate::{
    app::App,
    oauth::{client::Client, error::ServerError},
    oidc::subject,
};

/// How long a token is good: at most two minutes, says section 2.4.
const LIFETIME: Duration = Duration::from_mins(2);

/// The member of `events` that makes a JWT a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// There is no `nonce`, ever: so that nobody can pass it for an ID token.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    events: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

/// Makes the token that tells a site of a notice, signed as its ID tokens are. Each has a `jti` of its own.
///
/// # Errors
///
/// Fails if signing does.
pub fn issue(app: &App, client: &Client, notice: &LogoutNotice) -> Result<String, ServerError> {
    let now = app.clock.now();
    let claims = Claims {
        iss: app.config.issuer.as_str(),
        sub: subject::subject(app, client, notice.account),
        aud: client.id.as_str(),
        iat: now.seconds(),
        exp: (now + LIFETIME).seconds(),
        jti: app.random.uuid(now).to_string(),
        events: json!({EVENT: {}}),
        sid: notice.sid.as_deref(),
    };
    Ok(app.keys.sign(client.id_token_alg, "logout+jwt", &claims)?)
}
