//! `GET` and `POST /userinfo` (OpenID Connect Core section 5.3), with a bearer token (RFC 6750).

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    http::extract::{Form, text},
    oauth::{access_token, scope::Scope},
    oidc::subject,
    store::StoreError,
};

/// Why userinfo is refused (RFC 6750 section 3.1).
enum Refused {
    /// No token at all: the challenge says nothing more.
    NoToken,
    /// Two tokens.
    TwoTokens,
    InvalidToken,
    InsufficientScope,
    Failed,
}

pub(super) async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    answer(&app, bearer(&headers)).await
}

pub(super) async fn post(State(app): State<Arc<App>>, headers: HeaderMap, Form(form): Form) -> Response {
    let form = form.unwrap_or_default();
    match (bearer(&headers), form.get("access_token")) {
        (Some(_), Some(_)) => Refused::TwoTokens.into_response(),
        (header, body) => answer(&app, header.or(body)).await,
    }
}

/// Pages of any origin may ask: the answer depends on the token alone, never on a cookie.
pub(super) async fn preflight() -> impl IntoResponse {
    let answer = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, answer)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

async fn answer(app: &App, token: Option<&str>) -> Response {
    let mut response = match claims(app, token).await {
        Ok(claims) => Json(claims).into_response(),
        Err(refused) => refused.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("www-authenticate"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

async fn claims(app: &App, token: Option<&str>) -> Result<Value, Refused> {
    let token = token.ok_or(Refused::NoToken)?;
    let access = access_token::verify(app, token).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "userinfo failed on our side");
        Refused::Failed
    })?;
    let access = access.ok_or(Refused::InvalidToken)?;
    if !access.scopes.contains(&Scope::OpenId) {
        return Err(Refused::InsufficientScope);
    }
    let failed = |error: StoreError| {
        tracing::error!(error = &error as &dyn std::error::Error, "userinfo failed on our side");
        Refused::Failed
    };
    let client =
        app.store.client(&access.grant.client).await.map_err(failed)?.ok_or(Refused::InvalidToken)?;
    let mut claims = access.account.claims.for_scopes(&access.scopes);
    claims.extend(access.account.claims.named(access.grant.claims.userinfo.keys()));
    claims.insert("sub".to_owned(), json!(subject::subject(app, &client, access.account.id)));
    claims.extend(
        subject::unionid(app, &client, access.account.id).map(|id| ("unionid".to_owned(), json!(id))),
    );
    Ok(Value::Object(claims))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "invalid_request", r#"Bearer realm="saoma""#),
            Self::TwoTokens => {
                (StatusCode::BAD_REQUEST, "invalid_request", r#"Bearer error="invalid_request""#)
            }
            Self::InvalidToken => {
                (StatusCode::UNAUTHORIZED, "invalid_token", r#"Bearer error="invalid_token""#)
            }
            Self::InsufficientScope => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                r#"Bearer error="insufficient_scope", scope="openid""#,
            ),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Bearer"),
        };
        let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))];
        (status, challenge, Json(json!({"error": error}))).into_response()
    }
}
