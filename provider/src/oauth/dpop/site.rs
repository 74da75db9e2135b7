//! A site's proof: what [`super::check`] does for phones, and the nonce (RFC 9449 sections 8 and 9).

use super::{Call, DpopError, Thumbprint, nonce, remember, verify};
use crate::{
    app::App,
    oauth::{
        client::{Client, SecurityProfile},
        dpop::nonce::NoncePolicy,
    },
};

/// Verifies a site's proof and remembers it, so that it is good once. Returns the key that made it.
///
/// # Errors
///
/// [`DpopError::Nonce`] where a nonce is needed and missing, or one that is there is not good any more; others as for phones.
pub async fn check(app: &App, client: &Client, proof: &str, call: Call<'_>) -> Result<Thumbprint, DpopError> {
    let now = app.clock.now();
    let proof = verify(proof, call, now)?;
    match &proof.nonce {
        Some(nonce) if !nonce::is_good(app, nonce) => return Err(DpopError::Nonce),
        None if needs_nonce(app, client) => return Err(DpopError::Nonce),
        _ => {}
    }
    remember(&*app.store, proof, now).await
}

fn needs_nonce(app: &App, client: &Client) -> bool {
    app.config.dpop_nonce == NoncePolicy::Required || client.profile == SecurityProfile::Fapi2
}
