//! `POST /api/logins`: the widget starts a login.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
};
use protocol::{ProblemCode, login::StartedLogin};

use super::{authorize, browser_key::BrowserKey};
use crate::{
    app::App,
    http::{
        extract::{ApiJson, Browser},
        problem::ApiProblem,
    },
    login::{Started, context::BrowserContext, enter, qr, start},
    oauth::{
        authorization_request::{Refusal, ResponseMode},
        client::ClientId,
        parameters::Parameters,
        prompt::Prompt,
    },
    secret::BrowserSecret,
    store::StoreError,
};

/// The body: an authorization request's parameters as a JSON object of strings.
type Body = BTreeMap<String, String>;

pub(super) async fn start(
    State(app): State<Arc<App>>,
    Browser(browser): Browser,
    BrowserKey(key): BrowserKey,
    RawQuery(query): RawQuery,
    ApiJson(body): ApiJson<Body>,
) -> Result<(StatusCode, Json<StartedLogin>), ApiProblem> {
    let refused = |detail: String| ApiProblem::new(ProblemCode::InvalidAuthorizationRequest, detail);
    let parameters = Parameters::from_pairs(body).map_err(|error| refused(error.to_string()))?;
    let query = Parameters::from_urlencoded(&query.unwrap_or_default()).unwrap_or_default();
    // The origin was judged by the query's client, so the body's must be the same.
    if query.get("client_id") != parameters.get("client_id") {
        return Err(refused("client_id must be the same in the query and in the body".into()));
    }
    let (_, request) = authorize::parse(&app, &parameters).await?.map_err(|refusal| match refusal {
        Refusal::Page(error) => refused(error.to_string()),
        Refusal::Redirect(error) => refused(format!("{}: {}", error.code.as_str(), error.description)),
    })?;
    if request.options.prompts.contains(Prompt::None) {
        return Err(refused(
            "login_required: a widget asks a person to scan, and prompt=none forbids to ask".into(),
        ));
    }
    if !enter::is_within_reach(&request) {
        return Err(refused(
            "unmet_authentication_requirements: no authentication here has an acr that would do".into(),
        ));
    }
    if request.redirect().is_some_and(|redirect| redirect.mode == ResponseMode::FormPost) {
        return Err(refused("invalid_request: a widget takes its result itself, not as a form".into()));
    }
    let started = start::start(&app, request, BrowserContext { key, ..browser }).await?;
    let secret = started.browser_secret.clone();
    Ok((StatusCode::CREATED, Json(describe(&app, &started, Some(secret)).await?)))
}

/// Tells a browser of its new login. The secret is in it only where no cookie holds it.
pub(super) async fn describe(
    app: &App,
    started: &Started,
    secret: Option<BrowserSecret>,
) -> Result<StartedLogin, StoreError> {
    let (login, now) = (&started.login, app.clock.now());
    Ok(StartedLogin {
        id: login.id.to_string(),
        qr: qr::seed(app, login, now),
        browser_secret: secret.map(|secret| secret.expose().to_owned()),
        client_name: client_name(app, &login.request.client).await?,
        server_time: now.seconds(),
        login: login.view(app, now),
    })
}

/// A client's name, as a person knows it.
pub(super) async fn client_name(app: &App, id: &ClientId) -> Result<String, StoreError> {
    let client = app.store.client(id).await?;
    Ok(client.map_or_else(|| id.to_string(), |client| client.name))
}
