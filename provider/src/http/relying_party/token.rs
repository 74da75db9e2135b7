//! `POST /token` (RFC 6749 section 3.2). Always JSON, never cached.
//!
//! A page of a client's registered origin may read the answer, so that a public client without a back end can redeem its
//! code.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::paths;
use serde_json::json;

use super::dpop;
use crate::{
    app::App,
    http::extract::{Form, FormError, text},
    oauth::{
        client::{Client, GrantType},
        client_auth,
        error::TokenError,
        parameters::Parameters,
        token_request::{self, TokenRequest, TokenResponse},
    },
};

pub(super) async fn token(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form) -> Response {
    let form = match readable(form) {
        Ok(form) => form,
        Err(error) => return refuse(&error),
    };
    let client = match asking_client(&app, &headers, &form).await {
        Ok(client) => client,
        Err(error) => return refuse(&error),
    };
    let mut response = match answer(&app, client.as_ref(), &headers, &form).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(&error),
    };
    if let Some(client) = &client {
        dpop::offer_nonce(&app, &headers, &mut response);
        allow_origin(client, &headers, response.headers_mut());
    }
    response
}

/// The client that asks. With an assertion none has to (RFC 7521 section 4.1); one that names itself must prove it all the same.
async fn asking_client(
    app: &App,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Option<Client>, TokenError> {
    let authorization = text(headers, header::AUTHORIZATION);
    if is_of_phone(form) && !client_auth::is_tried(authorization, form) {
        return Ok(None);
    }
    client_auth::authenticate(app, authorization, form).await.map(Some)
}

async fn answer(
    app: &App,
    client: Option<&Client>,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<TokenResponse, TokenError> {
    let key = match client {
        Some(client) if !is_of_phone(form) => dpop::key(app, client, headers, paths::TOKEN).await?,
        _ => Some(dpop::phone_key(app, headers, paths::TOKEN).await?),
    };
    token_request::answer(app, form, client, key.as_ref()).await
}

/// Whether it is a phone that asks, with somebody's assertion.
fn is_of_phone(form: &Parameters) -> bool {
    matches!(TokenRequest::grant_type(form), Ok(GrantType::JwtBearer))
}

/// A form, or why it cannot be read.
pub(super) fn readable(form: Result<Parameters, FormError>) -> Result<Parameters, TokenError> {
    form.map_err(|error| match error {
        FormError::TooLarge => TokenError::TooLarge,
        error => TokenError::InvalidRequest(error.to_string()),
    })
}

/// RFC 6749 section 5.2. A 401 names a scheme, as every 401 must (RFC 9110 section 11.6.1).
pub(super) fn refuse(error: &TokenError) -> Response {
    if let TokenError::Server(cause) = error {
        tracing::error!(error = cause as &dyn std::error::Error, "a token request failed on our side");
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({"error": error.code(), "error_description": error.to_string()});
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(r#"Basic realm="saoma", charset="UTF-8""#);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Lets a page of a registered origin read the answer.
pub(super) fn allow_origin(client: &Client, request: &HeaderMap, response: &mut HeaderMap) {
    let origin = text(request, header::ORIGIN).filter(|origin| client.allows_origin(origin));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(origin).ok()) {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("dpop-nonce"));
        response.insert(header::VARY, HeaderValue::from_static("origin"));
        response.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
}
