//! `GET` and `POST /authorize` (RFC 6749 section 3.1): a site sends its visitor here. A login starts, and the browser goes to its page.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use super::renew;
use crate::{
    app::App,
    http::{
        extract::{Browser, Form},
        page::{self, PageProblem},
    },
    login::{context::BrowserContext, start},
    oauth::{
        authorization_request::{AuthorizationRequest, PageError, Refusal},
        parameters::Parameters,
    },
    store::StoreError,
};

pub(super) async fn get(
    State(app): State<Arc<App>>,
    Browser(browser): Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, PageProblem> {
    let parameters = Parameters::from_urlencoded(&query.unwrap_or_default())
        .map_err(|error| PageError::Malformed(error.to_string()))?;
    authorize(&app, browser, &parameters).await
}

pub(super) async fn post(
    State(app): State<Arc<App>>,
    Browser(browser): Browser,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    let parameters = form.map_err(|error| PageError::Malformed(error.to_string()))?;
    authorize(&app, browser, &parameters).await
}

async fn authorize(
    app: &App,
    browser: BrowserContext,
    parameters: &Parameters,
) -> Result<Response, PageProblem> {
    match parse(app, parameters).await? {
        Ok(request) => {
            let started = start::start(app, request, browser).await?;
            Ok(renew::go_to(app, &started, None))
        }
        Err(Refusal::Page(error)) => Err(error.into()),
        Err(Refusal::Redirect(error)) => Ok(page::see_other(&error.location(app.config.issuer.as_str()))),
    }
}

/// Reads an authorization request and the client that it is from.
pub(super) async fn parse(
    app: &App,
    parameters: &Parameters,
) -> Result<Result<AuthorizationRequest, Refusal>, StoreError> {
    let id = match AuthorizationRequest::client_id(parameters) {
        Ok(id) => id,
        Err(error) => return Ok(Err(Refusal::Page(error))),
    };
    let Some(client) = app.store.client(&id).await? else {
        return Ok(Err(Refusal::Page(PageError::UnknownClient)));
    };
    Ok(AuthorizationRequest::parse(parameters, &client, app.config.pkce))
}
