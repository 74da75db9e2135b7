//! Called by browsers: the sign-in page, and a login's events.

mod authorize;
mod cancel;
mod cookie;
mod cors;
mod login_page;
mod own_login;
mod renew;
mod result;
mod start;
mod state;

use std::sync::Arc;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use protocol::paths;

use crate::app::App;

pub(in crate::http) use start::client_name;

type AppRouter = Router<Arc<App>>;

pub(super) fn routes(app: &Arc<App>) -> AppRouter {
    pages().merge(api().layer(from_fn_with_state(app.clone(), cors::enforce)))
}

fn pages() -> AppRouter {
    Router::new()
        .route(paths::AUTHORIZE, get(authorize::get).post(authorize::post))
        .route("/login/{id}", get(login_page::show))
        .route("/login/{id}/renew", post(renew::form))
        .route("/login/{id}/cancel", post(cancel::form))
}

fn api() -> AppRouter {
    Router::new()
        .route("/api/logins", post(start::start).options(cors::preflight))
        .route("/api/logins/{id}", get(state::read).options(cors::preflight))
        .route("/api/logins/{id}/result", post(result::collect).options(cors::preflight))
        .route("/api/logins/{id}/cancel", post(cancel::api).options(cors::preflight))
        .route("/api/logins/{id}/renew", post(renew::api).options(cors::preflight))
}
