//! The token request (RFC 6749 section 3.2), parsed in one place.
//!
//! 1. The grant type is the first thing to look at ([`TokenRequest::grant_type`]): it says who has to prove what. Before anything else of
//!    the request is read, a client has proved who it is ([`super::client_auth`]), and by which key, if it sent a DPoP proof
//!    ([`super::dpop`]). With an assertion none has to: that says who vouches ([`jwt_bearer`]).
//! 2. The client must be registered for the grant type.
//! 3. What comes out of [`TokenRequest::parse`], a pure function, has all that its grant needs, each member of its own type: from
//!    here on nothing reads the form. What else is in the form changes nothing (section 3.2).
//! 4. Each grant type is a module of its own; all of them end in [`tokens`].

mod audience;
mod client_credentials;
mod code;
mod device_code;
mod jwt_bearer;
mod refresh;
mod tokens;

use super::{
    assertion::Assertion,
    client::{Client, GrantType, RedirectUri},
    dpop::Thumbprint,
    error::TokenError,
    fapi,
    parameters::Parameters,
    pkce::Verifier,
    resource::Resources,
    scope::Scopes,
};
use crate::{
    app::App,
    login::device::DeviceCode,
    secret::{Code, RefreshToken},
};
pub use tokens::TokenResponse;

/// A good token request.
#[derive(Debug, Clone)]
pub enum TokenRequest {
    /// RFC 6749 section 4.1.3.
    AuthorizationCode(CodeRequest),
    /// RFC 6749 section 6.
    RefreshToken(RefreshRequest),
    /// RFC 8628 section 3.4.
    DeviceCode(DeviceRequest),
    /// RFC 6749 section 4.4.2.
    ClientCredentials(CredentialsRequest),
    /// RFC 7523 section 2.1.
    JwtBearer(AssertionRequest),
}

/// An authorization code is brought.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    /// The code.
    pub code: Code,
    /// Where the code went, to be compared with the authorization request.
    pub redirect_uri: Option<RedirectUri>,
    /// What the code challenge was made from (RFC 7636 section 4.5).
    pub code_verifier: Option<Verifier>,
    /// Of the APIs that were granted, those that the token is to be for (RFC 8707 section 2.2).
    pub resources: Resources,
}

/// A refresh token is brought.
#[derive(Debug, Clone)]
pub struct RefreshRequest {
    /// The refresh token.
    pub refresh_token: RefreshToken,
    /// Of the scopes that were granted, those that are wanted; all if left out.
    pub scope: Option<Scopes>,
    /// Of the APIs that were granted, those that the token is to be for.
    pub resources: Resources,
}

/// A device comes for its result.
#[derive(Debug, Clone)]
pub struct DeviceRequest {
    /// The device code.
    pub device_code: DeviceCode,
    /// Of the APIs that were granted, those that the token is to be for.
    pub resources: Resources,
}

/// A client asks for itself.
#[derive(Debug, Clone)]
pub struct CredentialsRequest {
    /// The scopes that are wanted; all that it may have if left out.
    pub scope: Option<Scopes>,
    /// The APIs that the token is to be for.
    pub resources: Resources,
}

/// An assertion about a person is brought.
#[derive(Debug, Clone)]
pub struct AssertionRequest {
    /// The assertion.
    pub assertion: Assertion,
}

impl TokenRequest {
    /// Reads the grant type, the first thing to look at.
    ///
    /// # Errors
    ///
    /// [`TokenError::InvalidRequest`] if it is missing, [`TokenError::UnsupportedGrantType`] if there is no such.
    pub fn grant_type(form: &Parameters) -> Result<GrantType, TokenError> {
        let name = form.get("grant_type").ok_or_else(|| missing("grant_type"))?;
        GrantType::parse(name).ok_or(TokenError::UnsupportedGrantType)
    }

