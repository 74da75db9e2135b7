//! Signing out of this site, and of the provider if the reader wants that.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::reader::{Reader, forget, keep};
use crate::app::App;
use crate::place::Place;
use crate::sign_out::{self, Extent};

#[derive(Template)]
#[template(path = "signed_out.html")]
struct Page {
    frame: Frame,
    everywhere: bool,
}

/// Which button was pressed.
#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    extent: String,
}

/// `POST /sign-out`: ends the session. Only pages of this site can ask for it.
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    reader: Reader,
    Form(Choice { extent }): Form<Choice>,
) -> Response {
    let extent = if extent == "provider" { Extent::AtProvider } else { Extent::Here };
    let onward = match &reader.session {
        Some(session) => sign_out::sign_out(&app, session, extent).await,
        None => None,
    };
    match onward {
        Some((session, url)) => (keep(&app.config.site, &session), Redirect::to(&url)).into_response(),
        None => (forget(&app.config.site), Redirect::to("/")).into_response(),
    }
}

/// What the provider sends back.
#[derive(Deserialize)]
pub(super) struct WayBack {
    #[serde(default)]
    state: String,
}

/// `GET /signed-out`: the way back from the provider's logout (OIDC RP-Initiated Logout section 3). Only with this browser's own `state` does the
/// page say that both are left; anybody can link to it.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    query: Result<Query<WayBack>, QueryRejection>,
) -> Response {
    let state = query.map(|Query(WayBack { state })| state).unwrap_or_default();
    let session = reader.session.as_ref();
    let everywhere = session.is_some_and(|id| app.sessions.has_left(id, &state, app.clock.now()));
    if reader.member.is_some() {
        return Redirect::to("/account").into_response();
    }
    page(StatusCode::OK, &Page { frame: reader.frame(&app, Place::Home), everywhere })
}
