//! `GET /api/phone/me` and the account's devices.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{
    Problem,
    phone::{DeviceSummary, Devices, Me, RenameDevice},
};
use uuid::Uuid;

use super::{answers::BodyRefused, caller::Phone, sign_in::device_name};
use crate::{
    account::{device::DeviceId, phone_session::PhoneError},
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    oidc::logout,
};

/// Who is signed in on this device.
#[utoipa::path(
    get, path = "/api/phone/me", security(("proof" = [], "token" = [])),
    responses(
        (status = 200, description = "The account and this device.", body = Me),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn me(Phone(phone): Phone) -> Json<Me> {
    Json(Me {
        account: phone.account.summary(),
        device: phone.device.summary(phone.device.id),
        has_password: phone.account.password.is_some(),
    })
}

/// The account's devices, the newest first.
#[utoipa::path(
    get, path = "/api/phone/devices", security(("proof" = [], "token" = [])),
    responses(
        (status = 200, description = "All devices that are not revoked.", body = Devices),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
) -> Result<Json<Devices>, ApiProblem> {
    let devices = app.store.devices(phone.account.id, app.clock.now()).await?;
    Ok(Json(Devices { devices: devices.iter().map(|device| device.summary(phone.device.id)).collect() }))
}

/// Gives a device another name.
#[utoipa::path(
    patch, path = "/api/phone/devices/{id}", request_body = RenameDevice, security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The device.")),
    responses(
        BodyRefused,
        (status = 200, description = "The device, renamed.", body = DeviceSummary),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such device.", body = Problem),
    ),
)]
pub(super) async fn rename(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
    ApiJson(body): ApiJson<RenameDevice>,
) -> Result<Json<DeviceSummary>, ApiProblem> {
    let name = device_name(&body.name)?;
    let device = app.store.rename_device(phone.account.id, device_id(&id)?, &name).await?;
    Ok(Json(device.ok_or(PhoneError::UnknownDevice)?.summary(phone.device.id)))
}

/// Revokes a device: it is refused at its next call, and the browsers that it signed in are signed out. Revoking one's own is signing out.
#[utoipa::path(
    delete, path = "/api/phone/devices/{id}", security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The device.")),
    responses(
        (status = 204, description = "Revoked."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such device.", body = Problem),
    ),
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    if logout::revoke_device(&app, phone.account.id, device_id(&id)?, phone.actor()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(PhoneError::UnknownDevice.into())
    }
}

fn device_id(text: &str) -> Result<DeviceId, PhoneError> {
    Uuid::try_parse(text).map(DeviceId).map_err(|_| PhoneError::UnknownDevice)
}
