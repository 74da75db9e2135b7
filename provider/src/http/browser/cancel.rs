//! Giving up a login, from the browser that started it.

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
    login::collect,
};

/// `POST /api/logins/{id}/cancel`.
pub(super) async fn api(State(app): State<Arc<App>>, own: OwnLogin) -> Result<Json<LoginView>, ApiProblem> {
    let login = collect::cancel(&app, own.id, &own.secret).await?;
    Ok(Json(login.view(&app, app.clock.now())))
}

/// `POST /login/{id}/cancel`: the page's form. Whatever became of the login, its page shows it.
pub(super) async fn form(
    State(app): State<Arc<App>>,
    own: Result<OwnLogin, ApiProblem>,
) -> Result<Response, PageProblem> {
    let own = own.map_err(|_| PageProblem::NotYours)?;
    collect::cancel(&app, own.id, &own.secret).await?;
    Ok(page::see_other(&paths::login_page(&own.id.to_string())))
}
