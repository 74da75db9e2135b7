//! Signing in by redirect, which needs no script.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::reader::{Reader, keep};
use crate::app::App;
use crate::failure::Failure;
use crate::place::Place;
use crate::sign_in;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    frame: Frame,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct ReturnTo {
    #[serde(default)]
    return_to: String,
}

/// `GET /sign-in`: both ways on one page, for scripts that are off and for "try again".
pub(super) async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    query: Result<Query<ReturnTo>, QueryRejection>,
) -> Response {
    let place = query.map_or(Place::Home, |Query(ReturnTo { return_to })| Place::parse(&return_to));
    if reader.member.is_some() {
        return Redirect::to(&place.path()).into_response();
    }
    page(StatusCode::OK, &Page { frame: reader.frame(&app, place) })
}

/// `POST /sign-in`: begins a login and sends the browser to the provider.
pub(super) async fn redirect(
    State(app): State<Arc<App>>,
    reader: Reader,
    Form(ReturnTo { return_to }): Form<ReturnTo>,
) -> Result<Response, Failure> {
    let (session, url) = sign_in::begin_redirect(&app, reader.session, Place::parse(&return_to)).await?;
    Ok((keep(&app.config.site, &session), Redirect::to(&url)).into_response())
}
