//! The front page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::frame::{Frame, page};
use super::reader::Reader;
use crate::app::App;
use crate::articles::{ARTICLES, Article};
use crate::place::Place;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    articles: &'static [Article],
}

/// `GET /`.
pub(super) async fn show(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let frame = reader.frame(&app, Place::Home);
    page(StatusCode::OK, &Page { frame, articles: &ARTICLES })
}
