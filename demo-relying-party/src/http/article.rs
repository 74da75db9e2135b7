//! One piece: whole, or for a guest how a members' piece begins.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::frame::{Frame, page};
use super::reader::Reader;
use crate::app::App;
use crate::articles::{self, Article};
use crate::failure::{Failure, FailureKind};
use crate::place::Place;

#[derive(Template)]
#[template(path = "article.html")]
struct Page {
    frame: Frame,
    article: &'static Article,
    is_open: bool,
}

/// `GET /articles/{slug}`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let article = articles::find(&slug).ok_or(FailureKind::NotFound)?;
    let is_open = reader.member.is_some() || !article.is_for_members();
    let frame = reader.frame(&app, Place::Article(article));
    Ok(page(StatusCode::OK, &Page { frame, article, is_open }))
}
