//! `POST /register` (RFC 7591 section 3) and `GET`, `PUT`, `DELETE /register/{client_id}` (RFC 7592 section 2).

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::token::permitted;
use crate::{
    app::App,
    http::extract::text,
    oauth::{
        client_metadata::MetadataError,
        jose::strict_json,
        registration::{self, RegistrationError},
    },
};

type Body = Result<Bytes, BytesRejection>;

pub(super) async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let registered = match json(body) {
        Ok(metadata) => registration::register(&app, bearer(&headers), metadata).await,
        Err(error) => Err(error),
    };
    registered
        .map_or_else(|error| refuse(&error), |client| (StatusCode::CREATED, Json(client)).into_response())
}

pub(super) async fn get(State(app): State<Arc<App>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = registration::show(&app, &id, bearer(&headers)).await;
    shown.map_or_else(|error| refuse(&error), |client| Json(client).into_response())
}

pub(super) async fn put(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let replaced = match json(body) {
        Ok(metadata) => registration::replace(&app, &id, bearer(&headers), metadata).await,
        Err(error) => Err(error),
    };
    replaced.map_or_else(|error| refuse(&error), |client| Json(client).into_response())
}

pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let removed = registration::remove(&app, &id, bearer(&headers)).await;
    removed.map_or_else(|error| refuse(&error), |()| StatusCode::NO_CONTENT.into_response())
}

fn json(body: Body) -> Result<Value, RegistrationError> {
    let metadata = body.ok().and_then(|body| strict_json(&body)).filter(Value::is_object);
    let malformed = || MetadataError::Malformed("send one JSON object, no member twice".into());
    metadata.ok_or_else(|| malformed().into())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn refuse(error: &RegistrationError) -> Response {
    let (status, code) = match error {
        RegistrationError::Metadata(MetadataError::RedirectUri(_) | MetadataError::NoRedirectUri) => {
            (StatusCode::BAD_REQUEST, "invalid_redirect_uri")
        }
        RegistrationError::Metadata(_) => (StatusCode::BAD_REQUEST, "invalid_client_metadata"),
        RegistrationError::Token => (StatusCode::UNAUTHORIZED, "invalid_token"),
        RegistrationError::Full => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
        RegistrationError::Store(cause) => {
            tracing::error!(error = cause as &dyn std::error::Error, "a registration failed on our side");
            (StatusCode::INTERNAL_SERVER_ERROR, "server_error")
        }
    };
    let body = json!({"error": code, "error_description": permitted(error)});
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
