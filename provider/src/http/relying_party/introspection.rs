//! `POST /introspect` (RFC 7662): only for clients that can prove who they are.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::token::{readable, refuse};
use crate::{
    app::App,
    http::extract::{Form, authorization},
    oauth::{client::ClientAuth, client_auth, error::TokenError, inspect, parameters::Parameters},
};

pub(super) async fn introspect(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    let answer = match readable(form) {
        Ok(form) => answer(&app, &headers, &form).await,
        Err(error) => Err(error),
    };
    answer.map_or_else(|error| refuse(&error), |answer| Json(answer).into_response())
}

async fn answer(app: &App, headers: &HeaderMap, form: &Parameters) -> Result<Value, TokenError> {
    let client = client_auth::authenticate(app, authorization(headers), form).await?;
    if client.auth == ClientAuth::Public {
        return Err(TokenError::InvalidClient);
    }
    let token = form.get("token").ok_or_else(|| TokenError::InvalidRequest("token is missing".into()))?;
    inspect::introspect(app, &client, token).await.map_err(TokenError::Server)
}
