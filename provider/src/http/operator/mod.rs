//! Called by the operator's machines.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
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
