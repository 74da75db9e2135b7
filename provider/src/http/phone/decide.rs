//! `POST /api/phone/confirm` and `POST /api/phone/deny`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use protocol::{
    Problem,
    phone::{Confirmation, Decision},
};

use super::{answers::BodyRefused, caller::Phone};
use crate::{
    app::App,
    http::{extract::ApiJson, problem::ApiProblem},
    login::{LoginError, approve, consent::Answer},
    oauth::scope::Scopes,
    secret::Ticket,
};

/// Confirms the scanned login.
#[utoipa::path(
    post, path = "/api/phone/confirm", request_body = Confirmation, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 204, description = "Confirmed: the browser goes on."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "This device has not scanned that login.", body = Problem),
        (status = 409, description = "Decided or cancelled already, or digits or an unlock are to come first.", body = Problem),
        (status = 410, description = "The time to decide has run out.", body = Problem),
    ),
)]
pub(super) async fn confirm(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<Confirmation>,
) -> Result<StatusCode, ApiProblem> {
    let answer = body.scopes.map_or(Answer::All, |scopes| Answer::These(Scopes::parse(&scopes.join(" "))));
    approve::confirm(&app, &phone, &ticket(&body.ticket)?, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Declines the scanned login.
#[utoipa::path(
    post, path = "/api/phone/deny", request_body = Decision, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 204, description = "Declined: the browser is told so."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "This device has not scanned that login.", body = Problem),
        (status = 409, description = "Decided or cancelled already.", body = Problem),
        (status = 410, description = "The time to decide has run out.", body = Problem),
    ),
)]
pub(super) async fn deny(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<Decision>,
) -> Result<StatusCode, ApiProblem> {
    approve::deny(&app, &phone, &ticket(&body.ticket)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn ticket(text: &str) -> Result<Ticket, LoginError> {
    Ticket::parse(text).ok_or(LoginError::InvalidTicket)
}
