//! What a browser takes along to a site: a login's result or a refusal, in the query or as a form; and a session's cookie.

use axum::{http::header, response::Response};

use super::session_cookie;
use crate::{
    app::App,
    http::page::{self, Language},
    login::collect::Collected,
    oauth::authorization_request::RedirectError,
};

/// A login's result (RFC 6749 section 4.1.2, RFC 9207 section 2).
pub(super) fn result(app: &App, collected: &Collected, language: Language) -> Response {
    let result = &collected.result;
    let mut parameters = vec![("code", result.code.as_str())];
    parameters.extend(result.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", result.iss.as_str()));
    let mut response = page::answer(&collected.redirect, &parameters, language);
    if let Some(secret) = &collected.session {
        response.headers_mut().append(header::SET_COOKIE, session_cookie::set(&app.config.issuer, secret));
    }
    response
}

/// A refusal.
pub(super) fn refusal(app: &App, error: &RedirectError, language: Language) -> Response {
    page::answer(&error.redirect, &error.parameters(app.config.issuer.as_str()), language)
}
