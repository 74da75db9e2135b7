//! The page for what cannot be sent back to the site, and for what has no sign-in to show.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Language, render};
use crate::{login::LoginError, oauth::authorization_request::PageError, store::StoreError};

/// Why there is a page that only explains.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum PageProblem {
    /// The site's request is wrong in a way that forbids to send anything to it.
    #[error(transparent)]
    Request(#[from] PageError),
    /// The login is unknown, or another browser's.
    #[error("no such sign-in in this browser")]
    NotYours,
    /// The login is over.
    #[error("the sign-in is over")]
    Over,
    /// Something broke on our side.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LoginError> for PageProblem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Store(error) => Self::Store(error),
            LoginError::UnknownLogin => Self::NotYours,
            _ => Self::Over,
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    lang: &'static str,
    title: &'static str,
    what: &'static str,
    detail: Option<String>,
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let (status, title, what) = match &self {
            Self::Request(_) => (
                StatusCode::BAD_REQUEST,
                "This sign-in link does not work",
                "The site that sent you here made a mistake. Nothing was shared with it. Go back and try again; \
                 if that does not help, tell the site.",
            ),
            Self::NotYours => (
                StatusCode::NOT_FOUND,
                "This sign-in is not open here",
                "It was started in another browser, or it is too old. Go back to the site and sign in again.",
            ),
            Self::Over => (
                StatusCode::GONE,
                "This sign-in is over",
                "It has been used or took too long. Go back to the site and sign in again.",
            ),
            Self::Store(error) => {
                tracing::error!(%error, "a page failed on our side");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something broke on our side",
                    "Try again in a moment. Nothing was shared with the site.",
                )
            }
        };
        let detail = match &self {
            Self::Request(error) => Some(error.to_string()),
            _ => None,
        };
        render(status, &ProblemPage { lang: Language::English.tag(), title, what, detail })
    }
}
