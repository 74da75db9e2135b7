//! What the widget and the phone app have in common: the browser, HTTP, words in two languages, small codecs.
//!
//! Everything that decides something is plain Rust without a browser in it, so that it is tested natively.
//! Only [`browser`] and [`http`] touch the page's world.

pub mod backoff;
pub mod browser;
pub mod countdown;
pub mod http;
pub mod lang;

pub use protocol::base64url;
