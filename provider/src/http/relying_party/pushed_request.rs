//! `POST /par` (RFC 9126 section 2). Always JSON, never cached.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use protocol::paths;
use serde::Serialize;

use super::dpop;
use super::token::{allow_origin, readable, refuse};
use crate::{
    app::App,
    http::extract::{Form, authorization},
    oauth::{client::Client, client_auth, error::TokenError, parameters::Parameters, pushed_request},
};

/// The answer (section 2.2).
#[derive(Serialize)]
struct Pushed {
    request_uri: String,
    expires_in: u64,
}

pub(super) async fn push(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form) -> Response {
    let form = match readable(form) {
        Ok(form) => form,
        Err(error) => return refuse(&error),
    };
    let client = match client_auth::authenticate(&app, authorization(&headers), &form).await {
        Ok(client) => client,
        Err(error) => return refuse(&error),
    };
    let mut response = match keep(&app, &client, &headers, &form).await {
        Ok(pushed) => (StatusCode::CREATED, Json(pushed)).into_response(),
        Err(error) => refuse(&error),
    };
    dpop::offer_nonce(&app, &headers, &mut response);
    allow_origin(&client, &headers, response.headers_mut());
    response
}

async fn keep(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Pushed, TokenError> {
    let key = dpop::key(app, client, headers, paths::PUSHED_AUTHORIZATION_REQUEST).await?;
    let uri = pushed_request::push(app, client, form, key).await?;
    let expires_in = app.config.lifetimes.pushed_request.as_secs();
    Ok(Pushed { request_uri: uri.expose().to_owned(), expires_in })
}