    /// Reads the whole request. A pure function.
    ///
    /// # Errors
    ///
    /// Those of [`TokenRequest::grant_type`]; [`TokenError::InvalidRequest`] if what the grant needs is missing,
    /// [`TokenError::InvalidGrant`] or [`TokenError::Assertion`] if it cannot be one, [`TokenError::InvalidScope`] and
    /// [`TokenError::InvalidTarget`] if a scope or a resource cannot be one.
    pub fn parse(form: &Parameters) -> Result<Self, TokenError> {
        Ok(match Self::grant_type(form)? {
            GrantType::AuthorizationCode => Self::AuthorizationCode(CodeRequest {
                code: required(form, "code", Code::parse, code::NO_GOOD)?,
                redirect_uri: optional(
                    form,
                    "redirect_uri",
                    RedirectUri::parse_native,
                    code::OTHER_REDIRECT,
                )?,
                code_verifier: optional(form, "code_verifier", Verifier::parse, code::NO_VERIFIER)?,
                resources: resources(form)?,
            }),
            GrantType::RefreshToken => Self::RefreshToken(RefreshRequest {
                refresh_token: required(form, "refresh_token", RefreshToken::parse, refresh::NO_GOOD)?,
                scope: scope(form)?,
                resources: resources(form)?,
            }),
            GrantType::DeviceCode => Self::DeviceCode(DeviceRequest {
                device_code: required(form, "device_code", DeviceCode::parse, device_code::NO_GOOD)?,
                resources: resources(form)?,
            }),
            GrantType::ClientCredentials => Self::ClientCredentials(CredentialsRequest {
                scope: scope(form)?,
                resources: resources(form)?,
            }),
            GrantType::JwtBearer => {
                let jwt = form.get("assertion").ok_or_else(|| missing("assertion"))?;
                let assertion = Assertion::parse(jwt).map_err(TokenError::Assertion)?;
                Self::JwtBearer(AssertionRequest { assertion })
            }
        })
    }
}

fn missing(name: &str) -> TokenError {
    TokenError::InvalidRequest(format!("{name} is missing"))
}

/// A parameter that must be there; `otherwise` if it cannot be one.
fn required<T>(
    form: &Parameters,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
    otherwise: TokenError,
) -> Result<T, TokenError> {
    optional(form, name, parse, otherwise)?.ok_or_else(|| missing(name))
}

/// A parameter that may be left out; `otherwise` if it is there and cannot be one.
fn optional<T>(
    form: &Parameters,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
    otherwise: TokenError,
) -> Result<Option<T>, TokenError> {
    form.get(name).map(|text| parse(text).ok_or(otherwise)).transpose()
}

fn scope(form: &Parameters) -> Result<Option<Scopes>, TokenError> {
    optional(form, "scope", Scopes::parse_strictly, TokenError::InvalidScope)
}

fn resources(form: &Parameters) -> Result<Resources, TokenError> {
    Resources::parse(&form.get_all("resource")).ok_or(TokenError::InvalidTarget)
}

/// A client that asks, after it has proved who it is.
#[derive(Debug, Clone, Copy)]
struct Caller<'a> {
    /// Who asks.
    client: &'a Client,
    /// The key of its DPoP proof (RFC 9449 section 5): what it gets is bound to it.
    key: Option<&'a Thumbprint>,
}

/// Answers a token request: of this client, if one has proved who it is, and of who holds this key, if somebody has proved that.
pub async fn answer(
    app: &App,
    form: &Parameters,
    client: Option<&Client>,
    key: Option<&Thumbprint>,
) -> Result<TokenResponse, TokenError> {
    let kind = TokenRequest::grant_type(form)?;
    let caller = client.map(|client| Caller { client, key });
    if let Some(caller) = caller {
        may_ask(caller, kind)?;
    }
    match (TokenRequest::parse(form)?, caller) {
        (TokenRequest::JwtBearer(request), _) => jwt_bearer::enrol(app, request, key).await,
        // Any other is a client's, which has to prove who it is (RFC 6749 section 3.2.1).
        (_, None) => Err(TokenError::InvalidClient),
        (TokenRequest::AuthorizationCode(request), Some(caller)) => code::redeem(app, caller, request).await,
        (TokenRequest::RefreshToken(request), Some(caller)) => refresh::refresh(app, caller, request).await,
        (TokenRequest::DeviceCode(request), Some(caller)) => device_code::redeem(app, caller, request).await,
        (TokenRequest::ClientCredentials(request), Some(caller)) => {
            client_credentials::issue(app, caller, request)
        }
    }
}

/// Step 2. A client that is registered so gets bound tokens alone (RFC 9449 section 5.2).
fn may_ask(caller: Caller<'_>, kind: GrantType) -> Result<(), TokenError> {
    let Caller { client, key } = caller;
    if !client.may_use(kind) {
        return Err(TokenError::UnauthorizedClient);
    }
    let bound = client.dpop_bound_access_tokens || fapi::binds_tokens(client);
    if bound && key.is_none() {
        return Err(TokenError::InvalidRequest(
            "the DPoP header is missing: this client must send a proof".into(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
