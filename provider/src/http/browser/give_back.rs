//! `GET /login/{id}/return`: takes the refusal of an ended login back to a site that wants its answers as forms.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};

use super::{own_login::OwnLogin, take_along};
use crate::{
    app::App,
    http::{
        page::{Language, PageProblem},
        problem::ApiProblem,
    },
    login::collect,
};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    let login = collect::look(&app, own.id, &own.secret).await?;
    let status = login.status(app.clock.now());
    let refusal = login.refusal(status).filter(|_| status.is_refusal()).ok_or(PageProblem::Over)?;
    Ok(take_along::refusal(&app, &refusal, Language::of(&headers)))
}
