//! `GET /api/phone/sites` and `DELETE /api/phone/sites/{client_id}`: what the person has allowed sites.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{
    Problem, ProblemCode,
    phone::{AllowedSite, AllowedSites},
};

use super::caller::Phone;
use crate::{
    app::App,
    http::problem::ApiProblem,
    login::consent::{self, Consent},
    oauth::client::ClientId,
    store::StoreError,
};

/// Sites that the person has allowed something, the last used first.
#[utoipa::path(
    get, path = "/api/phone/sites", security(("proof" = [], "token" = [])),
    responses(
        (status = 200, description = "The sites.", body = AllowedSites),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
    ),
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
) -> Result<Json<AllowedSites>, ApiProblem> {
    let mut sites = Vec::new();
    for consent in app.store.consents(phone.account.id).await? {
        sites.push(describe(&app, consent).await?);
    }
    Ok(Json(AllowedSites { sites }))
}

/// Takes back what the person has allowed a site, and with it every grant that the site has of them.
#[utoipa::path(
    delete, path = "/api/phone/sites/{client_id}", security(("proof" = [], "token" = [])),
    params(("client_id" = String, Path, description = "The site's identifier.")),
    responses(
        (status = 204, description = "Taken back."),
        (status = 401, description = "The token or the proof is no good.", body = Problem),
        (status = 404, description = "The site has been allowed nothing.", body = Problem),
    ),
)]
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    Path(client): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    let unknown = || ApiProblem::new(ProblemCode::UnknownSite, "This site has been allowed nothing.");
    let client = ClientId::parse(&client).ok_or_else(unknown)?;
    let withdrawn = consent::withdraw(&app, phone.account.id, &client, phone.actor()).await?;
    if withdrawn { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

async fn describe(app: &App, consent: Consent) -> Result<AllowedSite, StoreError> {
    let client = app.store.client(&consent.client).await?;
    Ok(AllowedSite {
        client_id: consent.client.to_string(),
        name: client.map_or_else(|| consent.client.to_string(), |client| client.name),
        scopes: consent.scopes.names(),
        granted_at: consent.granted_at.seconds(),
        used_at: consent.used_at.seconds(),
    })
}
