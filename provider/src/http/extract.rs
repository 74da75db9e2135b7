//! What handlers take out of requests.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Json,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use protocol::ProblemCode;
use serde::de::DeserializeOwned;

use super::problem::ApiProblem;
use crate::{
    app::App,
    login::context::BrowserContext,
    oauth::parameters::{Parameters, ParametersError},
};

/// A JSON body.
pub(super) struct ApiJson<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(match rejection {
                JsonRejection::MissingJsonContentType(_) => {
                    ApiProblem::new(ProblemCode::UnsupportedMediaType, "Send JSON, as application/json.")
                }
                JsonRejection::BytesRejection(_) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    ApiProblem::new(ProblemCode::BodyTooLarge, "The body is too large.")
                }
                JsonRejection::JsonSyntaxError(_) => {
                    ApiProblem::new(ProblemCode::InvalidRequest, "The body is not JSON.")
                }
                // The text may quote the body, so it is not handed on.
                _ => {
                    ApiProblem::new(ProblemCode::InvalidRequest, "The body has not the members it must have.")
                }
            }),
        }
    }
}

/// A form's parameters; the error is for the endpoint to put into its own words.
pub(super) struct Form(pub(super) Result<Parameters, FormError>);

/// Why a form cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FormError {
    #[error("the body must be application/x-www-form-urlencoded")]
    MediaType,
    #[error("the body is too large")]
    TooLarge,
    #[error("the body cannot be read")]
    Unreadable,
    #[error(transparent)]
    Parameters(#[from] ParametersError),
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let media_type = text(request.headers(), header::CONTENT_TYPE).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Ok(Self(Err(FormError::MediaType)));
        }
        Ok(Self(match String::from_request(request, state).await {
            Ok(body) => Parameters::from_urlencoded(&body).map_err(FormError::from),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(FormError::TooLarge),
            Err(_) => Err(FormError::Unreadable),
        }))
    }
}

/// Where a request comes from: its connection's peer, or what a trusted proxy says of it.
pub(super) struct Address(pub(super) IpAddr);

impl FromRequestParts<Arc<App>> for Address {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await;
        let ConnectInfo(peer) =
            peer.map_err(|_| ApiProblem::new(ProblemCode::Internal, "The connection has no address."))?;
        let proxies = &app.config.proxies;
        let forwarded = parts.headers.get_all(proxies.header.name()).iter();
        // A line that is no text says nothing, and ends the reading as nonsense does.
        Ok(Self(proxies.client(peer.ip(), forwarded.map(|line| line.to_str().unwrap_or_default()))))
    }
}

/// The browser that asks, as the server sees it.
pub(super) struct Browser(pub(super) BrowserContext);

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Address(address) = Address::from_request_parts(parts, app).await?;
        let user_agent = text(&parts.headers, header::USER_AGENT).unwrap_or_default();
        Ok(Self(BrowserContext::new(user_agent, address)))
    }
}

/// What a caller brings to prove who they are. Where it cannot be read, or is there twice, it is an empty text: no good credential, but not
/// none either.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers
        .contains_key(header::AUTHORIZATION)
        .then(|| text(headers, header::AUTHORIZATION).unwrap_or_default())
}

/// A header that is there exactly once, as text.
pub(super) fn text(headers: &HeaderMap, name: impl header::AsHeaderName + Clone) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
