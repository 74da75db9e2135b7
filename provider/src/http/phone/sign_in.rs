//! `POST /api/phone/sign-in`, and what came of one that had to wait.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{
    Problem, ProblemCode,
    phone::{CollectSignIn, SignIn, SignedIn, WaitingSignIn},
};

use super::{answers::BodyRefused, caller::DeviceKey, token::tokens};
use crate::{
    account::{
        AccountName,
        admission::{self, Admitted, Newcomer, Waiting},
        device::DeviceName,
        password::Password,
        phone_session::{self, Credentials, Enrolled, PhoneError},
    },
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    secret::WaitingToken,
};

/// Sign-in with a password: the account's first device is enrolled, by the key that made the proof; another waits until it is let in.
#[utoipa::path(
    post, path = "/api/phone/sign-in", request_body = SignIn, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 201, description = "The device is enrolled.", body = SignedIn),
        (status = 202, description = "Another phone of the account has to let this one in.", body = WaitingSignIn),
        (status = 401, description = "Account name or password is wrong, or the proof is.", body = Problem),
        (status = 409, description = "The account has too many devices, or too many wait.", body = Problem),
        (status = 429, description = "Too many wrong passwords; `Retry-After` says when to try again.", body = Problem),
        (status = 503, description = "Too many people sign in at once; try again.", body = Problem),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    DeviceKey { key, from }: DeviceKey,
    ApiJson(body): ApiJson<SignIn>,
) -> Result<Response, ApiProblem> {
    let credentials = Credentials {
        account: AccountName::parse(&body.account),
        password: password(body.password)?,
        device: Newcomer { name: device_name(&body.device_name)?, key, from },
    };
    Ok(answer(&app, phone_session::sign_in(&app, credentials).await?))
}

/// A password as it was typed.
pub(super) fn password(text: String) -> Result<Password, ApiProblem> {
    let invalid = || ApiProblem::new(ProblemCode::InvalidRequest, "The password is empty or too long.");
    Password::new(text).ok_or_else(invalid)
}

/// What came of a sign-in that another phone of the account has to allow. Asked again, it tells the same.
#[utoipa::path(
    post, path = "/api/phone/sign-in/result", request_body = CollectSignIn, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 201, description = "The device is enrolled.", body = SignedIn),
        (status = 202, description = "Nobody has decided yet.", body = WaitingSignIn),
        (status = 401, description = "The proof is no good.", body = Problem),
        (status = 403, description = "Another phone has turned this one away.", body = Problem),
        (status = 410, description = "Nobody has decided in time, or the device has been removed since.", body = Problem),
    ),
)]
pub(super) async fn result(
    State(app): State<Arc<App>>,
    DeviceKey { key, .. }: DeviceKey,
    ApiJson(body): ApiJson<CollectSignIn>,
) -> Result<Response, ApiProblem> {
    let token = WaitingToken::parse(&body.request).ok_or(PhoneError::SignInExpired)?;
    Ok(answer(&app, admission::collect(&app, token, &key).await?))
}

/// Reads a device's name.
pub(super) fn device_name(text: &str) -> Result<DeviceName, ApiProblem> {
    let refused = || ApiProblem::new(ProblemCode::InvalidRequest, "A device's name has 1 to 64 characters.");
    DeviceName::parse(text).ok_or_else(refused)
}

/// An enrolled device as it gets to know of it.
pub(super) fn signed_in(app: &App, enrolled: &Enrolled) -> SignedIn {
    SignedIn {
        device_id: enrolled.session.device.id.0.to_string(),
        account: enrolled.session.account.summary(),
        refresh_token: enrolled.refresh_token.expose().to_owned(),
        tokens: tokens(app, &enrolled.access_token),
    }
}

fn answer(app: &App, admitted: Admitted) -> Response {
    match admitted {
        Admitted::Enrolled(enrolled) => {
            (StatusCode::CREATED, Json(signed_in(app, &enrolled))).into_response()
        }
        Admitted::Waiting(waiting) => {
            let Waiting { device, token } = *waiting;
            let waiting = WaitingSignIn {
                request: token.expose().to_owned(),
                digits: device.digits(),
                expires_in: app.clock.now().until(device.expires_at).as_secs(),
            };
            (StatusCode::ACCEPTED, Json(waiting)).into_response()
        }
    }
}
