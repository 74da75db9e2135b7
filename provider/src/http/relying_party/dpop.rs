//! A site's DPoP proof in a request, and the nonce in its answer (RFC 9449 sections 5 and 8).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    app::App,
    http::extract::text,
    oauth::{
        client::Client,
        dpop::{self, Call, DpopError, Prover, Thumbprint, nonce, site},
        error::TokenError,
    },
};

/// The key that a client proves to hold for this `POST`, if it sends a proof.
pub(super) async fn key(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    path: &str,
) -> Result<Option<Thumbprint>, TokenError> {
    let Some(proof) = proof(headers).map_err(TokenError::Proof)? else { return Ok(None) };
    let url = app.config.issuer.url(path);
    let call = Call { by: Prover::Site, method: "POST", url: &url, access_token: None };
    site::check(app, client, proof, call).await.map(Some).map_err(TokenError::of_proof)
}

/// The key that a phone proves to hold for this `POST`.
pub(super) async fn phone_key(app: &App, headers: &HeaderMap, path: &str) -> Result<Thumbprint, TokenError> {
    let proof = text(headers, "dpop").ok_or(TokenError::Proof(DpopError::Missing))?;
    let url = app.config.issuer.url(path);
    let call = Call { by: Prover::Phone, method: "POST", url: &url, access_token: None };
    dpop::check(&*app.store, proof, call, app.clock.now()).await.map_err(TokenError::of_proof)
}

/// The one `DPoP` header; `None` if there is none.
pub(super) fn proof(headers: &HeaderMap) -> Result<Option<&str>, DpopError> {
    if headers.contains_key("dpop") {
        text(headers, "dpop").map(Some).ok_or(DpopError::Missing)
    } else {
        Ok(None)
    }
}

/// Offers a fresh nonce to who uses DPoP.
pub(super) fn offer_nonce(app: &App, request: &HeaderMap, response: &mut Response) {
    if !request.contains_key("dpop") {
        return;
    }
    if let Ok(nonce) = HeaderValue::from_str(&nonce::fresh(app)) {
        response.headers_mut().insert("dpop-nonce", nonce);
    }
}

/// Any page may ask whether it may send a proof; whether it may read the answer depends on the client that it names then.
pub(super) async fn preflight() -> impl IntoResponse {
    let answer = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, dpop"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, answer)
}
