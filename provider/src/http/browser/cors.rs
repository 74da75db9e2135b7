//! Which pages may run the widget: those whose origin is registered for the client (`allowed_origins`).
//!
//! 1. A call without `Origin`, or with our own, is not cross-origin and passes.
//! 2. Any other is judged by the client of the call: the `client_id` of the query where a login starts, the login's client
//!    afterwards. Its origin must be registered for that client, to the letter.
//! 3. Then the answer, error or not, may be read by that origin. There are no credentials: the widget's secret is a header.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::{ProblemCode, login::BROWSER_SECRET_HEADER};

use crate::{
    app::App,
    http::{extract::text, problem::ApiProblem},
    login::LoginId,
    oauth::{
        client::{Client, ClientId},
        parameters::Parameters,
    },
    store::StoreError,
};

/// Seconds for which a browser may remember that it asked.
const REMEMBER: &str = "600";

/// Enforces the rule around the login API.
pub(super) async fn enforce(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    if origin == app.config.issuer.as_str() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let path = Path::<String>::from_request_parts(&mut parts, &()).await.ok().map(|Path(id)| id);
    let client = match client_of_call(&app, path.as_deref(), parts.uri.query()).await {
        Ok(client) => client,
        Err(error) => return ApiProblem::from(error).into_response(),
    };
    let origin_text = text(&parts.headers, header::ORIGIN).unwrap_or_default();
    if !client.is_some_and(|client| client.allows_origin(origin_text)) {
        let detail = "This page's origin is not registered for this client (allowed_origins).";
        return ApiProblem::new(ProblemCode::OriginNotAllowed, detail).into_response();
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// Answers the browser's question whether it may call. Who may not has been turned away by [`enforce`].
pub(super) async fn preflight() -> impl IntoResponse {
    let headers = format!("content-type, dpop, last-event-id, {BROWSER_SECRET_HEADER}");
    let answer = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST".to_owned()),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, headers),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBER.to_owned()),
    ];
    (StatusCode::NO_CONTENT, answer)
}

async fn client_of_call(
    app: &App,
    login: Option<&str>,
    query: Option<&str>,
) -> Result<Option<Client>, StoreError> {
    let id = match login {
        Some(id) => match LoginId::parse(id) {
            Some(id) => app.store.login(id).await?.map(|login| login.request.client),
            None => None,
        },
        None => Parameters::from_urlencoded(query.unwrap_or_default())
            .ok()
            .and_then(|query| query.get("client_id").and_then(ClientId::parse)),
    };
    match id {
        Some(id) => app.store.client(&id).await,
        None => Ok(None),
    }
}
