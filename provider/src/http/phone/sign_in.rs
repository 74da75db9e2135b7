//! `POST /api/phone/sign-in`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use protocol::{
    Problem, ProblemCode,
    phone::{SignIn, SignedIn},
};

use super::{answers::BodyRefused, caller::DeviceKey, token::tokens};
use crate::{
    account::{
        AccountName,
        device::DeviceName,
        password::Password,
        phone_session::{self, Credentials, Enrolment},
    },
    app::App,
    http::{
        extract::{Address, ApiJson},
        problem::ApiProblem,
    },
};

/// First sign-in: enrols the device whose key made the proof.
#[utoipa::path(
    post, path = "/api/phone/sign-in", request_body = SignIn, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 201, description = "The device is enrolled.", body = SignedIn),
        (status = 401, description = "Account name or password is wrong, or the proof is.", body = Problem),
        (status = 409, description = "The account has too many devices.", body = Problem),
        (status = 503, description = "Too many people sign in at once; try again.", body = Problem),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    DeviceKey(key): DeviceKey,
    Address(address): Address,
    ApiJson(body): ApiJson<SignIn>,
) -> Result<(StatusCode, Json<SignedIn>), ApiProblem> {
    let invalid = |what| ApiProblem::new(ProblemCode::InvalidRequest, what);
    let credentials = Credentials {
        account: AccountName::parse(&body.account),
        password: Password::new(body.password)
            .ok_or_else(|| invalid("The password is empty or too long."))?,
        device: Enrolment {
            name: DeviceName::parse(&body.device_name)
                .ok_or_else(|| invalid("A device's name has 1 to 64 characters."))?,
            key,
            address,
        },
    };
    let enrolled = phone_session::sign_in(&app, credentials).await?;
    let signed_in = SignedIn {
        device_id: enrolled.session.device.id.0.to_string(),
        account: enrolled.session.account.summary(),
        refresh_token: enrolled.refresh_token.expose().to_owned(),
        tokens: tokens(&app, &enrolled.access_token),
    };
    Ok((StatusCode::CREATED, Json(signed_in)))
}
