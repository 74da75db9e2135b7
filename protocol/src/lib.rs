//! What goes over the wire between Saoma's server, the browser, the phone and the tests.
//!
//! Plain data: no I/O, no clock, no randomness. It compiles natively and to WebAssembly, so that both ends of
//! every call share one definition. `docs/protocol.md` tells the story that these types are the words of.

pub mod base64url;
#[cfg(feature = "draw")]
pub mod draw;
pub mod login;
pub mod notice;
pub mod passkey;
pub mod paths;
pub mod phone;
pub mod problem;
pub mod qr;

pub use problem::{Problem, ProblemCode};
