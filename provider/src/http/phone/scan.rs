//! `POST /api/phone/scan`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use protocol::{
    Problem, ProblemCode, paths,
    phone::{AskedScope, BrowserContext, Scan, Scanned, Site},
};

use super::{answers::BodyRefused, caller::Phone};
use crate::{
    account::AccountId,
    app::App,
    geoip::Names,
    http::{extract::ApiJson, page::Language, problem::ApiProblem},
    login::{
        Check, Login,
        approve::{self, Handle},
        consent, unlock,
    },
    oauth::client::Client,
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
        (status = 410, description = "The code has expired, or is of some seconds ago.", body = Problem),
    ),
)]
pub(super) async fn scan(
    State(app): State<Arc<App>>,
    Phone(phone): Phone,
    headers: HeaderMap,
    ApiJson(body): ApiJson<Scan>,
) -> Result<Json<Scanned>, ApiProblem> {
    let scan = approve::scan(&app, &phone, &handle(body)?).await?;
    let login = &scan.login;
    let unlock = match scan.checks.unlock {
        Check::Open => Some(unlock::offer(&app, &phone, &scan.ticket).await?),
        Check::NotAsked | Check::Passed => None,
    };
    Ok(Json(Scanned {
        ticket: scan.ticket.expose().to_owned(),
        expires_in: login.seconds_left(app.clock.now()),
        account: phone.account.summary(),
        site: site(&app, login, &scan.client, phone.account.id).await?,
        browser: BrowserContext {
            place: app.config.geoip.place(login.browser.address, names(&headers)),
            ..login.browser.for_approver(login.started_at)
        },
        signs: scan.signs,
        match_required: scan.checks.matching == Check::Open,
        unlock,
    }))
}

/// The language of the phone, for the names of places.
fn names(headers: &HeaderMap) -> Names {
    match Language::of(headers) {
        Language::Chinese => Names::Chinese,
        Language::English => Names::English,
    }
}

fn handle(body: Scan) -> Result<Handle, ApiProblem> {
    match (body.qr, body.user_code, body.sighting) {
        (Some(text), None, sighting) => Ok(Handle::Qr { text, sighting }),
        (None, Some(code), None) => Ok(Handle::UserCode(code)),
        _ => Err(ApiProblem::new(
            ProblemCode::InvalidRequest,
            "Send either qr, perhaps with a sighting, or user_code.",
        )),
    }
}

/// Who asks, and for what.
async fn site(app: &App, login: &Login, client: &Client, account: AccountId) -> Result<Site, ApiProblem> {
    let question = consent::question(app, client, &login.request, account).await?;
    let scopes = question.asked.iter().map(|scope| AskedScope {
        name: scope.as_str().to_owned(),
        optional: question.open && client.may_do_without(scope),
        granted: question.remembered.contains(scope),
    });
    Ok(Site {
        scopes: scopes.collect(),
        consent: question.open,
        host: login.request.redirect().map(|redirect| redirect.uri.host()),
        name: client.name.clone(),
        verified: client.verified,
        logo: client.logo.as_ref().map(|logo| paths::logo(&logo.digest)),
    })
}
