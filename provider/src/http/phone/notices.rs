//! `GET /api/phone/notices`, what the person says to one, and devices that wait to be let in.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{
    Problem,
    notice::{AllowDevice, Notices},
};

use super::{answers::BodyRefused, caller::Phone};
use crate::{
    account::{
        admission::{self, WaitingId},
        notice::{self, NoticeId},
        phone_session::PhoneError,
    },
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
};

/// What the person has to hear of on this phone: sign-ins, new devices and passkeys, and devices that wait to be let in.
#[utoipa::path(
    get, path = "/api/phone/notices", security(("proof" = [], "token" = [])),
    responses(
        (status = 200, description = "What has not been seen on this phone twice, the newest first.", body = Notices),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
) -> Result<Json<Notices>, ApiProblem> {
    Ok(Json(notice::notices(&app, &phone).await?))
}

/// The person has seen a notice on this phone. It is shown there once more a day later.
#[utoipa::path(
    post, path = "/api/phone/notices/{id}/seen", security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The notice.")),
    responses(
        (status = 204, description = "Noted. What is not due yet does not count twice."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such notice.", body = Problem),
    ),
)]
pub(super) async fn seen(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    notice::seen(&app, &phone, notice_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// It was somebody else: revokes the session, the grants and the tokens of that login, or that device with all that it confirmed and let in, and tells the sites.
#[utoipa::path(
    post, path = "/api/phone/notices/{id}/not-me", security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The notice.")),
    responses(
        (status = 204, description = "Taken back."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such notice, or it has been answered.", body = Problem),
    ),
)]
pub(super) async fn not_me(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    notice::not_me(&app, &phone, notice_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets in a device that waits, by the digits on its screen. Wrong digits turn it away.
#[utoipa::path(
    post, path = "/api/phone/waiting/{id}/allow", request_body = AllowDevice, security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The device that waits.")),
    responses(
        BodyRefused,
        (status = 204, description = "It may come in."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "No such device waits for the account.", body = Problem),
        (status = 409, description = "The digits are wrong, and the device has been turned away.", body = Problem),
    ),
)]
pub(super) async fn allow(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
    ApiJson(body): ApiJson<AllowDevice>,
) -> Result<StatusCode, ApiProblem> {
    admission::allow(&app, &phone, waiting_id(&id)?, body.digits.trim()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns away a device that waits.
#[utoipa::path(
    post, path = "/api/phone/waiting/{id}/deny", security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The device that waits.")),
    responses(
        (status = 204, description = "It is told so."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "No such device waits for the account.", body = Problem),
    ),
)]
pub(super) async fn deny(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    admission::decline(&app, &phone, waiting_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn notice_id(text: &str) -> Result<NoticeId, PhoneError> {
    NoticeId::parse(text).ok_or(PhoneError::UnknownNotice)
}

fn waiting_id(text: &str) -> Result<WaitingId, PhoneError> {
    WaitingId::parse(text).ok_or(PhoneError::UnknownWaiting)
}
