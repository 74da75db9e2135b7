//! What must hold of every input of a parser, whatever it is.
//!
//! `fuzz/` is built on these, and `cargo test` runs them over the seeds and a stream of mutants. Each takes the input as bytes, panics
//! where something does not hold, and answers in a word what the parser made of it.

mod authorization_request;
mod claims_request;
mod client_authentication;
mod client_metadata;
mod dpop_proof;
mod passkey;
mod qr_payload;
mod signed_jwt;
mod token_request;
mod user_code;

/// A check, by the name of its fuzz target, which is also the directory of its seeds.
pub(crate) type Target = (&'static str, fn(&[u8]) -> &'static str);

/// All of them.
pub(crate) const TARGETS: [Target; 10] = [
    ("authorization_request", authorization_request::hold),
    ("claims_request", claims_request::hold),
    ("client_authentication", client_authentication::hold),
    ("client_metadata", client_metadata::hold),
    ("dpop_proof", dpop_proof::hold),
    ("passkey", passkey::hold),
    ("qr_payload", qr_payload::hold),
    ("signed_jwt", signed_jwt::hold),
    ("token_request", token_request::hold),
    ("user_code", user_code::hold),
];
