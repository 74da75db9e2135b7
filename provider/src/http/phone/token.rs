//! `POST /api/phone/token`.

use std::sync::Arc;

use axum::{Json, extract::State};
use protocol::{
    Problem,
    phone::{PhoneTokens, RefreshPhone},
};

use super::{answers::BodyRefused, caller::DeviceKey};
use crate::{
    account::phone_session::{self, PhoneError},
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    secret::{DeviceToken, PhoneToken},
};

/// A fresh access token for the refresh token and a proof by the device's key.
#[utoipa::path(
    post, path = "/api/phone/token", request_body = RefreshPhone, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "A fresh access token.", body = PhoneTokens),
        (status = 401, description = "The token is expired or revoked, or the proof is wrong.", body = Problem),
    ),
)]
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    DeviceKey { key, from }: DeviceKey,
    ApiJson(body): ApiJson<RefreshPhone>,
) -> Result<Json<PhoneTokens>, ApiProblem> {
    let token = DeviceToken::parse(&body.refresh_token).ok_or(PhoneError::InvalidToken)?;
    let access_token = phone_session::refresh(&app, &token, &key, from.address).await?;
    Ok(Json(tokens(&app, &access_token)))
}

/// An access token as its device gets it.
pub(super) fn tokens(app: &App, access_token: &PhoneToken) -> PhoneTokens {
    PhoneTokens {
        access_token: access_token.expose().to_owned(),
        token_type: "DPoP".to_owned(),
        expires_in: app.config.lifetimes.phone_token.as_secs(),
    }
}
