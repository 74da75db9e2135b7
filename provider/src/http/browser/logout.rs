//! `GET` and `POST /logout` (OpenID Connect RP-Initiated Logout section 2), and the answer of a person who was asked.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use protocol::paths;

use super::{authorize::QUERY_LENGTH, own_login::is_from_own_page, session_cookie};
use crate::{
    app::App,
    http::{
        extract::{Address, Form},
        page::{self, AskLogoutPage, Language, LogoutPage, PageProblem},
    },
    login::session::Ending,
    oauth::parameters::Parameters,
    oidc::logout::{
        self,
        request::{LogoutError, LogoutOutcome, LogoutRequest},
    },
    trail::Actor,
};

pub(super) async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Address(address): Address,
    RawQuery(query): RawQuery,
) -> Result<Response, PageProblem> {
    let parameters = Parameters::from_urlencoded(&query.unwrap_or_default())
        .map_err(|error| LogoutError::Malformed(error.to_string()))?;
    sign_out(&app, &headers, address, &parameters).await
}

/// As with an authorization request: what another site's page posts comes without our cookie, so the browser is asked to come again.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Address(address): Address,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    let parameters = form.map_err(|error| LogoutError::Malformed(error.to_string()))?;
    let query = parameters.to_urlencoded();
    if session_cookie::read(&headers, &app.config.issuer).is_none() && query.len() <= QUERY_LENGTH {
        return Ok(page::see_other(&format!("{}?{query}", paths::END_SESSION)));
    }
    sign_out(&app, &headers, address, &parameters).await
}

/// Who signs out, as the trail is told.
const fn actor(address: IpAddr) -> Actor {
    Actor { device: None, address: Some(address) }
}

async fn sign_out(
    app: &App,
    headers: &HeaderMap,
    address: IpAddr,
    parameters: &Parameters,
) -> Result<Response, PageProblem> {
    let request = LogoutRequest::read(app, parameters).await?;
    let language = Language::choose(parameters.get("ui_locales"), headers);
    let held = session_cookie::session(app, headers).await?;
    Ok(match request.carry_out(app, held, actor(address)).await? {
        LogoutOutcome::Done { browser } => done(app, request.back.as_deref(), browser, language),
        LogoutOutcome::Ask(session) => {
            let account = app.store.account(session.account).await?;
            AskLogoutPage::new(account.as_ref(), request.client.as_ref(), parameters, language)
                .into_response()
        }
    })
}

/// `POST /logout/confirm`: the person said yes on our own page.
pub(super) async fn confirm(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Address(address): Address,
    Form(form): Form,
) -> Result<Response, PageProblem> {
    if !is_from_own_page(&headers, &app.config.issuer) {
        return Err(PageProblem::NotYours);
    }
    let parameters = form.map_err(|error| LogoutError::Malformed(error.to_string()))?;
    let request = LogoutRequest::read(&app, &parameters).await?;
    if let Some(session) = session_cookie::session(&app, &headers).await? {
        logout::end_session(&app, session.id, Ending::SignedOut, actor(address)).await?;
    }
    let language = Language::choose(parameters.get("ui_locales"), &headers);
    Ok(done(&app, request.back.as_deref(), true, language))
}

fn done(app: &App, back: Option<&str>, browser: bool, language: Language) -> Response {
    let mut response = match back {
        Some(back) => page::see_other(back),
        None => LogoutPage::new(language).into_response(),
    };
    if browser {
        response.headers_mut().append(header::SET_COOKIE, session_cookie::remove(&app.config.issuer));
    }
    response
}
