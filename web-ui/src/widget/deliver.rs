//! Hands a checked result to the site.

use protocol::login::LoginResult;
use saoma_web_ui::browser::window;
use wasm_bindgen::JsValue;

use super::flow::Flow;
use super::options::{Delivery, SiteRequest};
use super::{Loader, wire};

/// Delivers the result in the way that the page asked for.
pub(crate) fn deliver(loader: &Loader, site: &SiteRequest, flow: &Flow, result: &LoginResult) {
    match site.delivery {
        Delivery::Top => go_to_site(site, flow, result),
        Delivery::Callback => loader.emit("saoma-login", &detail(site, flow, result)),
    }
}

/// Keeps what the site's callback page will need (`finishLogin` in `saoma.js` reads it), and goes there.
fn go_to_site(site: &SiteRequest, flow: &Flow, result: &LoginResult) {
    let window = window();
    if let (Ok(Some(storage)), Some(kept)) =
        (window.session_storage(), wire::json(&flow.kept(&site.redirect_uri)))
    {
        // A full or forbidden storage is no reason to lose the login: a back end that made state and PKCE itself
        // does not need it, and `finishLogin` says what is missing otherwise.
        let _ = storage.set_item(&["saoma:", &flow.state].concat(), &kept);
    }
    // From inside a frame the browser may forbid to navigate the top page; then the frame goes.
    let top = window.top().ok().flatten();
    let gone = top.is_some_and(|top| top.location().set_href(&result.redirect_to).is_ok());
    if !gone {
        let _ = window.location().set_href(&result.redirect_to);
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
