//! Whose request it is: the session cookie.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use cookie::{Cookie, SameSite};
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use super::frame::{Frame, Viewer};
use crate::app::App;
use crate::config::SiteUrl;
use crate::place::Place;
use crate::session::{Member, SessionId};

/// How long a browser keeps the cookie; the store forgets the session by itself.
const LIFE: cookie::time::Duration = cookie::time::Duration::hours(12);

/// A reader: the session that their cookie names, and who they are if they are signed in.
#[derive(Debug)]
pub(super) struct Reader {
    /// The cookie, which may name a session that is over.
    pub(super) session: Option<SessionId>,
    /// Who is signed in.
    pub(super) member: Option<Member>,
}

impl Reader {
    /// What every page around its content shows this reader.
    pub(super) fn frame(&self, app: &App, place: Place) -> Frame {
        let viewer = match &self.member {
            Some(member) => Viewer::Member(member.display_name().to_owned()),
            None => Viewer::Guest,
        };
        Frame { viewer, place: place.path(), widget: app.config.issuer.join("/widget/saoma.js") }
    }
}

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let name = cookie_name(&app.config.site);
        let headers = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let session = headers
            .flat_map(|text| Cookie::split_parse(text).flatten())
            .filter(|cookie| cookie.name() == name)
            .find_map(|cookie| SessionId::parse(cookie.value()));
        let member = session.as_ref().and_then(|id| app.sessions.member(id, app.clock.now()));
        Ok(Self { session, member })
    }
}

/// The header that gives the browser its session.
pub(super) fn keep(site: &SiteUrl, session: &SessionId) -> [(HeaderName, HeaderValue); 1] {
    [(SET_COOKIE, header(site, session.reveal(), LIFE))]
}

/// The header that takes it away.
pub(super) fn forget(site: &SiteUrl) -> [(HeaderName, HeaderValue); 1] {
    [(SET_COOKIE, header(site, "", cookie::time::Duration::ZERO))]
}

fn header(site: &SiteUrl, value: &str, life: cookie::time::Duration) -> HeaderValue {
    // Lax, not Strict: the provider's redirect to the callback comes from another site and must bring it.
    let cookie = Cookie::build((cookie_name(site), value))
        .path("/")
        .http_only(true)
        .secure(site.is_secure())
        .same_site(SameSite::Lax)
        .max_age(life)
        .build();
    cookie.to_string().parse().unwrap_or(HeaderValue::from_static(""))
}

/// With https the prefix makes browsers refuse a cookie of this name from a sister domain or over http.
fn cookie_name(site: &SiteUrl) -> &'static str {
    if site.is_secure() { "__Host-gnomon" } else { "gnomon" }
}
