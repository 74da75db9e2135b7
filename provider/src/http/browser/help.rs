//! "I need more time" and "type a code instead", by the widget or by the page's forms.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use protocol::{login::LoginView, paths};

use super::own_login::OwnLogin;
use crate::{
    app::App,
    http::{
        page::{self, PageProblem},
        problem::ApiProblem,
    },
    login::{LoginError, help},
};

/// `POST /api/logins/{id}/extend`.
pub(super) async fn extend(
    State(app): State<Arc<App>>,
    own: OwnLogin,
) -> Result<Json<LoginView>, ApiProblem> {
    let login = help::extend(&app, own.id, &own.secret).await?;
    Ok(Json(login.view(&app, app.clock.now())))
}

/// `POST /api/logins/{id}/typed-code`.
pub(super) async fn offer_code(
    State(app): State<Arc<App>>,
    own: OwnLogin,
) -> Result<Json<LoginView>, ApiProblem> {
    let login = help::offer_code(&app, own.id, &own.secret).await?;
    Ok(Json(login.view(&app, app.clock.now())))
}

/// `POST /login/{id}/extend`.
pub(super) async fn extend_form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    back_to_page(&own, help::extend(&app, own.id, &own.secret).await.err())
}

/// `POST /login/{id}/typed-code`.
pub(super) async fn offer_code_form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    back_to_page(&own, help::offer_code(&app, own.id, &own.secret).await.err())
}

/// Whatever became of the login meanwhile, its page shows it.
fn back_to_page(own: &OwnLogin, refused: Option<LoginError>) -> Result<Response, PageProblem> {
    match refused {
        Some(error @ (LoginError::UnknownLogin | LoginError::Store(_))) => Err(error.into()),
        _ => Ok(page::see_other(&paths::login_page(&own.id.to_string()))),
    }
}
