//! A browser's proof (DPoP, RFC 9449) that it holds a key: the one to bind a login to, or the one that it is bound to.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    app::App,
    http::{extract::text, problem::ApiProblem},
    oauth::dpop::{self, Call, DpopError, Prover, Thumbprint},
};

/// The key that a call proves; `None` where it has no proof. A proof that is there must be good.
pub(super) struct BrowserKey(pub(super) Option<Thumbprint>);

impl FromRequestParts<Arc<App>> for BrowserKey {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        if !parts.headers.contains_key("dpop") {
            return Ok(Self(None));
        }
        let proof = text(&parts.headers, "dpop").ok_or(DpopError::Missing)?;
        Ok(Self(Some(check(app, proof, parts.method.as_str(), parts.uri.path()).await?)))
    }
}

/// Checks a proof for a call, and remembers it.
pub(super) async fn check(app: &App, proof: &str, method: &str, path: &str) -> Result<Thumbprint, DpopError> {
    let url = app.config.issuer.url(path);
    let call = Call { by: Prover::Browser, method, url: &url, access_token: None };
    dpop::check(&*app.store, proof, call, app.clock.now()).await
}
