//! `GET /login/{id}`: the sign-in page, and how it moves on without scripts.
//!
//! 1. The browser's cookie says that the login is its own; without it there is nothing to see.
//! 2. Confirmed: `303` to the redirect URI with the result, or, where the login is bound to the browser's own key, a page that first proves
//!    the key. The widget comes here for that, too.
//! 3. Expired, with renewals left: `303` to the successor's page.
//! 4. Waiting, in a browser where somebody is signed in who will do: one click, unless they would rather be somebody else (`?account=other`),
//!    or the page is in a site's frame: what lies over a frame can lead a click astray.
//! 5. Else the page, with the code drawn in it. Without scripts it reloads itself.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use protocol::login::{LoginStatus, RenewReason};

use super::{
    own_login::{HeldIn, OwnLogin},
    renew, session_cookie,
    start::client_name,
    take_along,
};
use crate::{
    app::App,
    http::{
        extract::{Browser, text},
        headers,
        page::{CollectPage, ContinuePage, Language, LoginPage, PageProblem},
        problem::ApiProblem,
    },
    login::{
        LoginError,
        collect::{self, Collector, SessionPlace},
        enter, start,
    },
};

/// The query of somebody who would rather be somebody else.
const OTHER_ACCOUNT: &str = "account=other";

pub(super) async fn show(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
    Browser(browser): Browser,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    if own.held_in != HeldIn::Cookie {
        return Err(PageProblem::NotYours);
    }
    let login = collect::look(&app, own.id, &own.secret).await?;
    let language = Language::choose(login.request.options.ui_locales.as_deref(), &headers);
    let view = login.view(&app, app.clock.now());
    let session = session_cookie::session(&app, &headers).await?;
    match view.state {
        LoginStatus::Confirmed if login.browser.key.is_some() => {
            let site = client_name(&app, &login.request.client).await?;
            return Ok(CollectPage::new(&app, &login, &site, language).into_response());
        }
        LoginStatus::Confirmed => {
            let place = SessionPlace::Cookie(session.map(|session| session.id));
            let who = Collector { secret: &own.secret, key: None, place };
            let collected = collect::collect(&app, own.id, who).await?;
            return Ok(take_along::result(&app, &collected, language));
        }
        LoginStatus::Expired if view.renewals_left > 0 => {
            match start::renew(&app, own.id, &own.secret, RenewReason::Expiry, browser).await {
                Ok(started) => return Ok(renew::go_to(&app, &started, Some(own.id))),
                // The site's request is too old to be renewed: the page says that the code has expired.
                Err(LoginError::Expired) => {}
                Err(error) => return Err(error.into()),
            }
        }
        LoginStatus::Waiting if query.as_deref() != Some(OTHER_ACCOUNT) && !is_framed(&headers) => {
            if let Some(session) = session
                && let Some(click) = enter::one_click(&app, &login.request, &session).await?
            {
                return Ok(ContinuePage::new(&login, &click, language).into_response());
            }
        }
        _ => {}
    }
    let client = app.store.client(&login.request.client).await?;
    let site = client.as_ref().map_or_else(|| login.request.client.to_string(), |client| client.name.clone());
    let page = LoginPage::new(&app, &login, view, site, language);
    let mut response = page.into_response();
    headers::let_frame(&mut response, client.as_ref().map_or(&[], |client| &client.frame_ancestors));
    Ok(response)
}

/// Whether the browser asks for a frame's page (Fetch Metadata, `Sec-Fetch-Dest`).
fn is_framed(headers: &HeaderMap) -> bool {
    matches!(text(headers, "sec-fetch-dest"), Some("iframe" | "frame" | "object" | "embed"))
}
