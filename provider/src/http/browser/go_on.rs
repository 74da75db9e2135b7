//! `POST /login/{id}/continue`: the click of a person who is signed in in this browser.
//!
//! The form says which optional scopes they agree to, as `scope-<name>`; what the site cannot do without comes by itself.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use protocol::paths;

use super::{own_login::OwnLogin, session_cookie, take_along};
use crate::{
    app::App,
    http::{
        extract::{Browser, Form},
        page::{self, Language, PageProblem},
        problem::ApiProblem,
    },
    login::{
        LoginError,
        enter::{self, Visit},
    },
    oauth::{
        parameters::Parameters,
        scope::{Scope, Scopes},
    },
};

pub(super) async fn form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    Browser(browser): Browser,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    let visit = Visit { browser, session: session_cookie::session(&app, &headers).await? };
    let agreed = agreed(&form.unwrap_or_default());
    match enter::go_on(&app, (own.id, &own.secret), visit, &agreed).await {
        Ok(collected) => Ok(take_along::result(&app, &collected, Language::of(&headers))),
        // The login's page says how it stands: it waits for a scan, or, once it is approved, for a proof by the browser's key; if
        // this was the second click, it goes on with what came of the first.
        Err(
            LoginError::SessionDoesNotDo
            | LoginError::AlreadyScanned
            | LoginError::AlreadyDecided
            | LoginError::OtherKey,
        ) => Ok(page::see_other(&paths::login_page(&own.id.to_string()))),
        Err(error) => Err(error.into()),
    }
}

fn agreed(form: &Parameters) -> Scopes {
    form.names().filter_map(|name| name.strip_prefix("scope-").and_then(Scope::parse)).collect()
}
