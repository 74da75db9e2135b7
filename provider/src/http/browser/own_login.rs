//! Finds out which login a call is about, and how it proves that it comes from that login's browser.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, Method, header, request::Parts},
};
use protocol::login::BROWSER_SECRET_HEADER;

use super::cookie;
use crate::{
    app::App,
    config::Issuer,
    http::{extract::text, problem::ApiProblem},
    login::{LoginError, LoginId},
    secret::BrowserSecret,
};

/// A login and the secret of its browser. Whether the secret is right, the use case finds out.
pub(in crate::http) struct OwnLogin {
    pub(in crate::http) id: LoginId,
    pub(in crate::http) secret: BrowserSecret,
    pub(in crate::http) held_in: HeldIn,
}

/// Where the browser keeps the secret.
#[derive(PartialEq, Eq)]
pub(in crate::http) enum HeldIn {
    /// In the cookie of the provider's own page.
    Cookie,
    /// In the memory of a widget.
    Memory,
}

impl FromRequestParts<Arc<App>> for OwnLogin {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        let Path(id) =
            Path::<String>::from_request_parts(parts, app).await.map_err(|_| LoginError::UnknownLogin)?;
        let id = LoginId::parse(&id).ok_or(LoginError::UnknownLogin)?;
        if let Some(secret) = text(&parts.headers, BROWSER_SECRET_HEADER).and_then(BrowserSecret::parse) {
            return Ok(Self { id, secret, held_in: HeldIn::Memory });
        }
        if parts.method != Method::GET && !is_from_own_page(&parts.headers, &app.config.issuer) {
            return Err(LoginError::UnknownLogin.into());
        }
        let secret = cookie::read(&parts.headers, &app.config.issuer, id).ok_or(LoginError::UnknownLogin)?;
        Ok(Self { id, secret, held_in: HeldIn::Cookie })
    }
}

/// A cookie counts on a call that changes something only if the call comes from a page of ours: browsers say so by
/// `Sec-Fetch-Site`, older ones by `Origin`.
pub(in crate::http) fn is_from_own_page(headers: &HeaderMap, issuer: &Issuer) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == issuer.as_str(),
        (None, None) => !headers.contains_key("sec-fetch-site") && !headers.contains_key(header::ORIGIN),
    }
}
