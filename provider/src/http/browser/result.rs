//! `POST /api/logins/{id}/result`: the browser collects the result of a confirmed login.

use std::sync::Arc;

use axum::{Json, extract::State};
use protocol::login::LoginResult;

use super::own_login::OwnLogin;
use crate::{
    app::App,
    http::problem::ApiProblem,
    login::collect::{self, SessionPlace},
};

pub(super) async fn collect(
    State(app): State<Arc<App>>,
    own: OwnLogin,
) -> Result<Json<LoginResult>, ApiProblem> {
    let collected = collect::collect(&app, own.id, &own.secret, SessionPlace::Nowhere).await?;
    Ok(Json(collected.result))
}
