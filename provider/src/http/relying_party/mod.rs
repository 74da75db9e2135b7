//! Called by sites: discovery, keys, token, userinfo.

mod device_authorization;
mod discovery;
mod dpop;
mod introspection;
mod pushed_request;
mod register;
mod revocation;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use protocol::paths;

use crate::app::App;
pub(super) use token::refuse;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discovery::configuration))
        .route(paths::OAUTH_AUTHORIZATION_SERVER, get(discovery::configuration))
        .route(paths::JWKS, get(discovery::jwks))
        .route(paths::DEVICE_AUTHORIZATION, post(device_authorization::start))
        .route(paths::REVOCATION, post(revocation::revoke).options(dpop::preflight))
        .route(paths::INTROSPECTION, post(introspection::introspect))
        .route(paths::PUSHED_AUTHORIZATION_REQUEST, post(pushed_request::push).options(dpop::preflight))
        .route(paths::REGISTRATION, post(register::post))
        .route(
            &format!("{}/{{client_id}}", paths::REGISTRATION),
            get(register::get).put(register::put).delete(register::delete),
        )
        .route(paths::TOKEN, post(token::token).options(dpop::preflight))
        .route(paths::USERINFO, get(userinfo::get).post(userinfo::post).options(userinfo::preflight))
}
