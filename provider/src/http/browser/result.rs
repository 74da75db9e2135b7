//! The browser collects the result of a confirmed login; where it is bound, with a proof by its key.
//!
//! * `POST /api/logins/{id}/result`, by a widget: the result as JSON, the proof in the header `DPoP`.
//! * `POST /login/{id}/result`, by the provider's own page: the result goes to the site as the page's answer, by redirect or as a form. A
//!   form can send no header, so the proof is its field `proof`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use protocol::{login::LoginResult, paths};

use super::{
    browser_key::{self, BrowserKey},
    own_login::OwnLogin,
    session_cookie, take_along,
};
use crate::{
    app::App,
    http::{
        extract::Form,
        page::{Language, PageProblem},
        problem::ApiProblem,
    },
    login::collect::{self, Collector, SessionPlace},
    oauth::dpop::{DpopError, Thumbprint},
};

pub(super) async fn collect(
    State(app): State<Arc<App>>,
    own: OwnLogin,
    BrowserKey(key): BrowserKey,
) -> Result<Json<LoginResult>, ApiProblem> {
    let who = Collector { secret: &own.secret, key: key.as_ref(), place: SessionPlace::Nowhere };
    Ok(Json(collect::collect(&app, own.id, who).await?.result))
}

pub(super) async fn form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    let session = session_cookie::session(&app, &headers).await?;
    let form = form.unwrap_or_default();
    let key = proven(&app, &own, form.get("proof")).await?;
    let place = SessionPlace::Cookie(session.map(|session| session.id));
    let who = Collector { secret: &own.secret, key: key.as_ref(), place };
    let collected = collect::collect(&app, own.id, who).await?;
    Ok(take_along::result(&app, &collected, Language::of(&headers)))
}

/// The key that the page's form proves; `None` if it proves none.
async fn proven(app: &App, own: &OwnLogin, proof: Option<&str>) -> Result<Option<Thumbprint>, PageProblem> {
    let Some(proof) = proof else { return Ok(None) };
    let path = paths::login_page_result(&own.id.to_string());
    match browser_key::check(app, proof, "POST", &path).await {
        Ok(key) => Ok(Some(key)),
        Err(DpopError::Store(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}
