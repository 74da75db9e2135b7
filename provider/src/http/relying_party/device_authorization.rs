//! `POST /device_authorization` (RFC 8628 section 3.1): a device starts a login. Always JSON, never cached.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use protocol::paths;
use serde::Serialize;

use super::token::{readable, refuse};
use crate::{
    app::App,
    http::extract::{Browser, Form, authorization},
    login::{context::BrowserContext, device, qr},
    oauth::{
        authorization_request::AuthorizationRequest, client::GrantType, client_auth, error::TokenError,
        parameters::Parameters,
    },
};

/// The answer (RFC 8628 section 3.2).
#[derive(Serialize)]
struct DeviceAuthorization {
    device_code: String,
    user_code: String,
    verification_uri: String,
    /// What the login's QR code says.
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

pub(super) async fn start(
    State(app): State<Arc<App>>,
    Browser(device): Browser,
    headers: HeaderMap,
    Form(form): Form,
) -> Response {
    let started = match readable(form) {
        Ok(form) => authorize(&app, device, &headers, &form).await,
        Err(error) => Err(error),
    };
    started.map_or_else(|error| refuse(&error), |started| Json(started).into_response())
}

async fn authorize(
    app: &App,
    device: BrowserContext,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<DeviceAuthorization, TokenError> {
    let client = client_auth::authenticate(app, authorization(headers), form).await?;
    if !client.may_use(GrantType::DeviceCode) {
        return Err(TokenError::UnauthorizedClient);
    }
    let request = AuthorizationRequest::for_device(form, &client)?;
    let started = device::start(app, request, device).await?;
    let issuer = &app.config.issuer;
    Ok(DeviceAuthorization {
        device_code: started.device_code.expose(),
        user_code: started.user_code,
        verification_uri: issuer.url(paths::DEVICE),
        verification_uri_complete: qr::prefix(app, started.started.login.id),
        expires_in: app.config.lifetimes.device_code.as_secs(),
        interval: device::INTERVAL.as_secs(),
    })
}
