//! `GET` and `POST /authorize` (RFC 6749 section 3.1): a site sends its visitor here. A login starts, and the browser goes to its page;
//! or the browser's session answers at once, and nothing is seen.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use protocol::paths;

use super::{renew, session_cookie, take_along};
use crate::{
    app::App,
    http::{
        extract::{Browser, Form},
        page::{self, Language, PageProblem},
    },
    login::{
        context::BrowserContext,
        enter::{self, Entry, Visit},
    },
    oauth::{
        authorization_request::{AuthorizationRequest, PageError, Refusal},
        client::Client,
        error::AuthorizationErrorCode,
        fapi,
        parameters::Parameters,
        pushed_request,
    },
    oidc::hint,
    secret::RequestUri,
    store::StoreError,
};

/// Longest request that is put into a query, in bytes.
pub(super) const QUERY_LENGTH: usize = 6000;

pub(super) async fn get(
    State(app): State<Arc<App>>,
    Browser(browser): Browser,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageProblem> {
    let parameters = Parameters::from_urlencoded(&query.unwrap_or_default())
        .map_err(|error| PageError::Malformed(error.to_string()))?;
    authorize(&app, browser, &headers, &parameters).await
}

/// A form that another site's page sends comes without our cookie (`SameSite=Lax`), but the same request by `GET` has it: so the
/// browser is asked to come again. A request too long for that is taken as it is, as from nobody.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Browser(browser): Browser,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    let parameters = form.map_err(|error| PageError::Malformed(error.to_string()))?;
    let query = parameters.to_urlencoded();
    if session_cookie::read(&headers, &app.config.issuer).is_none() && query.len() <= QUERY_LENGTH {
        return Ok(page::see_other(&format!("{}?{query}", paths::AUTHORIZE)));
    }
    authorize(&app, browser, &headers, &parameters).await
}

async fn authorize(
    app: &App,
    browser: BrowserContext,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Response, PageProblem> {
    let (client, request) = match parse(app, parameters).await? {
        Ok(good) => good,
        Err(Refusal::Page(error)) => return Err(error.into()),
        Err(Refusal::Redirect(error)) => return Ok(take_along::refusal(app, &error, Language::of(headers))),
    };
    let language = Language::choose(request.options.ui_locales.as_deref(), headers);
    let visit = Visit { browser, session: session_cookie::session(app, headers).await? };
    Ok(match enter::enter(app, &client, request, visit).await? {
        Entry::Open(started) => renew::go_to(app, &started, None),
        Entry::Approved(collected) => take_along::result(app, &collected, language),
        Entry::Refused(error) => take_along::refusal(app, &error, language),
    })
}

/// Reads an authorization request, brought or pushed, and the client that it is from.
pub(super) async fn parse(
    app: &App,
    parameters: &Parameters,
) -> Result<Result<(Client, AuthorizationRequest), Refusal>, StoreError> {
    let id = match AuthorizationRequest::client_id(parameters) {
        Ok(id) => id,
        Err(error) => return Ok(Err(Refusal::Page(error))),
    };
    let Some(client) = app.store.client(&id).await? else {
        return Ok(Err(Refusal::Page(PageError::UnknownClient)));
    };
    let pushed = match parameters.get("request_uri").map(RequestUri::parse) {
        Some(Some(uri)) => match pushed_request::take(app, &client.id, &uri).await? {
            Ok(pushed) => Some(pushed),
            Err(error) => return Ok(Err(Refusal::Page(error))),
        },
        _ => None,
    };
    let parameters = pushed.as_ref().unwrap_or(parameters);
    let request = AuthorizationRequest::parse(parameters, &client, fapi::pkce(&client, app.config.pkce))
        .and_then(|request| if pushed.is_some() { Ok(request) } else { unpushed(app, &client, request) })
        .and_then(|request| expect(app, &client, parameters, request));
    Ok(request.map(|request| (client, request)))
}

/// A request that a browser brought itself, if its client may do so (RFC 9126 section 6).
fn unpushed(
    app: &App,
    client: &Client,
    request: AuthorizationRequest,
) -> Result<AuthorizationRequest, Refusal> {
    if !client.must_push() && !app.config.require_pushed_authorization_requests {
        return Ok(request);
    }
    let description = "this client must push its authorization requests";
    Err(refuse(&request, description))
}

/// Notes whom the site expects.
fn expect(
    app: &App,
    client: &Client,
    parameters: &Parameters,
    mut request: AuthorizationRequest,
) -> Result<AuthorizationRequest, Refusal> {
    match hint::expected_subjects(app, client, parameters, &request.options.claims) {
        Ok(subjects) => {
            request.options.subjects = subjects;
            Ok(request)
        }
        Err(error) => Err(refuse(&request, error.description())),
    }
}

fn refuse(request: &AuthorizationRequest, description: &'static str) -> Refusal {
    let error = request.error(AuthorizationErrorCode::InvalidRequest, description);
    error.map_or(Refusal::Page(PageError::Malformed(description.to_owned())), Refusal::Redirect)
}
