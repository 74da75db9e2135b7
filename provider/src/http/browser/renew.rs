//! A new code after an ended one: the successor of a login, for the browser that started it.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{
    login::{RenewLogin, RenewReason},
    paths,
};

use super::{
    cookie,
    own_login::{HeldIn, OwnLogin},
    start::describe,
};
use crate::{
    app::App,
    http::{
        extract::{ApiJson, Browser},
        page::PageProblem,
        problem::ApiProblem,
    },
    login::{Started, start},
};

/// `POST /api/logins/{id}/renew`.
pub(super) async fn api(
    State(app): State<Arc<App>>,
    own: OwnLogin,
    Browser(browser): Browser,
    ApiJson(body): ApiJson<RenewLogin>,
) -> Result<Response, ApiProblem> {
    let started = start::renew(&app, own.id, &own.secret, body.reason, browser).await?;
    Ok(match own.held_in {
        HeldIn::Cookie(_) => {
            let cookie = [(header::SET_COOKIE, cookie::set(&app.config.issuer, &started))];
            (StatusCode::CREATED, cookie, Json(describe(&app, &started, None).await?)).into_response()
        }
        HeldIn::Memory => {
            let secret = started.browser_secret.clone();
            (StatusCode::CREATED, Json(describe(&app, &started, Some(secret)).await?)).into_response()
        }
    })
}

/// `POST /login/{id}/renew`: the page's form.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    Browser(browser): Browser,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    let started = start::renew(&app, own.id, &own.secret, RenewReason::Request, browser).await?;
    Ok(go_to(&app, &started))
}

/// Sends the browser to the page of its new login.
pub(super) fn go_to(app: &App, started: &Started) -> Response {
    let location = paths::login_page(&started.login.id.to_string());
    let cookie = [(header::SET_COOKIE, cookie::set(&app.config.issuer, started))];
    (StatusCode::SEE_OTHER, cookie, [(header::LOCATION, location)]).into_response()
}
