//! A new code after an ended one: the successor of a login, for the browser that started it.

use std::{iter, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
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
    login::{LoginId, Started, start},
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
        HeldIn::Cookie => {
            let told = describe(&app, &started, None).await?;
            (StatusCode::CREATED, cookies(&app, &started, Some(own.id)), Json(told)).into_response()
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
    Ok(go_to(&app, &started, Some(own.id)))
}

/// Sends the browser to the page of its new login, which follows `predecessor`.
pub(super) fn go_to(app: &App, started: &Started, predecessor: Option<LoginId>) -> Response {
    let location = paths::login_page(&started.login.id.to_string());
    (StatusCode::SEE_OTHER, cookies(app, started, predecessor), [(header::LOCATION, location)])
        .into_response()
}

/// The new login's cookie, and the end of its predecessor's.
fn cookies(
    app: &App,
    started: &Started,
    predecessor: Option<LoginId>,
) -> AppendHeaders<impl IntoIterator<Item = (HeaderName, HeaderValue)>> {
    let issuer = &app.config.issuer;
    let ended = predecessor.map(|id| cookie::remove(issuer, id));
    AppendHeaders(
        iter::once(cookie::set(issuer, started)).chain(ended).map(|value| (header::SET_COOKIE, value)),
    )
}
