//! The site's routes: one file per page.
//!
//! Every answer passes [`security`]: a strict content security policy on the way out, and on the way in a check that
//! whatever is posted comes from a page of this site. The one exception is the provider's [`backchannel`].

mod account;
mod article;
mod assets;
mod backchannel;
mod callback;
mod failure;
mod frame;
mod here;
mod home;
mod reader;
mod refresh;
mod security;
mod session;
mod sign_in;
mod sign_out;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use http::StatusCode;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::failure::{Failure, FailureKind};

/// The largest body that any form or call of ours has.
const LARGEST_BODY: usize = 16 * 1024;
/// Longer than the provider's answers may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// All routes, with the layers that every answer passes.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/articles/{slug}", get(article::show))
        .route("/account", get(account::show))
        .route("/account/refresh", post(refresh::refresh))
        .route("/sign-in", get(sign_in::show).post(sign_in::redirect))
        .route("/sign-in/here", post(here::begin))
        .route("/sign-in/here/finish", post(here::finish))
        .route("/callback", get(callback::receive))
        .route("/sign-out", post(sign_out::sign_out))
        .route("/signed-out", get(sign_out::show))
        .route("/session", get(session::show))
        .route(backchannel::PATH, post(backchannel::logout))
        .route("/static/{file}", get(assets::serve))
        .route("/health", get(|| async { "ok\n" }))
        .fallback(|| async { Failure::from(FailureKind::NotFound) })
        .layer(from_fn_with_state(app.clone(), security::own_pages_only))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
        .layer(from_fn_with_state(security::Policy::new(&app.config), security::headers))
        .layer(from_fn(security::log))
        .with_state(app)
}
