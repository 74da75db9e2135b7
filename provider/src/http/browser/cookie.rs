//! The cookie by which a browser holds a login on the provider's own page: `<browser secret>.<QR secret>`.
//!
//! The first half proves "I started it". The second is what this browser shows on its screen anyway; it is there so that a
//! reload can draw the code again, for the store keeps only its hash.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::{
    config::Issuer,
    login::{LoginId, Started, start::RENEWABLE_FOR},
    secret::{BrowserSecret, QrSecret},
};

/// What the cookie holds.
pub(super) struct LoginCookie {
    pub(super) secret: BrowserSecret,
    pub(super) qr: QrSecret,
}

/// Each login has a cookie of its own, so that tabs do not disturb each other.
fn name(issuer: &Issuer, id: LoginId) -> String {
    let prefix = if issuer.is_https() { "__Host-" } else { "" };
    format!("{prefix}saoma-login-{id}")
}

/// The `Set-Cookie` header for a login that has just started.
pub(super) fn set(issuer: &Issuer, started: &Started) -> HeaderValue {
    let value = format!("{}.{}", started.browser_secret.expose(), started.qr.expose());
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
    HeaderValue::from_str(&cookie.to_string()).expect("a cookie of base64url and dots is a header")
}

/// Reads the cookie of a login.
pub(super) fn read(headers: &HeaderMap, issuer: &Issuer, id: LoginId) -> Option<LoginCookie> {
    let name = name(issuer, id);
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookie = texts.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|c| c.name() == name)?;
    let (secret, qr) = cookie.value().split_once('.')?;
    Some(LoginCookie { secret: BrowserSecret::parse(secret)?, qr: QrSecret::parse(qr)? })
}
