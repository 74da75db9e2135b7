//! The page for a person who has a code to type.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Language, render, words::Words};

/// Says where the code goes.
#[derive(Template)]
#[template(path = "device.html")]
pub(in crate::http) struct DevicePage {
    lang: &'static str,
    words: Words,
}

impl DevicePage {
    pub(in crate::http) fn new(language: Language) -> Self {
        Self { lang: language.tag(), words: Words::of(language) }
    }
}

impl IntoResponse for DevicePage {
    fn into_response(self) -> Response {
        render(StatusCode::OK, &self)
    }
}
