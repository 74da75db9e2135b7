//! Headers that every answer has.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::app::App;

/// What pages may do: run our own scripts and WebAssembly, use our own styles, and talk to us. Nothing else, nowhere else. No script makes
/// HTML out of text (Trusted Types); the one that names another script's address (`web-ui/static/app/app.js`) does so by the policy `saoma`.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types saoma";

/// The same for a page whose forms lead to a site: browsers judge `form-action` by every redirect that follows, and where a
/// site sends its visitor next is its own affair.
const WITH_FORMS_TO_SITES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Lets a page's forms lead to a site.
pub(super) fn let_forms_leave(response: &mut Response) {
    let policy = HeaderValue::from_static(WITH_FORMS_TO_SITES);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// Lets pages of these origins show a page in a frame of theirs; it stays as strict in all else. Without any, nobody may.
pub(super) fn let_frame(response: &mut Response, ancestors: &[String]) {
    if ancestors.is_empty() {
        return;
    }
    let framed = format!("frame-ancestors {}", ancestors.join(" "));
    let policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", &framed);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Adds the security headers, each where the answer has none of its own.
pub(super) async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        // What nobody may store (RFC 6749 section 5.1 wants it said for old caches, too).
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    }
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Pages with forms have another (`super::browser`).
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::CACHE_CONTROL, "no-store");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()");
    // Never with a certificate for development: browsers would refuse the host for a year after the trial.
    if app.config.issuer.is_https() && app.config.dev_authority.is_none() {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
