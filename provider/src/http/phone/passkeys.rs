//! Passkeys: `…/api/phone/passkeys`, and signing in with one.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{
    Problem,
    passkey::{
        AddPasskey, CreationOptions, MakePasskey, PasskeySignIn, PasskeySummary, Passkeys, RenamePasskey,
        RequestOptions,
    },
    phone::SignedIn,
};

use super::{
    answers::BodyRefused,
    caller::{DeviceKey, Phone},
    sign_in::{device_name, password, signed_in},
};
use crate::{
    account::{
        admission::Newcomer,
        passkey::{self, PasskeyError, PasskeyId},
    },
    app::App,
    http::{
        extract::{ApiJson, Browser},
        problem::ApiProblem,
    },
};

/// What a new phone uses a passkey by. It says nothing of any account.
#[utoipa::path(
    post, path = "/api/phone/sign-in/passkey/options", security(("proof" = [])),
    responses(
        (status = 200, description = "For `navigator.credentials.get`.", body = RequestOptions),
        (status = 401, description = "The proof is no good.", body = Problem),
        (status = 409, description = "This server has no name, and passkeys need one.", body = Problem),
    ),
)]
pub(super) async fn sign_in_options(
    State(app): State<Arc<App>>,
    DeviceKey { key, .. }: DeviceKey,
) -> Result<Json<RequestOptions>, ApiProblem> {
    Ok(Json(passkey::sign_in_options(&app, &key)?))
}

/// Signs in with a passkey: the device is enrolled, by the key that made the proof. No other phone is asked.
#[utoipa::path(
    post, path = "/api/phone/sign-in/passkey", request_body = PasskeySignIn, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 201, description = "The device is enrolled.", body = SignedIn),
        (status = 401, description = "The passkey is unknown or does not hold, or the proof does not.", body = Problem),
        (status = 409, description = "The account has too many devices.", body = Problem),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    DeviceKey { key, from }: DeviceKey,
    ApiJson(body): ApiJson<PasskeySignIn>,
) -> Result<(StatusCode, Json<SignedIn>), ApiProblem> {
    let newcomer = Newcomer { name: device_name(&body.device_name)?, key, from };
    let enrolled = passkey::sign_in(&app, newcomer, &body.credential).await;
    let enrolled = enrolled.map_err(ApiProblem::of_sign_in)?;
    Ok((StatusCode::CREATED, Json(signed_in(&app, &enrolled))))
}

/// What a browser makes a passkey from, for whoever knows the account's password.
#[utoipa::path(
    post, path = "/api/phone/passkeys/options", request_body = MakePasskey, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "For `navigator.credentials.create`.", body = CreationOptions),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "The password is wrong.", body = Problem),
        (status = 409, description = "This server has no name, and passkeys need one.", body = Problem),
        (status = 503, description = "Too many passwords are checked at once; try again.", body = Problem),
    ),
)]
pub(super) async fn creation_options(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<MakePasskey>,
) -> Result<Json<CreationOptions>, ApiProblem> {
    let password = body.password.map(password).transpose()?;
    Ok(Json(passkey::creation_options(&app, &phone, password).await?))
}

/// Keeps a passkey that was made on this phone.
#[utoipa::path(
    post, path = "/api/phone/passkeys", request_body = AddPasskey, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 201, description = "Kept.", body = PasskeySummary),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 409, description = "It is kept already, or the account has too many.", body = Problem),
    ),
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Browser(from): Browser,
    ApiJson(body): ApiJson<AddPasskey>,
) -> Result<(StatusCode, Json<PasskeySummary>), ApiProblem> {
    let name = device_name(&body.name)?;
    let passkey = passkey::register(&app, &phone, &from, name, &body.credential).await;
    Ok((StatusCode::CREATED, Json(passkey.map_err(ApiProblem::of_registration)?.summary())))
}

/// The account's passkeys, the newest first.
#[utoipa::path(
    get, path = "/api/phone/passkeys", security(("proof" = [], "token" = [])),
    responses(
        (status = 200, description = "The passkeys.", body = Passkeys),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
) -> Result<Json<Passkeys>, ApiProblem> {
    let passkeys = app.store.passkeys(phone.account.id).await?;
    let passkeys = passkeys.iter().map(passkey::Passkey::summary).collect();
    Ok(Json(Passkeys { passkeys }))
}

/// Gives a passkey another name.
#[utoipa::path(
    patch, path = "/api/phone/passkeys/{id}", request_body = RenamePasskey, security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The passkey.")),
    responses(
        BodyRefused,
        (status = 200, description = "The passkey, renamed.", body = PasskeySummary),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such passkey.", body = Problem),
    ),
)]
pub(super) async fn rename(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
    ApiJson(body): ApiJson<RenamePasskey>,
) -> Result<Json<PasskeySummary>, ApiProblem> {
    let name = device_name(&body.name)?;
    let renamed = app.store.rename_passkey(phone.account.id, &passkey_id(&id)?, &name).await?;
    Ok(Json(renamed.ok_or(PasskeyError::Unknown)?.summary()))
}

/// Removes a passkey. Phones that it let in stay.
#[utoipa::path(
    delete, path = "/api/phone/passkeys/{id}", security(("proof" = [], "token" = [])),
    params(("id" = String, Path, description = "The passkey.")),
    responses(
        (status = 204, description = "Removed."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The account has no such passkey.", body = Problem),
    ),
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    let removed = app.store.remove_passkey(&passkey_id(&id)?, &phone, app.clock.now()).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(PasskeyError::Unknown.into()) }
}

fn passkey_id(text: &str) -> Result<PasskeyId, PasskeyError> {
    PasskeyId::parse(text).ok_or(PasskeyError::Unknown)
}
