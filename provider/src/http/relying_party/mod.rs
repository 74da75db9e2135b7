//! Called by sites: discovery, keys, token, userinfo.

mod device_authorization;
mod discovery;
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

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discovery::configuration))
        .route(paths::OAUTH_AUTHORIZATION_SERVER, get(discovery::configuration))
        .route(paths::JWKS, get(discovery::jwks))
        .route(paths::DEVICE_AUTHORIZATION, post(device_authorization::start))
        .route(paths::REVOCATION, post(revocation::revoke))
        .route(paths::INTROSPECTION, post(introspection::introspect))
        .route(paths::PUSHED_AUTHORIZATION_REQUEST, post(pushed_request::push))
        .route(paths::REGISTRATION, post(register::post))
        .route(
            &format!("{}/{{client_id}}", paths::REGISTRATION),
            get(register::get).put(register::put).delete(register::delete),
        )
        .route(paths::TOKEN, post(token::token))
        .route(paths::USERINFO, get(userinfo::get).post(userinfo::post).options(userinfo::preflight))
}
