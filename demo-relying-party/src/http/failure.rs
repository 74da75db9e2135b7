//! How a failure looks: a friendly page, or a problem for our own script. Logged here, once.

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::frame::{Frame, Viewer, page};
use crate::failure::{Failure, FailureKind};
use crate::place::Place;

#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    frame: Frame,
    code: &'static str,
    title: &'static str,
    message: &'static str,
    offers_sign_in: bool,
    back: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        log(&self.kind);
        let (title, message) = self.kind.message();
        let viewer = Viewer::Unknown;
        let place = match self.place {
            Place::Account => Place::Home,
            other => other,
        };
        page(
            self.kind.status(),
            &Page {
                frame: Frame { viewer, place: self.place.path(), widget: String::new() },
                code: self.kind.code(),
                title,
                message,
                offers_sign_in: !matches!(self.kind, FailureKind::NotFound | FailureKind::ForeignOrigin),
                back: place.path(),
            },
        )
    }
}

/// The same for our own script: problem details (RFC 9457).
#[derive(Debug)]
pub(super) struct Problem(pub(super) Failure);

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        log(&self.0.kind);
        let (title, detail) = self.0.kind.message();
        let status = match self.0.kind.status() {
            // The script must be able to tell a decision not to sign in from a sign-in.
            StatusCode::OK => StatusCode::FORBIDDEN,
            status => status,
        };
        let body = json!({ "title": title, "detail": detail, "status": status.as_u16(), "code": self.0.kind.code() });
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
    }
}

fn log(kind: &FailureKind) {
    match kind {
        FailureKind::Declined | FailureKind::NotFound | FailureKind::SignedOut => {
            tracing::debug!(code = kind.code(), "refused");
        }
        _ => tracing::warn!(code = kind.code(), cause = chain(kind), "refused"),
    }
}

/// An error and everything that caused it, in one line. `Display` only: a `Debug` text might hold more than it should.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
