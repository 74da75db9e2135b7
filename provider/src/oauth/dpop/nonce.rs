//! Nonces for sites' DPoP proofs (RFC 9449 section 8), which show that a proof was not made long before it is used.
//!
//! A nonce follows from the server's master secret and the time, in windows of some minutes; this window's and the last one's are good.
//! So nothing is stored, and all servers on one store know each other's.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::app::App;

/// A window, in seconds: a nonce is good for one at least and two at most.
pub const WINDOW: i64 = 300;

/// When a nonce is demanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NoncePolicy {
    /// Of the clients whose profile demands it. Others may use the one that they are offered.
    #[default]
    Offered,
    /// Of all.
    Required,
}

/// The nonce of now, to offer.
pub fn fresh(app: &App) -> String {
    of_window(app, this_window(app))
}

/// Whether a nonce is this window's or the last one's.
pub fn is_good(app: &App, nonce: &str) -> bool {
    let now = this_window(app);
    [now, now - 1].iter().any(|window| bool::from(of_window(app, *window).as_bytes().ct_eq(nonce.as_bytes())))
}

fn this_window(app: &App) -> i64 {
    app.clock.now().seconds().div_euclid(WINDOW)
}

fn of_window(app: &App, window: i64) -> String {
    URL_SAFE_NO_PAD.encode(app.keys.derive("dpop nonce", &window.to_be_bytes()))
}
