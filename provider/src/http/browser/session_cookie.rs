//! The cookie by which a browser holds its session at this provider.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::{app::App, config::Issuer, login::session::Session, secret::SessionSecret, store::StoreError};

fn name(issuer: &Issuer) -> &'static str {
    if issuer.is_https() { "__Host-saoma-session" } else { "saoma-session" }
}

/// The `Set-Cookie` header for a session that has just begun. It has no age: the store knows when it ends, and so does
/// a browser that is closed.
pub(super) fn set(issuer: &Issuer, secret: &SessionSecret) -> HeaderValue {
    header_value(&build(issuer, secret.expose().to_owned()))
}

/// The `Set-Cookie` header that takes the cookie away.
pub(super) fn remove(issuer: &Issuer) -> HeaderValue {
    let mut cookie = build(issuer, String::new());
    cookie.set_max_age(cookie::time::Duration::ZERO);
    header_value(&cookie)
}

fn build(issuer: &Issuer, value: String) -> Cookie<'static> {
    Cookie::build((name(issuer), value))
        .path("/")
        .http_only(true)
        .secure(issuer.is_https())
        .same_site(SameSite::Lax)
        .build()
}

fn header_value(cookie: &Cookie<'_>) -> HeaderValue {
    HeaderValue::from_str(&cookie.to_string()).expect("a cookie of base64url is a header")
}

/// Reads the cookie.
pub(super) fn read(headers: &HeaderMap, issuer: &Issuer) -> Option<SessionSecret> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies
        .find(|cookie| cookie.name() == name(issuer))
        .and_then(|cookie| SessionSecret::parse(cookie.value()))
}

/// The session that this browser holds, if it lasts.
pub(super) async fn session(app: &App, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    match read(headers, &app.config.issuer) {
        Some(secret) => app.store.session(&secret.digest(), app.clock.now()).await,
        None => Ok(None),
    }
}
