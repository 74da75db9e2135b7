//! Pushed authorization requests (RFC 9126): a site sends its request from server to server, and the browser carries no more than its name.
//!
//! 1. `push`: the client has proved who it is. Its request is checked in full, as the authorization endpoint will, and kept. The answer
//!    is a `request_uri` that nobody can guess (section 2.2). A DPoP proof binds the code to its key (RFC 9449 section 10.1).
//! 2. `take`: a browser brings the `request_uri`. One conditional write takes the request out of the store, so it starts one login; the
//!    rest of what the browser brought does not count (section 4).

use super::{
    authorization_request::{AuthorizationRequest, PageError, Refusal},
    client::{Client, ClientId},
    dpop::Thumbprint,
    error::TokenError,
    fapi,
    parameters::Parameters,
};
use crate::{app::App, oidc::hint, secret::RequestUri, store::StoreError};

/// What authenticates the client, and is no part of the request.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Keeps a request of this client, and names it.
pub async fn push(
    app: &App,
    client: &Client,
    form: &Parameters,
    key: Option<Thumbprint>,
) -> Result<RequestUri, TokenError> {
    let invalid = |what: &str| TokenError::InvalidRequest(what.to_owned());
    if form.get("request_uri").is_some() {
        return Err(invalid("a pushed request cannot name another one"));
    }
    let mut parameters = form.without(&CREDENTIALS).with("client_id", client.id.as_str());
    if let Some(key) = key {
        if parameters.get("dpop_jkt").is_some_and(|named| named != key.as_str()) {
            return Err(invalid("dpop_jkt is not the key of the DPoP proof"));
        }
        parameters = parameters.with("dpop_jkt", key.as_str());
    }
    let request = AuthorizationRequest::parse(&parameters, client, fapi::pkce(client, app.config.pkce))
        .map_err(refused)?;
    hint::expected_subjects(app, client, &parameters, &request.options.claims)
        .map_err(|error| invalid(error.description()))?;
    let uri = RequestUri::generate(&app.random);
    let expires_at = app.clock.now() + app.config.lifetimes.pushed_request;
    app.store.keep_pushed_request(&uri.digest(), &client.id, &parameters.to_urlencoded(), expires_at).await?;
    Ok(uri)
}

fn refused(refusal: Refusal) -> TokenError {
    match refusal {
        Refusal::Page(error) => TokenError::InvalidRequest(error.to_string()),
        Refusal::Redirect(error) => {
            TokenError::AuthorizationRequest(error.code, error.description.to_owned())
        }
    }
}

/// Takes a pushed request of this client out of the store.
pub async fn take(
    app: &App,
    client: &ClientId,
    uri: &RequestUri,
) -> Result<Result<Parameters, PageError>, StoreError> {
    let taken = app.store.take_pushed_request(&uri.digest(), client, app.clock.now()).await?;
    Ok(taken.and_then(|text| Parameters::from_urlencoded(&text).ok()).ok_or(PageError::UnknownRequestUri))
}
