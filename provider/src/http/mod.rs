//! The edge: one file for each route, grouped by who calls it. A handler reads the request, calls one use case, answers.

mod assets;
mod browser;
mod extract;
mod headers;
mod limit;
mod log;
mod logo;
mod operator;
mod page;
mod phone;
mod problem;
mod relying_party;
mod same_origin;
mod server;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode},
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
};
use protocol::ProblemCode;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use crate::app::App;
pub use phone::openapi;
use problem::ApiProblem;
pub use server::serve;

/// Largest body of any request, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// Longest that a request may take to be answered: more than a long-poll is held.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Every route, with the middleware around all of them. The last layer is the first that a request meets.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(browser::routes(&app))
        .merge(phone::routes())
        .merge(relying_party::routes())
        .merge(operator::routes())
        .merge(assets::routes())
        .merge(logo::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app.clone())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(app.clone(), same_origin::enforce))
        .layer(from_fn_with_state(app.clone(), limit::enforce))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .layer(CatchPanicLayer::custom(|_| ApiProblem::broken().into_response()))
        .layer(from_fn_with_state(app, headers::secure))
        .layer(from_fn(log::request))
}

async fn not_found() -> ApiProblem {
    ApiProblem::new(ProblemCode::NotFound, "There is nothing at this address.")
}

async fn method_not_allowed(method: Method) -> ApiProblem {
    ApiProblem::new(ProblemCode::MethodNotAllowed, format!("This address does not take {method}."))
}
