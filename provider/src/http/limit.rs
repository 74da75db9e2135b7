//! Counts each request by the address that it comes from, before anything else is done for it.
//!
//! What a route is counted as follows from its pattern; a route that nobody thought of is counted with sites' calls. Files, and documents
//! that are the same for all, are not counted: they cost no more than the refusal would.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::paths;

use super::{extract::Address, page::PageProblem, problem::ApiProblem, relying_party};
use crate::{
    app::App,
    limits::{Rule, TooMany},
    oauth::error::TokenError,
    store::StoreError,
};

/// How a refusal is said to who calls here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    /// A page, for a person.
    Page,
    /// Problem details.
    Problem,
    /// As the OAuth endpoints say errors (RFC 6749 section 5.2).
    OAuth,
}

/// Where each request is counted.
pub(super) async fn enforce(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().cloned();
    let pattern = pattern.as_ref().map_or("", MatchedPath::as_str);
    let Some(rule) = rule(request.method(), pattern) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let address = match Address::from_request_parts(&mut parts, &app).await {
        Ok(Address(address)) => address,
        Err(problem) => return problem.into_response(),
    };
    match admit(&app, rule, address).await {
        Ok(Ok(())) => next.run(Request::from_parts(parts, body)).await,
        Ok(Err(too_many)) => {
            tell_of_proxy(&app, &parts.headers, address);
            refuse(tongue(pattern), too_many)
        }
        Err(error) => fail(tongue(pattern), error),
    }
}

async fn admit(app: &App, rule: Rule, address: IpAddr) -> Result<Result<(), TooMany>, StoreError> {
    let now = app.clock.now();
    if let Err(too_many) = app.limiter.admit_address(rule, address, now) {
        return Ok(Err(too_many));
    }
    if rule == Rule::Starts {
        return app.limiter.admits_login(&*app.store, address, now).await;
    }
    Ok(Ok(()))
}

/// What a route is counted as; `None`: it is not counted.
fn rule(method: &Method, pattern: &str) -> Option<Rule> {
    const FILES: [&str; 6] = ["/assets/", "/widget/", "/app", "/q/", "/.well-known/", "/dev-ca.crt"];
    let starts = method == Method::POST && (pattern == paths::LOGINS || pattern.ends_with("/renew"));
    Some(match pattern {
        "" | paths::JWKS | paths::OPENAPI | "/healthz" | "/readyz" => return None,
        file if FILES.iter().any(|prefix| file.starts_with(prefix)) => return None,
        paths::AUTHORIZE | paths::DEVICE_AUTHORIZATION => Rule::Starts,
        _ if starts => Rule::Starts,
        own if own.starts_with(paths::LOGINS) || tongue(own) == Tongue::Page => Rule::Browsing,
        paths::PHONE_SIGN_IN | paths::PHONE_PASSKEY_SIGN_IN => Rule::SignIns,
        phone if phone.starts_with("/api/phone/") => Rule::Phones,
        _ => Rule::Sites,
    })
}

fn tongue(pattern: &str) -> Tongue {
    match pattern {
        paths::AUTHORIZE | paths::DEVICE => Tongue::Page,
        page if page.starts_with("/login/") || page.starts_with(paths::END_SESSION) => Tongue::Page,
        api if api.starts_with("/api/") => Tongue::Problem,
        _ => Tongue::OAuth,
    }
}

/// Behind a proxy that nobody told us to trust, all the world is one caller. Whoever runs it is told once.
fn tell_of_proxy(app: &App, headers: &HeaderMap, address: IpAddr) {
    let forwarded = headers.contains_key(header::FORWARDED) || headers.contains_key("x-forwarded-for");
    if forwarded && app.config.proxies.trusted.is_empty() && app.limiter.is_first_complaint() {
        tracing::warn!(%address, "too many requests from what may be a proxy: if it is yours, name it in trusted_proxies");
    }
}

/// The answer is the same for everybody, so every page may read it: a widget on a site's page learns when to come again.
fn refuse(tongue: Tongue, too_many: TooMany) -> Response {
    let mut response = match tongue {
        Tongue::Page => return PageProblem::TooMany(too_many).into_response(),
        Tongue::Problem => ApiProblem::from(too_many).into_response(),
        Tongue::OAuth => relying_party::refuse(&TokenError::TooMany(too_many)),
    };
    let open = [
        (header::RETRY_AFTER, HeaderValue::from(too_many.seconds())),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after")),
    ];
    response.headers_mut().extend(HeaderMap::from_iter(open));
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

fn fail(tongue: Tongue, error: StoreError) -> Response {
    match tongue {
        Tongue::Page => PageProblem::from(error).into_response(),
        Tongue::Problem => ApiProblem::from(error).into_response(),
        Tongue::OAuth => relying_party::refuse(&TokenError::from(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_starts_a_sign_in_is_counted_as_one() {
        for (method, pattern) in [
            (Method::GET, "/authorize"),
            (Method::POST, "/authorize"),
            (Method::POST, "/api/logins"),
            (Method::POST, "/api/logins/{id}/renew"),
            (Method::POST, "/login/{id}/renew"),
            (Method::POST, "/device_authorization"),
        ] {
            assert_eq!(rule(&method, pattern), Some(Rule::Starts), "{method} {pattern}");
        }
        assert_eq!(rule(&Method::OPTIONS, "/api/logins"), Some(Rule::Browsing), "a question is no start");
    }

    #[test]
    fn each_caller_is_counted_apart_and_refused_in_their_own_words() {
        for (pattern, expected, words) in [
            ("/api/logins/{id}", Rule::Browsing, Tongue::Problem),
            ("/login/{id}", Rule::Browsing, Tongue::Page),
            ("/logout/confirm", Rule::Browsing, Tongue::Page),
            ("/device", Rule::Browsing, Tongue::Page),
            ("/api/phone/sign-in", Rule::SignIns, Tongue::Problem),
            ("/api/phone/sign-in/passkey", Rule::SignIns, Tongue::Problem),
            ("/api/phone/sign-in/passkey/options", Rule::Phones, Tongue::Problem),
            ("/api/phone/sign-in/result", Rule::Phones, Tongue::Problem),
            ("/api/phone/scan", Rule::Phones, Tongue::Problem),
            ("/token", Rule::Sites, Tongue::OAuth),
            ("/par", Rule::Sites, Tongue::OAuth),
            ("/register/{client_id}", Rule::Sites, Tongue::OAuth),
            ("/something/new", Rule::Sites, Tongue::OAuth),
        ] {
            assert_eq!((rule(&Method::GET, pattern), tongue(pattern)), (Some(expected), words), "{pattern}");
        }
    }

    #[test]
    fn what_is_the_same_for_all_is_not_counted() {
        for pattern in ["/app", "/app/{file}", "/q/{secret}", "/widget/{file}", "/jwks.json", "/healthz", ""]
        {
            assert_eq!(rule(&Method::GET, pattern), None, "{pattern}");
        }
    }
}
