//! Called by the operator's machines.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::not_found;
use crate::{app::App, tls::DevAuthority};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route(DevAuthority::PATH, get(dev_authority))
}

/// Whether to send traffic here: not while stopping, and not without a store that can write.
async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.shutdown.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match app.store.check().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store cannot write\n")
        }
    }
}

/// The certificate of the authority for development, in the form that phones install; only where there is one.
async fn dev_authority(State(app): State<Arc<App>>) -> Response {
    match &app.config.dev_authority {
        Some(pem) => ([(header::CONTENT_TYPE, "application/x-x509-ca-cert")], pem.clone()).into_response(),
        None => not_found().await.into_response(),
    }
}
