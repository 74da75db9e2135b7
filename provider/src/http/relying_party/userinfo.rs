//! `GET` and `POST /userinfo` (OpenID Connect Core section 5.3), with a bearer token (RFC 6750) or one that is bound to a key (RFC 9449
//! section 7.1). A token is good by its own scheme alone (section 7.2).

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::paths;
use serde_json::{Value, json};

use super::dpop::{offer_nonce, proof};
use crate::{
    app::App,
    http::extract::{Form, FormError, authorization},
    oauth::{
        access_token::{self, Access},
        client::Client,
        dpop::{Call, DpopError, Prover, site},
        error::ServerError,
        parameters::Parameters,
        scope::Scope,
    },
    oidc::subject,
};

/// How a token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

/// A token as it came.
#[derive(Clone, Copy)]
struct Presented<'a> {
    scheme: Scheme,
    token: &'a str,
}

/// Why userinfo is refused (RFC 6750 section 3.1, RFC 9449 section 7.1).
enum Refused {
    /// No token at all: the challenges say nothing more.
    NoToken,
    /// Two tokens, or something that cannot be read.
    Malformed,
    InvalidToken(Scheme),
    Proof(DpopError),
    InsufficientScope(Scheme),
    Failed(ServerError),
}

impl<E: Into<ServerError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

pub(super) async fn get(State(app): State<Arc<App>>, method: Method, headers: HeaderMap) -> Response {
    answer(&app, &method, &headers, presented(&headers)).await
}

pub(super) async fn post(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form) -> Response {
    let form = match form {
        Err(FormError::MediaType) => Ok(Parameters::default()),
        form => form.map_err(|_| Refused::Malformed),
    };
    let presented = match (presented(&headers), &form) {
        (Ok(in_header), Ok(form)) => one_of(in_header, form.get("access_token")),
        _ => Err(Refused::Malformed),
    };
    answer(&app, &Method::POST, &headers, presented).await
}

/// The token of a request that may have it in the header or in the form, and not in both (RFC 6750 section 2).
fn one_of<'a>(
    in_header: Option<Presented<'a>>,
    in_form: Option<&'a str>,
) -> Result<Option<Presented<'a>>, Refused> {
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(Refused::Malformed),
        (None, Some(token)) => Ok(Some(Presented { scheme: Scheme::Bearer, token })),
        (in_header, None) => Ok(in_header),
    }
}

/// Pages of any origin may ask: the answer depends on the token alone, never on a cookie.
pub(super) async fn preflight() -> impl IntoResponse {
    let answer = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, dpop"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, answer)
}

/// The token in the header. Another scheme brings none.
fn presented(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Refused> {
    let Some(authorization) = authorization(headers) else { return Ok(None) };
    if authorization.is_empty() {
        return Err(Refused::Malformed);
    }
    let Some((scheme, token)) = authorization.split_once(' ') else { return Ok(None) };
    Ok(match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(Presented { scheme: Scheme::Bearer, token }),
        "dpop" => Some(Presented { scheme: Scheme::Dpop, token }),
        _ => None,
    })
}

