//! `GET /.well-known/openid-configuration` and `GET /jwks.json`: public, the same for everybody, cached for minutes.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::IntoResponse,
};

use crate::{app::App, oidc::discovery};

/// Any page may read these, and caches keep them for five minutes.
const PUBLIC: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "public, max-age=300"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

pub(super) async fn configuration(State(app): State<Arc<App>>) -> impl IntoResponse {
    (PUBLIC, Json(discovery::document(&app.config)))
}

pub(super) async fn jwks(State(app): State<Arc<App>>) -> impl IntoResponse {
    (PUBLIC, Json(app.keys.jwks()))
}
