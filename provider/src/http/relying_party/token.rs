//! `POST /token` (RFC 6749 section 3.2). Always JSON, never cached.
//!
//! A page of a client's registered origin may read the answer, so that a public client without a back end can redeem its
//! code.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::paths;
use serde_json::json;

use super::dpop;
use crate::{
    app::App,
    http::extract::{Browser, Form, FormError, text},
    login::context::BrowserContext,
    oauth::{
        client::{Client, GrantType},
        client_auth,
        dpop::{self as proofs, Call, DpopError, Prover},
        error::TokenError,
        parameters::Parameters,
        token_request::{
            self, TokenRequest, TokenResponse,
            jwt_bearer::{self, PhoneTokenResponse},
        },
    },
};

pub(super) async fn token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Browser(from): Browser,
    Form(form): Form,
) -> Response {
    let form = match readable(form) {
        Ok(form) => form,
        Err(error) => return refuse(&error),
    };
    let authorization = text(&headers, header::AUTHORIZATION);
    if jwt_bearer::is_asked(&form) {
        return match enrol_phone(&app, &headers, &form, from).await {
            Ok(answer) => Json(answer).into_response(),
            Err(error) => refuse(&error),
        };
    }
    let client = match client_auth::authenticate(&app, authorization, &form).await {
        Ok(client) => client,
        Err(error) => return refuse(&error),
    };
    let mut response = match answer(&app, &client, &headers, &form).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(&error),
    };
    dpop::offer_nonce(&app, &headers, &mut response);
    allow_origin(&client, &headers, response.headers_mut());
    response
}

/// A phone app with an assertion (RFC 7523 section 2.1). None of a client's credentials is needed; who brings one must bring a good one.
async fn enrol_phone(
    app: &App,
    headers: &HeaderMap,
    form: &Parameters,
    from: BrowserContext,
) -> Result<PhoneTokenResponse, TokenError> {
    let authorization = text(headers, header::AUTHORIZATION);
    if authorization.is_some()
        || ["client_id", "client_assertion"].iter().any(|name| form.get(name).is_some())
    {
        let client = client_auth::authenticate(app, authorization, form).await?;
        if !client.may_use(GrantType::JwtBearer) {
            return Err(TokenError::UnauthorizedClient);
        }
    }
    let proof = text(headers, "dpop").ok_or(TokenError::Proof(DpopError::Missing))?;
    let url = app.config.issuer.url(paths::TOKEN);
    let call = Call { by: Prover::Phone, method: "POST", url: &url, access_token: None };
    let key = proofs::check(&*app.store, proof, call, app.clock.now()).await.map_err(TokenError::of_proof)?;
    jwt_bearer::enrol(app, form, key, from).await
}

async fn answer(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<TokenResponse, TokenError> {
    let key = dpop::key(app, client, headers, paths::TOKEN).await?;
    token_request::answer(app, TokenRequest { client, form, key: key.as_ref() }).await
}

/// A form, or why it cannot be read.
pub(super) fn readable(form: Result<Parameters, FormError>) -> Result<Parameters, TokenError> {
    form.map_err(|error| match error {
        FormError::TooLarge => TokenError::TooLarge,
        error => TokenError::InvalidRequest(error.to_string()),
    })
}

/// RFC 6749 section 5.2. A 401 names a scheme, as every 401 must (RFC 9110 section 11.6.1).
pub(super) fn refuse(error: &TokenError) -> Response {
    if let TokenError::Server(cause) = error {
        tracing::error!(error = cause as &dyn std::error::Error, "a token request failed on our side");
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({"error": error.code(), "error_description": error.to_string()});
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(r#"Basic realm="saoma", charset="UTF-8""#);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Lets a page of a registered origin read the answer.
pub(super) fn allow_origin(client: &Client, request: &HeaderMap, response: &mut HeaderMap) {
    let origin = text(request, header::ORIGIN).filter(|origin| client.allows_origin(origin));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(origin).ok()) {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("dpop-nonce"));
        response.insert(header::VARY, HeaderValue::from_static("origin"));
        response.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
}
