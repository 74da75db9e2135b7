//! `GET /api/phone/activity`: what happened to the account.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use protocol::{Problem, ProblemCode, phone::Activity};
use serde::Deserialize;

use super::caller::Phone;
use crate::{
    app::App,
    http::problem::ApiProblem,
    trail::{self, Page},
};

/// Where to read on.
#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<String>,
}

/// What happened to the account, the newest first, 50 at a time.
#[utoipa::path(
    get, path = "/api/phone/activity", security(("proof" = [], "token" = [])),
    params(("before" = Option<String>, Query, description = "The `next` of the page before.")),
    responses(
        (status = 200, description = "A page.", body = Activity),
        (status = 400, description = "`before` is no entry's identifier.", body = Problem),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Query(Before { before }): Query<Before>,
) -> Result<Json<Activity>, ApiProblem> {
    let page = Page::parse(before.as_deref()).ok_or_else(|| {
        ApiProblem::new(ProblemCode::InvalidRequest, "before is the next of the page before.")
    })?;
    Ok(Json(trail::activity(&app, &phone, page).await?))
}
