//! The page of a confirmed login that is bound to the browser's own key: it proves that the key is here, and the result follows.
//!
//! It looks as the sign-in page does at that moment, because it takes its place for the blink that a signature needs. Its `<saoma-login>` is
//! there for the look alone: no script defines it.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{login::LoginStatus, paths};

use super::{
    Language,
    login_page::mark,
    render,
    words::{Words, said},
};
use crate::{app::App, http::headers, login::Login};

/// Sends itself with a proof (`web-ui/static/widget/collect.js`).
#[derive(Template)]
#[template(path = "collect.html")]
pub(in crate::http) struct CollectPage {
    lang: &'static str,
    family: String,
    action: String,
    url: String,
    server_time: i64,
    sign_in_to: String,
    title: &'static str,
    status: String,
    mark: &'static str,
    lost_mark: &'static str,
    words: Words,
}

impl CollectPage {
    pub(in crate::http) fn new(app: &App, login: &Login, site: &str, language: Language) -> Self {
        let words = Words::of(language);
        let said = said(&login.view(app, app.clock.now()), language);
        let action = paths::login_page_result(&login.id.to_string());
        Self {
            lang: language.tag(),
            family: login.family.to_string(),
            url: app.config.issuer.url(&action),
            action,
            server_time: app.clock.now().seconds(),
            sign_in_to: words.sign_in_to.replace("{}", site),
            title: said.title,
            status: said.status.replace("{}", site),
            mark: mark(LoginStatus::Confirmed).unwrap_or_default(),
            lost_mark: mark(LoginStatus::Denied).unwrap_or_default(),
            words,
        }
    }
}

impl IntoResponse for CollectPage {
    fn into_response(self) -> Response {
        let mut response = render(StatusCode::OK, &self);
        // Its form leads to the site, by way of us.
        headers::let_forms_leave(&mut response);
        response
    }
}
