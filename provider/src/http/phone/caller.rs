//! Who calls: a device, by its DPoP proof (RFC 9449) and, once it is enrolled, its access token.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use protocol::paths;

use crate::{
    account::phone_session::{self, PhoneError, PhoneSession},
    app::App,
    http::{
        extract::{Address, Browser, text},
        problem::ApiProblem,
    },
    limits::{Rule, TooMany},
    login::context::BrowserContext,
    oauth::dpop::{self, Call, DpopError, Prover, Thumbprint},
    secret::PhoneToken,
};

/// A device that is not enrolled yet, or has no access token.
pub(super) struct DeviceKey {
    /// Its key.
    pub(super) key: Thumbprint,
    /// What the server sees of it.
    pub(super) from: BrowserContext,
}

/// An enrolled device with a good access token.
pub(super) struct Phone(pub(super) PhoneSession);

impl FromRequestParts<Arc<App>> for DeviceKey {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Browser(from) = Browser::from_request_parts(parts, app).await?;
        Ok(Self { key: proven_key(app, parts, None).await?, from })
    }
}

impl FromRequestParts<Arc<App>> for Phone {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let token = text(&parts.headers, header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("dpop"))
            .and_then(|(_, token)| PhoneToken::parse(token))
            .ok_or(PhoneError::InvalidToken)?;
        let key = proven_key(app, parts, Some(token.expose())).await?;
        let Address(address) = Address::from_request_parts(parts, app).await?;
        let session = phone_session::authenticate(app, &token, &key, address).await?;
        count(app, &session, parts.uri.path())?;
        Ok(Self(session))
    }
}

/// Counts a call of a phone that has proved which it is.
fn count(app: &App, session: &PhoneSession, path: &str) -> Result<(), TooMany> {
    let now = app.clock.now();
    app.limiter.admit(Rule::Device, session.device.id.0.as_bytes(), now)?;
    let rule = match path {
        paths::PHONE_SCAN => Rule::Scans,
        paths::PHONE_CONFIRM
        | paths::PHONE_DENY
        | paths::PHONE_MATCH
        | paths::PHONE_UNLOCK
        | paths::PHONE_PASSKEY_OPTIONS => Rule::Decisions,
        _ => return Ok(()),
    };
    app.limiter.admit(rule, session.account.id.0.as_bytes(), now)
}

async fn proven_key(app: &App, parts: &Parts, access_token: Option<&str>) -> Result<Thumbprint, DpopError> {
    let proof = text(&parts.headers, "dpop").ok_or(DpopError::Missing)?;
    let url = app.config.issuer.url(parts.uri.path());
    let call = Call { by: Prover::Phone, method: parts.method.as_str(), url: &url, access_token };
    dpop::check(&*app.store, proof, call, app.clock.now()).await
}
