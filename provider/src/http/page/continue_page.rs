//! The page of a waiting login in a browser where the person is signed in: one click, and no phone.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{Language, render, words::Words};
use crate::{
    http::headers,
    login::{Login, enter::OneClick},
};

/// One click for one login.
#[derive(Template)]
#[template(path = "continue.html")]
pub(in crate::http) struct ContinuePage {
    lang: &'static str,
    id: String,
    title: String,
    person: String,
    account: String,
    host: String,
    asks: bool,
    scopes: Vec<Line>,
    words: Words,
}

/// A scope that is asked for.
struct Line {
    name: String,
    text: String,
    optional: bool,
}

impl ContinuePage {
    pub(in crate::http) fn new(login: &Login, click: &OneClick, language: Language) -> Self {
        let words = Words::of(language);
        let lines = click.question.asked.iter().map(|scope| Line {
            name: scope.as_str().to_owned(),
            text: words.scope(scope),
            optional: click.client.may_do_without(scope),
        });
        Self {
            lang: language.tag(),
            id: login.id.to_string(),
            title: words.sign_in_to.replace("{}", &click.client.name),
            person: click.account.display_name().to_owned(),
            account: click.account.name.as_str().to_owned(),
            host: login.request.redirect().map(|redirect| redirect.uri.host()).unwrap_or_default(),
            asks: click.question.open,
            scopes: lines.collect(),
            words,
        }
    }
}

impl IntoResponse for ContinuePage {
    fn into_response(self) -> Response {
        let mut response = render(StatusCode::OK, &self);
        headers::let_forms_leave(&mut response);
        response
    }
}
