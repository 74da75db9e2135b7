//! `POST /api/phone/scan`.

use std::sync::Arc;

use axum::{Json, extract::State};
use protocol::{
    Problem,
    phone::{Scan, Scanned, Site},
};

use super::{answers::BodyRefused, caller::Phone};
use crate::{
    app::App,
    http::{browser::client_name, extract::ApiJson, problem::ApiProblem},
    login::approve,
};

/// Scans a QR code: the ticket, who asks, what for, and from which browser.
#[utoipa::path(
    post, path = "/api/phone/scan", request_body = Scan, security(("proof" = [], "token" = [])),
    responses(
        BodyRefused,
        (status = 200, description = "Scanned by this device and no other.", body = Scanned),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 403, description = "A sign-in code of another server.", body = Problem),
        (status = 404, description = "The code is unknown.", body = Problem),
        (status = 409, description = "Scanned, decided or cancelled already.", body = Problem),
        (status = 410, description = "The code has expired.", body = Problem),
    ),
)]
pub(super) async fn scan(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    ApiJson(body): ApiJson<Scan>,
) -> Result<Json<Scanned>, ApiProblem> {
    let (login, ticket) = approve::scan(&app, &phone, &body.qr).await?;
    Ok(Json(Scanned {
        ticket: ticket.expose().to_owned(),
        expires_in: app.config.lifetimes.scanned.as_secs(),
        account: phone.account.summary(),
        site: Site {
            name: client_name(&app, &login.request.client).await?,
            host: login.request.redirect_uri.host(),
            scopes: login.request.scopes.names(),
        },
        browser: login.browser.for_approver(login.started_at),
    }))
}
