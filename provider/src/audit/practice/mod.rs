//! What RFC 9700, and what it builds on, demands and can be seen from outside.

mod clickjacking;
mod code_binding;
mod code_once;
mod cors;
mod downgrade;
mod grants;
mod issuer;
mod metadata;
mod pkce;
mod redirect_uri;
mod redirector;
mod referrer;
mod refresh;
mod see_other;
mod sender;
mod tls;

use super::{Check, Stop, answer::Answer, login::Request, page::Page, target::Target};

pub(super) fn checks() -> Vec<Check> {
    vec![
        redirect_uri::CHECK,
        redirector::CHECK,
        pkce::CHECK,
        downgrade::CHECK,
        code_once::CHECK,
        code_binding::CHECK,
        issuer::CHECK,
        refresh::CHECK,
        sender::CHECK,
        grants::CHECK,
        clickjacking::CHECK,
        referrer::CHECK,
        cors::CHECK,
        see_other::CHECK,
        metadata::CHECK,
        tls::CHECK,
    ]
}

/// The sign-in page that an authorization request leads to.
async fn sign_in_page(target: &Target) -> Result<Answer, Stop> {
    Ok(Page::open(target).await?.first)
}

/// The page that says that a request cannot be sent back.
async fn error_page(target: &Target) -> Result<Answer, Stop> {
    let request = Request::new(target)?.with("redirect_uri", "https://elsewhere.example/callback");
    target.authorize(&request.pairs()).await
}
