//! Saoma (扫码, "scan the code"): an OAuth 2.1 / OpenID Connect provider whose way of proving who you are is a scan.
//!
//! Start at [`login`], which is what this project exists for; then [`oauth`] and [`oidc`] for the site's side, [`account`]
//! for people and their phones. [`http`] is the thin edge that the outside world calls, [`store`] what must be remembered.
//! Arrows point one way: `http → (login | oauth | oidc | account) → store`.

pub mod account;
pub mod app;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod forwarded;
pub mod geoip;
pub mod http;
pub mod keys;
pub mod limits;
pub mod login;
mod loopback;
pub mod mock_phone;
mod nesting;
pub mod oauth;
pub mod oidc;
pub mod outbound;
mod plain_text;
pub mod random;
pub mod secret;
pub mod shutdown;
pub mod store;
pub mod tls;
pub mod trail;
