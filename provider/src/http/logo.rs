//! `GET /logos/{digest}`: a site's logo, under a name that follows from its bytes, so that it may be cached for ever.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use protocol::{ProblemCode, paths};

use super::problem::ApiProblem;
use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route(&paths::logo("{digest}"), get(show))
}

async fn show(State(app): State<Arc<App>>, Path(digest): Path<String>) -> Result<Response, ApiProblem> {
    let logo = app.store.logo(&digest).await?;
    let logo = logo.ok_or_else(|| ApiProblem::new(ProblemCode::NotFound, "There is no such logo."))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        // Opened by itself it is a picture and nothing else.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    Ok((headers, logo).into_response())
}
