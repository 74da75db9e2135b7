//! Called by sites: discovery, keys, token, userinfo.

mod discovery;
mod register;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use protocol::paths;

use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discovery::configuration))
        .route(paths::OAUTH_AUTHORIZATION_SERVER, get(discovery::configuration))
        .route(paths::JWKS, get(discovery::jwks))
        .route(paths::REGISTRATION, post(register::post))
        .route(
            &format!("{}/{{client_id}}", paths::REGISTRATION),
            get(register::get).put(register::put).delete(register::delete),
        )
        .route(paths::TOKEN, post(token::token))
        .route(paths::USERINFO, get(userinfo::get).post(userinfo::post).options(userinfo::preflight))
}
