//! The redirect URI: where the provider sends the reader back to.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::reader::{Reader, keep};
use crate::app::App;
use crate::failure::{Failure, FailureKind};
use crate::oidc::AuthorizationResponse;
use crate::sign_in;

/// `GET /callback`. A parameter that is there twice cannot be read, and is a refusal (RFC 6749 section 3.1).
pub(super) async fn receive(
    State(app): State<Arc<App>>,
    reader: Reader,
    answer: Result<Query<AuthorizationResponse>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(answer) = answer.map_err(|_| FailureKind::Unreadable)?;
    let finished = sign_in::finish(&app, reader.session, answer).await?;
    Ok((keep(&app.config.site, &finished.session), Redirect::to(&finished.place.path())).into_response())
}
