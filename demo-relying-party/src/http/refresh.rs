//! Fresh tokens, at the press of a button.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;

use super::reader::Reader;
use crate::app::App;
use crate::failure::{Failure, FailureKind};
use crate::place::Place;
use crate::sign_in;

/// `POST /account/refresh`. It runs to its end even if the reader leaves: half a rotation would lose the refresh token.
pub(super) async fn refresh(State(app): State<Arc<App>>, reader: Reader) -> Result<Redirect, Failure> {
    let signed_out = || FailureKind::SignedOut.at(Place::Account);
    let session = reader.session.ok_or_else(signed_out)?;
    let refreshing = tokio::spawn(async move { sign_in::refresh(&app, &session).await });
    refreshing.await.map_err(|_| signed_out())??;
    Ok(Redirect::to("/account"))
}
