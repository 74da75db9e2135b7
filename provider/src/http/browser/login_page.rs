//! `GET /login/{id}`: the sign-in page, and how it moves on without scripts.
//!
//! 1. The browser's cookie says that the login is its own; without it there is nothing to see.
//! 2. Confirmed: `303` to the redirect URI with the result. The widget comes here for that, too.
//! 3. Expired, with renewals left: `303` to the successor's page.
//! 4. Else the page, with the code drawn in it. Without scripts it reloads itself.

use std::sync::Arc;

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use protocol::login::{LoginStatus, RenewReason};

use super::{
    own_login::{HeldIn, OwnLogin},
    renew,
    start::client_name,
};
use crate::{
    app::App,
    http::{
        extract::Browser,
        page::{self, Language, LoginPage, PageProblem},
        problem::ApiProblem,
    },
    login::{
        LoginError,
        collect::{self, SessionPlace},
        start,
    },
};

pub(super) async fn show(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    Browser(browser): Browser,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    let HeldIn::Cookie(qr) = &own.held_in else { return Err(PageProblem::NotYours) };
    let login = collect::look(&app, own.id, &own.secret).await?;
    let view = login.view(app.clock.now(), &app.config.issuer);
    match view.state {
        LoginStatus::Confirmed => {
            let place = SessionPlace::Cookie(None);
            let collected = collect::collect(&app, own.id, &own.secret, place).await?;
            return Ok(page::see_other(&collected.result.redirect_to));
        }
        LoginStatus::Expired if view.renewals_left > 0 => {
            match start::renew(&app, own.id, &own.secret, RenewReason::Expiry, browser).await {
                Ok(started) => return Ok(renew::go_to(&app, &started, Some(own.id))),
                // The site's request is too old to be renewed: the page says that the code has expired.
                Err(LoginError::Expired) => {}
                Err(error) => return Err(error.into()),
            }
        }
        _ => {}
    }
    let site = client_name(&app, &login.request.client).await?;
    let page = LoginPage::new(&app, &login, &view, qr.expose(), site, Language::of(&headers));
    Ok(page.into_response())
}
