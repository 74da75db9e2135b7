//! What every request and every answer passes.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method};

use super::backchannel;
use crate::app::App;
use crate::config::Config;
use crate::failure::{Failure, FailureKind};

/// The content security policy, made once.
#[derive(Debug, Clone)]
pub(super) struct Policy(HeaderValue);

impl Policy {
    /// Nothing but this site's own files, and from the provider its widget: script, WebAssembly and calls.
    pub(super) fn new(config: &Config) -> Self {
        let issuer = config.issuer.origin();
        let policy = format!(
            "default-src 'none'; script-src 'self' {issuer} 'wasm-unsafe-eval'; style-src 'self'; \
             connect-src 'self' {issuer}; img-src 'self' data:; form-action 'self' {issuer}; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        // An origin is ASCII, so this cannot fail; if it did, the policy would be the strictest.
        Self(policy.parse().unwrap_or(HeaderValue::from_static("default-src 'none'")))
    }
}

/// Adds the headers that keep a page to itself.
pub(super) async fn headers(State(Policy(policy)): State<Policy>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The callback's address has a code in it. Not `no-referrer`: our own forms would then send `Origin: null`.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses whatever could change something and does not come from a page of this site. Browsers have sent `Origin`
/// with every POST for years, so its absence is a refusal too.
pub(super) async fn own_pages_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_provider = request.uri().path() == backchannel::PATH;
    if harmless || is_provider || is_from(request.headers(), app.config.site.origin()) {
        return next.run(request).await;
    }
    Failure::from(FailureKind::ForeignOrigin).into_response()
}

fn is_from(headers: &HeaderMap, origin: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let ours = origins.next().is_some_and(|value| value == origin) && origins.next().is_none();
    let fetch_site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    ours && fetch_site
}

/// One line per request: the path without its query, which may hold a code.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let (method, path, start) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let response = next.run(request).await;
    tracing::debug!(%method, path, status = response.status().as_u16(), elapsed = ?start.elapsed(), "answered");
    response
}
