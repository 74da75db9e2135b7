//! `POST /api/logins/{id}/key`: the provider's own page binds its login to the browser's key, of which it sends a proof.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use super::{browser_key::BrowserKey, own_login::OwnLogin};
use crate::{app::App, http::problem::ApiProblem, login::bind, oauth::dpop::DpopError};

pub(super) async fn bind(
    State(app): State<Arc<App>>,
    own: OwnLogin,
    BrowserKey(key): BrowserKey,
) -> Result<StatusCode, ApiProblem> {
    let key = key.ok_or(DpopError::Missing)?;
    bind::bind(&app, own.id, &own.secret, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
