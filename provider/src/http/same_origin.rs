//! No page of another site changes anything here by a browser's hand (cross-site request forgery).
//!
//! 1. Browsers say where a request comes from: by `Sec-Fetch-Site`, older ones by `Origin`. What is no browser says neither.
//! 2. A request that may change something and comes from another origin goes no further, on any route but those in [`is_open`].
//! 3. Those take no cookie from other origins: a client's credential, a token or the widget's secret has to be in the request itself, or
//!    the browser is asked to come again by a link ([`super::browser`]).
//!
//! Cookies are `SameSite=Lax` beside that, so that browsers do not send them with such requests in the first place.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::{ProblemCode, paths};

use super::{browser::is_from_own_page, page::PageProblem, problem::ApiProblem};
use crate::app::App;

/// Turns such requests away.
pub(super) async fn enforce(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let passes = request.method().is_safe()
        || is_open(pattern)
        || is_from_own_page(request.headers(), &app.config.issuer);
    if passes {
        return next.run(request).await;
    }
    if pattern.starts_with("/login/") || pattern.starts_with(paths::END_SESSION) {
        return PageProblem::NotYours.into_response();
    }
    let detail = "Pages of other origins may not call this.";
    ApiProblem::new(ProblemCode::OriginNotAllowed, detail).into_response()
}

/// Whether pages of other origins may call a route.
fn is_open(pattern: &str) -> bool {
    const OPEN: [&str; 6] = [
        // Sites send forms there (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2).
        paths::AUTHORIZE,
        paths::END_SESSION,
        // Clients without a back end call these from their pages.
        paths::TOKEN,
        paths::REVOCATION,
        paths::PUSHED_AUTHORIZATION_REQUEST,
        paths::USERINFO,
    ];
    // The widget's calls are judged by its client's registered origins (`super::browser`).
    OPEN.contains(&pattern) || pattern.starts_with(paths::LOGINS)
}
