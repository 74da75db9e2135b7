//! What is around the content of every page.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

/// Who looks at the page.
#[derive(Debug)]
pub(super) enum Viewer {
    /// Somebody signed in, by the name to call them.
    Member(String),
    /// Somebody who is not.
    Guest,
    /// A page that does not know: one that tells of a failure.
    Unknown,
}

/// The masthead and the sign-in dialog.
#[derive(Debug)]
pub(super) struct Frame {
    /// Who looks at it.
    pub(super) viewer: Viewer,
    /// The path to return to after signing in.
    pub(super) place: String,
    /// The address of the widget's script.
    pub(super) widget: String,
}

impl Frame {
    /// The name of who is signed in.
    pub(super) fn member(&self) -> Option<&str> {
        match &self.viewer {
            Viewer::Member(name) => Some(name),
            _ => None,
        }
    }

    /// Whether the page offers to sign in without leaving it.
    pub(super) fn offers_dialog(&self) -> bool {
        matches!(self.viewer, Viewer::Guest)
    }
}

/// Renders a page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
