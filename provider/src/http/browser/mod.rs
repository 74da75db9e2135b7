//! Called by browsers: the sign-in page, and a login's events.

mod authorize;
mod bind;
mod browser_key;
mod cancel;
mod cookie;
mod cors;
mod device;
mod give_back;
mod go_on;
mod help;
mod login_page;
mod logout;
mod own_login;
mod renew;
mod result;
mod session_cookie;
mod start;
mod state;
mod take_along;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    routing::{get, post},
};
use protocol::paths;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
pub(super) use own_login::is_from_own_page;

type AppRouter = Router<Arc<App>>;

pub(super) fn routes(app: &Arc<App>) -> AppRouter {
    pages().merge(api().layer(from_fn_with_state(app.clone(), cors::enforce)))
}

/// A site may open these in a window of its own and wait for it, so they keep their opener. They take no `HEAD`, because a
/// look at them moves the login on. Others learn nothing of their addresses, but we do: with `no-referrer`, browsers send `Origin: null` with
/// our own forms, and those that know no `Sec-Fetch-Site` have nothing else to show that a form is ours.
fn pages() -> AppRouter {
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    Router::new()
        .route(paths::AUTHORIZE, get(authorize::get).post(authorize::post).head(no_head))
        .route("/login/{id}", get(login_page::show).head(no_head))
        .route("/login/{id}/renew", post(renew::form))
        .route("/login/{id}/cancel", post(cancel::form))
        .route("/login/{id}/extend", post(help::extend_form))
        .route("/login/{id}/typed-code", post(help::offer_code_form))
        .route("/login/{id}/result", post(result::form))
        .route("/login/{id}/continue", post(go_on::form))
        .route("/login/{id}/return", get(give_back::show))
        .route(paths::DEVICE, get(device::show))
        .route(paths::END_SESSION, get(logout::get).post(logout::post).head(no_head))
        .route("/logout/confirm", post(logout::confirm))
        .layer(SetResponseHeaderLayer::if_not_present(opener, HeaderValue::from_static("unsafe-none")))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
}

async fn no_head() -> (StatusCode, [(HeaderName, &'static str); 1]) {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, POST")])
}

fn api() -> AppRouter {
    Router::new()
        .route("/api/logins", post(start::start).options(cors::preflight))
        .route("/api/logins/{id}", get(state::read).options(cors::preflight))
        .route("/api/logins/{id}/result", post(result::collect).options(cors::preflight))
        .route("/api/logins/{id}/cancel", post(cancel::api).options(cors::preflight))
        .route("/api/logins/{id}/renew", post(renew::api).options(cors::preflight))
        .route("/api/logins/{id}/key", post(bind::bind).options(cors::preflight))
        .route("/api/logins/{id}/extend", post(help::extend).options(cors::preflight))
        .route("/api/logins/{id}/typed-code", post(help::offer_code).options(cors::preflight))
}
