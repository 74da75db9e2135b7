//! The token request (RFC 6749 section 3.2): each grant type is a module of its own; all of them end in [`tokens`].
//!
//! A client has proved who it is before it comes here ([`super::client_auth`]).

mod client_credentials;
mod code;
mod device_code;
pub mod jwt_bearer;
mod refresh;
mod tokens;

use super::{
    client::{Client, GrantType},
    error::TokenError,
    parameters::Parameters,
};
use crate::app::App;
pub use tokens::TokenResponse;

/// Answers the token request of a client that has proved who it is.
pub async fn answer(app: &App, client: &Client, form: &Parameters) -> Result<TokenResponse, TokenError> {
    let name = required(form, "grant_type")?;
    let kind = GrantType::parse(name).ok_or(TokenError::UnsupportedGrantType)?;
    if !client.may_use(kind) {
        return Err(TokenError::UnauthorizedClient);
    }
    match kind {
        GrantType::AuthorizationCode => code::redeem(app, client, form).await,
        GrantType::RefreshToken => refresh::refresh(app, client, form).await,
        GrantType::DeviceCode => device_code::redeem(app, client, form).await,
        GrantType::ClientCredentials => client_credentials::issue(app, client, form),
        // It is answered before it is asked which client calls.
        GrantType::JwtBearer => Err(TokenError::UnsupportedGrantType),
    }
}

/// A parameter that must be there.
fn required<'a>(form: &'a Parameters, name: &'static str) -> Result<&'a str, TokenError> {
    form.get(name).ok_or_else(|| TokenError::InvalidRequest(format!("{name} is missing")))
}
