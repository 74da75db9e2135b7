//! The back channel: the provider says that somebody has signed out (OIDC Back-Channel Logout section 2.5).

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::sign_out;

/// Where the provider calls. It is not a page of ours, so it brings no `Origin`: the token proves who calls.
pub(super) const PATH: &str = "/backchannel-logout";

/// The body.
#[derive(Deserialize)]
pub(super) struct Notice {
    logout_token: String,
}

/// `POST /backchannel-logout`: 200 once the sessions are over, 400 for a token that is not good (section 2.8).
pub(super) async fn logout(
    State(app): State<Arc<App>>,
    notice: Result<Form<Notice>, FormRejection>,
) -> Response {
    let Ok(Form(Notice { logout_token })) = notice else {
        return refusal("there is no logout_token");
    };
    match sign_out::by_provider(&app, &logout_token).await {
        Ok(ended) => {
            tracing::info!(ended, "signed out by the provider");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            let cause = super::failure::chain(&error);
            tracing::warn!(cause, "a logout token is refused");
            refusal(&cause)
        }
    }
}

fn refusal(description: &str) -> Response {
    let body = json!({ "error": "invalid_request", "error_description": description });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