async fn answer(
    app: &App,
    method: &Method,
    request: &HeaderMap,
    presented: Result<Option<Presented<'_>>, Refused>,
) -> Response {
    let mut response = match claims(app, method, request, presented).await {
        Ok(claims) => Json(claims).into_response(),
        Err(refused) => refused.into_response(),
    };
    offer_nonce(app, request, &mut response);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = HeaderValue::from_static("www-authenticate, dpop-nonce");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

async fn claims(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
    presented: Result<Option<Presented<'_>>, Refused>,
) -> Result<Value, Refused> {
    let presented = presented?.ok_or(Refused::NoToken)?;
    let invalid = || Refused::InvalidToken(presented.scheme);
    let access = access_token::verify(app, presented.token).await?.ok_or_else(invalid)?;
    let client = app.store.client(&access.grant.client).await?.ok_or_else(invalid)?;
    match (presented.scheme, &access.key) {
        (Scheme::Bearer, None) => {}
        (Scheme::Dpop, Some(key)) => {
            let url = app.config.issuer.url(paths::USERINFO);
            let access_token = Some(presented.token);
            let call = Call { by: Prover::Site, method: method.as_str(), url: &url, access_token };
            check_proof(app, &client, headers, (call, key)).await?;
        }
        (Scheme::Bearer, Some(_)) => return Err(Refused::InvalidToken(Scheme::Dpop)),
        (Scheme::Dpop, None) => return Err(Refused::InvalidToken(Scheme::Bearer)),
    }
    if !access.scopes.contains(&Scope::OpenId) {
        return Err(Refused::InsufficientScope(presented.scheme));
    }
    Ok(told(app, &client, &access))
}

/// The proof must be there, be for this call with this token, and be by the key that the token is bound to.
async fn check_proof(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    (call, key): (Call<'_>, &str),
) -> Result<(), Refused> {
    let proof = proof(headers).and_then(|proof| proof.ok_or(DpopError::Missing)).map_err(Refused::Proof)?;
    match site::check(app, client, proof, call).await {
        Ok(by) if by.as_str() == key => Ok(()),
        Ok(_) => Err(Refused::Proof(DpopError::OtherKey)),
        Err(DpopError::Store(error)) => Err(error.into()),
        Err(refused) => Err(Refused::Proof(refused)),
    }
}

fn told(app: &App, client: &Client, access: &Access) -> Value {
    let mut claims = access.account.claims.for_scopes(&access.scopes);
    claims.extend(access.account.claims.named(access.grant.claims.userinfo.keys()));
    claims.insert("sub".to_owned(), json!(subject::subject(app, client, access.account.id)));
    claims
        .extend(subject::unionid(app, client, access.account.id).map(|id| ("unionid".to_owned(), json!(id))));
    Value::Object(claims)
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, scheme, error, description) = match self {
            Self::NoToken => return no_token(),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                Scheme::Bearer,
                "invalid_request",
                "send one access token, in one way".to_owned(),
            ),
            Self::InvalidToken(scheme) => {
                let what = "the token is unknown, expired, revoked, or comes by another scheme than its own";
                (StatusCode::UNAUTHORIZED, scheme, "invalid_token", what.to_owned())
            }
            Self::Proof(refused) => {
                let error =
                    if matches!(refused, DpopError::Nonce) { "use_dpop_nonce" } else { "invalid_dpop_proof" };
                (StatusCode::UNAUTHORIZED, Scheme::Dpop, error, refused.to_string())
            }
            Self::InsufficientScope(scheme) => (
                StatusCode::FORBIDDEN,
                scheme,
                "insufficient_scope",
                "the token lacks the scope openid".to_owned(),
            ),
            Self::Failed(cause) => {
                let cause = &cause as &dyn std::error::Error;
                tracing::error!(error = cause, "userinfo failed on our side");
                let body =
                    json!({"error": "server_error", "error_description": "the server failed; try again"});
                return (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
            }
        };
        let challenge = [(header::WWW_AUTHENTICATE, challenge(scheme, error))];
        (status, challenge, Json(json!({"error": error, "error_description": description}))).into_response()
    }
}

/// The challenge of a scheme, with what is wrong.
fn challenge(scheme: Scheme, error: &str) -> String {
    let scope = if error == "insufficient_scope" { r#", scope="openid""# } else { "" };
    match scheme {
        Scheme::Bearer => format!(r#"Bearer error="{error}"{scope}"#),
        Scheme::Dpop => format!(r#"DPoP error="{error}"{scope}, algs="{}""#, algorithms()),
    }
}

/// A challenge for each scheme, with no error: nothing was tried (RFC 6750 section 3).
fn no_token() -> Response {
    let body = Json(json!({"error": "invalid_request", "error_description": "send an access token"}));
    let mut response = (StatusCode::UNAUTHORIZED, body).into_response();
    let dpop = format!(r#"DPoP realm="saoma", algs="{}""#, algorithms());
    for challenge in [r#"Bearer realm="saoma""#, &dpop] {
        if let Ok(challenge) = HeaderValue::from_str(challenge) {
            response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
        }
    }
    response
}

fn algorithms() -> String {
    Prover::Site.algorithms().join(" ")
}
