//! The token request (RFC 6749 section 3.2): each grant type is a module of its own; all of them end in [`tokens`].
//!
//! A client has proved who it is before it comes here ([`super::client_auth`]), and by which key, if it sent a DPoP proof
//! ([`super::dpop`]).

mod audience;
mod client_credentials;
mod code;
mod device_code;
pub mod jwt_bearer;
mod refresh;
mod tokens;

use super::{
    client::{Client, GrantType},
    dpop::Thumbprint,
    error::TokenError,
    fapi,
    parameters::Parameters,
};
use crate::app::App;
pub use tokens::TokenResponse;

/// The request of a client that has proved who it is.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// For what.
    pub form: &'a Parameters,
    /// The key of its DPoP proof (RFC 9449 section 5): what it gets is bound to it.
    pub key: Option<&'a Thumbprint>,
}

impl<'a> TokenRequest<'a> {
    /// A parameter that must be there.
    fn required(&self, name: &'static str) -> Result<&'a str, TokenError> {
        required(self.form, name)
    }
}

/// Answers a token request.
pub async fn answer(app: &App, request: TokenRequest<'_>) -> Result<TokenResponse, TokenError> {
    let name = request.required("grant_type")?;
    let kind = GrantType::parse(name).ok_or(TokenError::UnsupportedGrantType)?;
    if !request.client.may_use(kind) {
        return Err(TokenError::UnauthorizedClient);
    }
    check_key(&request)?;
    match kind {
        GrantType::AuthorizationCode => code::redeem(app, request).await,
        GrantType::RefreshToken => refresh::refresh(app, request).await,
        GrantType::DeviceCode => device_code::redeem(app, request).await,
        GrantType::ClientCredentials => client_credentials::issue(app, request),
        // It is answered before it is asked which client calls.
        GrantType::JwtBearer => Err(TokenError::UnsupportedGrantType),
    }
}

/// A client that is registered so gets bound tokens alone (RFC 9449 section 5.2).
fn check_key(request: &TokenRequest<'_>) -> Result<(), TokenError> {
    let bound = request.client.dpop_bound_access_tokens || fapi::binds_tokens(request.client);
    if bound && request.key.is_none() {
        return Err(TokenError::InvalidRequest(
            "the DPoP header is missing: this client must send a proof".into(),
        ));
    }
    Ok(())
}

/// A parameter that must be there.
fn required<'a>(form: &'a Parameters, name: &'static str) -> Result<&'a str, TokenError> {
    form.get(name).ok_or_else(|| TokenError::InvalidRequest(format!("{name} is missing")))
}
