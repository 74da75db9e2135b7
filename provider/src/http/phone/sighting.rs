//! `POST /api/phone/sighting`.

use std::sync::Arc;

use axum::{Json, extract::State};
use protocol::{
    Problem,
    phone::{Sight, Sighted},
};

use super::{answers::BodyRefused, caller::DeviceKey};
use crate::{
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    login::sighting,
};

/// Shows a code that was opened before anybody is signed in: what the scan after signing in brings, so that the code may have changed since.
#[utoipa::path(
    post, path = "/api/phone/sighting", request_body = Sight, security(("proof" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "The code is of this moment; nothing is said of its login.", body = Sighted),
        (status = 401, description = "The proof is no good.", body = Problem),
        (status = 403, description = "A sign-in code of another server.", body = Problem),
        (status = 404, description = "The code is unknown.", body = Problem),
        (status = 410, description = "The code is of some seconds ago.", body = Problem),
    ),
)]
pub(super) async fn note(
    State(app): State<Arc<App>>,
    DeviceKey { key, .. }: DeviceKey,
    ApiJson(body): ApiJson<Sight>,
) -> Result<Json<Sighted>, ApiProblem> {
    let sighting = sighting::note(&app, &body.qr, &key).await?;
    Ok(Json(Sighted { sighting, expires_in: sighting::GOOD_FOR.as_secs() }))
}
