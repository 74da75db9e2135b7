//! Signing out of this site.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::reader::{Reader, forget};
use crate::app::App;

/// `POST /sign-out`: ends the session. Only pages of this site can ask for it.
pub(super) async fn sign_out(State(app): State<Arc<App>>, reader: Reader) -> Response {
    if let Some(session) = &reader.session {
        app.sessions.end(session);
    }
    (forget(&app.config.site), Redirect::to("/")).into_response()
}
