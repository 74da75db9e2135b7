//! The cookie by which a browser holds a login on the provider's own page: the browser secret, which proves "I started it".

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::{
    config::Issuer,
    login::{LoginId, Started, start::RENEWABLE_FOR},
    secret::BrowserSecret,
};

/// Each login has a cookie of its own, so that tabs do not disturb each other.
fn name(issuer: &Issuer, id: LoginId) -> String {
    let prefix = if issuer.is_https() { "__Host-" } else { "" };
    format!("{prefix}saoma-login-{id}")
}

/// The `Set-Cookie` header for a login that has just started.
pub(super) fn set(issuer: &Issuer, started: &Started) -> HeaderValue {
    let value = started.browser_secret.expose().to_owned();
    let life = cookie::time::Duration::try_from(RENEWABLE_FOR).unwrap_or_default();
    build(issuer, started.login.id, value, life)
}

/// The `Set-Cookie` header that takes away the cookie of a login that has a successor.
pub(super) fn remove(issuer: &Issuer, id: LoginId) -> HeaderValue {
    build(issuer, id, String::new(), cookie::time::Duration::ZERO)
}

fn build(issuer: &Issuer, id: LoginId, value: String, life: cookie::time::Duration) -> HeaderValue {
    let cookie = Cookie::build((name(issuer, id), value))
        .path("/")
        .http_only(true)
        .secure(issuer.is_https())
        .same_site(SameSite::Lax)
        .max_age(life);
    HeaderValue::from_str(&cookie.to_string()).expect("a cookie of base64url is a header")
}

/// Reads the cookie of a login.
pub(super) fn read(headers: &HeaderMap, issuer: &Issuer, id: LoginId) -> Option<BrowserSecret> {
    let name = name(issuer, id);
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookie = texts.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|c| c.name() == name)?;
    BrowserSecret::parse(cookie.value())
}
