//! Signing in without leaving the page, with the `<saoma-login>` widget.
//!
//! 1. The page asks [`begin`] for the widget's attributes. `state`, `nonce` and the PKCE verifier are made here and kept
//!    in the session; the page gets the first two and the challenge.
//! 2. The widget shows the code, waits, and hands the page `code`, `state` and `iss` in its `saoma-login` event.
//! 3. The page posts them to [`finish`]. They are judged exactly as the callback judges them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::failure::Problem;
use super::reader::{Reader, keep};
use crate::app::App;
use crate::config::SCOPES;
use crate::oidc::AuthorizationResponse;
use crate::place::Place;
use crate::sign_in;

/// Where the reader is.
#[derive(Deserialize)]
pub(super) struct Begin {
    place: String,
}

/// The widget's attributes.
#[derive(Serialize)]
struct Attributes {
    #[serde(rename = "client-id")]
    client_id: String,
    #[serde(rename = "redirect-uri")]
    redirect_uri: String,
    redirect: &'static str,
    scope: String,
    state: String,
    nonce: String,
    #[serde(rename = "code-challenge")]
    code_challenge: String,
}

/// `POST /sign-in/here`: begins a login in the page.
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    reader: Reader,
    Json(Begin { place }): Json<Begin>,
) -> Response {
    let begun = sign_in::begin_here(&app, reader.session, Place::parse(&place));
    let attributes = Attributes {
        client_id: app.config.client_id.to_string(),
        redirect_uri: app.config.site.redirect_uri(),
        redirect: "callback",
        scope: SCOPES.join(" "),
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: begun.challenge,
    };
    (keep(&app.config.site, &begun.session), Json(attributes)).into_response()
}

/// `POST /sign-in/here/finish`: finishes it.
pub(super) async fn finish(
    State(app): State<Arc<App>>,
    reader: Reader,
    Json(answer): Json<AuthorizationResponse>,
) -> Result<Response, Problem> {
    let finished = sign_in::finish(&app, reader.session, answer).await?;
    Ok((keep(&app.config.site, &finished.session), Json(json!({ "name": finished.name }))).into_response())
}
