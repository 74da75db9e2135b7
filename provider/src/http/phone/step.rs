//! `POST /api/phone/match` and `POST /api/phone/unlock`: what may lie between scan and consent.

use std::sync::Arc;

use axum::{Json, extract::State};
use protocol::{
    Problem, ProblemCode,
    phone::{Match, StepDone, UnlockWith},
};

use super::{answers::BodyRefused, caller::Phone, decide::ticket, sign_in::password};
use crate::{
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    login::{
        Login,
        match_code::{self, MatchCode},
        unlock::{self, Proof},
    },
};

/// Names the two digits that the browser shows. There is one try: wrong ones end the login.
#[utoipa::path(
    post, path = "/api/phone/match", request_body = Match, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "They are right: the person may go on.", body = StepDone),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "This device has not scanned that login.", body = Problem),
        (status = 409, description = "They are wrong, and the login is over; or it was before.", body = Problem),
        (status = 410, description = "The time to decide has run out.", body = Problem),
    ),
)]
pub(super) async fn match_digits(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<Match>,
) -> Result<Json<StepDone>, ApiProblem> {
    let digits = MatchCode::parse(&body.digits)
        .ok_or_else(|| ApiProblem::new(ProblemCode::InvalidRequest, "Send the two digits."))?;
    let login = match_code::answer(&app, &phone, &ticket(&body.ticket)?, digits).await?;
    Ok(Json(done(&app, &login)))
}

/// Proves who holds the phone. There are three tries for one login.
#[utoipa::path(
    post, path = "/api/phone/unlock", request_body = UnlockWith, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "That is them: the person may go on.", body = StepDone),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "The password is wrong or the passkey does not hold, or this device has not scanned that login.", body = Problem),
        (status = 409, description = "It was wrong too often, and the login is over; or it was before.", body = Problem),
        (status = 410, description = "The time to decide has run out.", body = Problem),
        (status = 503, description = "Too many passwords are checked at once; try again.", body = Problem),
    ),
)]
pub(super) async fn unlock(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<UnlockWith>,
) -> Result<Json<StepDone>, ApiProblem> {
    let ticket = ticket(&body.ticket)?;
    let login = unlock::unlock(&app, &phone, &ticket, proof(body)?).await?;
    Ok(Json(done(&app, &login)))
}

fn proof(body: UnlockWith) -> Result<Proof, ApiProblem> {
    match (body.password, body.passkey) {
        (Some(text), None) => Ok(Proof::Password(password(text)?)),
        (None, Some(assertion)) => Ok(Proof::Passkey(Box::new(assertion))),
        _ => Err(ApiProblem::new(ProblemCode::InvalidRequest, "Send either password or passkey.")),
    }
}

fn done(app: &App, login: &Login) -> StepDone {
    StepDone { expires_in: login.seconds_left(app.clock.now()) }
}
