//! Hands a checked result to the site.

use protocol::login::LoginResult;
use wasm_bindgen::JsValue;

use super::flow::Flow;
use super::options::{Delivery, SiteRequest};
use super::{Loader, wire};

/// Delivers the result in the way that the page asked for.
pub(crate) fn deliver(loader: &Loader, site: &SiteRequest, flow: &Flow, result: &LoginResult) {
    match site.delivery {
        Delivery::Top => {
            let kept = wire::object(&flow.kept(&site.redirect_uri));
            loader.leave(&flow.state, &kept, &result.redirect_to);
        }
        Delivery::Callback => loader.emit("saoma-login", &detail(site, flow, result)),
    }
}

/// The detail of the event `saoma-login`; the loader adds `matchesNonce`.
fn detail(site: &SiteRequest, flow: &Flow, result: &LoginResult) -> JsValue {
    let members = [
        ("code", Some(result.code.as_str())),
        ("state", Some(flow.state.as_str())),
        ("iss", Some(result.iss.as_str())),
        ("nonce", Some(flow.nonce.as_str())),
        ("codeVerifier", flow.verifier.as_deref()),
        ("redirectUri", Some(site.redirect_uri.as_str())),
    ];
    wire::object(&members).into()
}
