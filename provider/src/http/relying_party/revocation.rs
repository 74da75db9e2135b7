//! `POST /revoke` (RFC 7009).
//!
//! `unsupported_token_type` (section 2.2.1) is for servers that cannot revoke access tokens. This one revokes both kinds that clients get,
//! and tells them apart by itself: `token_type_hint` is not needed, and a wrong one does no harm (section 2.1). Anything else, such as an
//! ID token, a code or a phone's token, is no token of the client's that could be revoked. It is answered 200 like every token
//! that is none (section 2.2), and left alone; so nobody learns here what a text that they found is.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::token::{allow_origin, readable, refuse};
use crate::{
    app::App,
    http::extract::{Form, authorization},
    oauth::{client::Client, client_auth, error::TokenError, inspect, parameters::Parameters},
};

pub(super) async fn revoke(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form) -> Response {
    let form = match readable(form) {
        Ok(form) => form,
        Err(error) => return refuse(&error),
    };
    let client = match client_auth::authenticate(&app, authorization(&headers), &form).await {
        Ok(client) => client,
        Err(error) => return refuse(&error),
    };
    let mut response = match revoke_token(&app, &client, &form).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => refuse(&error),
    };
    allow_origin(&client, &headers, response.headers_mut());
    response
}

async fn revoke_token(app: &App, client: &Client, form: &Parameters) -> Result<(), TokenError> {
    let token = form.get("token").ok_or_else(|| TokenError::InvalidRequest("token is missing".into()))?;
    inspect::revoke(app, client, token).await.map_err(TokenError::Server)
}
