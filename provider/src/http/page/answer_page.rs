//! Takes an answer to its site: by redirect, or as a form that the browser posts (OAuth 2.0 Form Post Response Mode section 2).

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{Language, render, see_other, words::Words};
use crate::{
    http::headers,
    oauth::authorization_request::{Redirect, ResponseMode},
};

/// A form that sends itself; with scripts off there is a button.
#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage<'a> {
    lang: &'static str,
    action: &'a str,
    host: String,
    parameters: &'a [(&'static str, &'a str)],
    words: Words,
}

/// Sends these parameters to where a redirect leads.
pub(in crate::http) fn answer(
    redirect: &Redirect,
    parameters: &[(&'static str, &str)],
    language: Language,
) -> Response {
    match redirect.mode {
        ResponseMode::Query => see_other(&redirect.uri.with(parameters)),
        ResponseMode::FormPost => {
            let page = AnswerPage {
                lang: language.tag(),
                action: redirect.uri.as_str(),
                host: redirect.uri.host(),
                parameters,
                words: Words::of(language),
            };
            let mut response = render(StatusCode::OK, &page);
            headers::let_forms_leave(&mut response);
            response
        }
    }
}
