//! Errors of the OAuth endpoints, in the words of the RFCs.

use super::{assertion::AssertionError, dpop::DpopError};
use crate::{account::phone_session::PhoneError, limits::TooMany, store::StoreError};

/// An error code of the authorization endpoint (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorizationErrorCode {
    /// Malformed, a parameter missing, or a value that is not supported.
    InvalidRequest,
    /// The client may not use this flow.
    UnauthorizedClient,
    /// The person, or the browser, said no.
    AccessDenied,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// None of the scopes is known here or allowed to the client.
    InvalidScope,
    /// `prompt=none`, and somebody would have to sign in.
    LoginRequired,
    /// `prompt=none`, and the person would have to be asked what they allow.
    ConsentRequired,
    /// `prompt=none`, and the person would have to be asked something else.
    InteractionRequired,
    /// The person cannot be authenticated as the site demands (OpenID Connect Core Error Code `unmet_authentication_requirements`).
    UnmetAuthenticationRequirements,
    /// An API that the client may not have tokens for (RFC 8707 section 2).
    InvalidTarget,
    /// Something broke on our side.
    ServerError,
    /// The `request` parameter is not supported.
    RequestNotSupported,
    /// The `request_uri` parameter is not supported.
    RequestUriNotSupported,
    /// The `registration` parameter is not supported.
    RegistrationNotSupported,
}

impl AuthorizationErrorCode {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidTarget => "invalid_target",
            Self::ServerError => "server_error",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// An error of the token endpoint (RFC 6749 section 5.2). The text is for the site's developer.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Malformed, or a parameter missing.
    #[error("{0}")]
    InvalidRequest(String),
    /// The client is unknown, or did not prove who it is.
    #[error("the client is unknown or its credential is wrong")]
    InvalidClient,
    /// The client's own JWT is no good (RFC 7521 section 4.2.1).
    #[error("{0}")]
    ClientAssertion(#[source] AssertionError),
    /// The code or refresh token is no good.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// The assertion that is the grant is no good (RFC 7523 section 3.1).
    #[error("{0}")]
    Assertion(#[source] AssertionError),
    /// A phone cannot be enrolled now.
    #[error("the phone could not be enrolled; try again")]
    Enrolment(#[source] PhoneError),
    /// The client may not use this grant type.
    #[error("this client is not registered for this grant type")]
    UnauthorizedClient,
    /// No such grant type here.
    #[error("this server does not know this grant type, or not here: see grant_types_supported")]
    UnsupportedGrantType,
    /// More scope than was granted.
    #[error("no scope that was granted, or that this client may ask for")]
    InvalidScope,
    /// An API that the client may not have tokens for (RFC 8707 section 2).
    #[error("a resource that this client may not have tokens for")]
    InvalidTarget,
    /// The person has not answered yet (RFC 8628 section 3.5).
    #[error("nobody has confirmed yet; ask again after the interval")]
    AuthorizationPending,
    /// So it is, and the device asks too often.
    #[error("this device asks too often; wait five seconds longer from now on")]
    SlowDown,
    /// The person said no.
    #[error("the person declined")]
    AccessDenied,
    /// Nobody answered in time.
    #[error("the device_code has expired; start again")]
    ExpiredToken,
    /// A pushed authorization request that would be refused (RFC 9126 section 2.3).
    #[error("{1}")]
    AuthorizationRequest(AuthorizationErrorCode, String),
    /// The DPoP proof is no good (RFC 9449 section 5).
    #[error("{0}")]
    Proof(#[source] DpopError),
    /// The body is too large.
    #[error("the body is too large")]
    TooLarge,
    /// Too many calls (RFC 6585 section 4).
    #[error("too many requests; try again in {} seconds", .0.seconds())]
    TooMany(TooMany),
    /// Our own failure.
    #[error("the server failed; try again")]
    Server(#[source] ServerError),
}

/// What broke on our side.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Signing.
    #[error("signing a token failed")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl<E: Into<ServerError>> From<E> for TokenError {
    fn from(error: E) -> Self {
        Self::Server(error.into())
    }
}

impl TokenError {
    /// A refusal of a DPoP proof; a failure of the store stays one.
    pub fn of_proof(error: DpopError) -> Self {
        match error {
            DpopError::Store(error) => error.into(),
            refused => Self::Proof(refused),
        }
    }

    /// Its name on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) | Self::TooLarge => "invalid_request",
            Self::InvalidClient | Self::ClientAssertion(_) => "invalid_client",
            Self::InvalidGrant(_) | Self::Assertion(_) => "invalid_grant",
            Self::Enrolment(_) | Self::TooMany(_) => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AuthorizationRequest(code, _) => code.as_str(),
            Self::Proof(DpopError::Nonce) => "use_dpop_nonce",
            Self::Proof(_) => "invalid_dpop_proof",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
            Self::Server(_) => "server_error",
        }
    }

    /// Its HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::InvalidClient | Self::ClientAssertion(_) => 401,
            Self::TooLarge => 413,
            Self::TooMany(_) => 429,
            Self::Enrolment(_) => 503,
            Self::Server(_) => 500,
            _ => 400,
        }
    }
}
