//! What must hold of every input of a parser, whatever it is.
//!
//! `fuzz/` is built on these, and `cargo test` runs them over the seeds and a stream of mutants. Each takes the input as bytes, panics
//! where something does not hold, and answers in a word what the parser made of it.

mod authorization_request;
mod claims_request;
mod client_metadata;
mod dpop_proof;
mod qr_payload;
mod user_code;

/// A check, by the name of its fuzz target.
pub(crate) struct Target {
    /// The target, and the directory of its seeds.
    pub(crate) name: &'static str,
    /// The check.
    pub(crate) hold: fn(&[u8]) -> &'static str,
    /// What it must have answered after many inputs, or these do not reach what they are for.
    #[cfg_attr(fuzzing, expect(dead_code, reason = "the fuzzer counts coverage in its place"))]
    pub(crate) must_come_up: &'static [&'static str],
}

/// All of them.
pub(crate) const TARGETS: [Target; 6] = [
    Target {
        name: "authorization_request",
        hold: authorization_request::hold,
        must_come_up: &["unreadable", "page", "redirect", "accepted"],
    },
    Target { name: "claims_request", hold: claims_request::hold, must_come_up: &["refused", "accepted"] },
    Target {
        name: "client_metadata",
        hold: client_metadata::hold,
        must_come_up: &["no JSON", "refused", "accepted"],
    },
    Target {
        name: "dpop_proof",
        hold: dpop_proof::hold,
        must_come_up: &["malformed", "signature", "other call", "stale", "other token", "accepted"],
    },
    Target {
        name: "qr_payload",
        hold: qr_payload::hold,
        must_come_up: &["malformed", "foreign", "accepted"],
    },
    Target { name: "user_code", hold: user_code::hold, must_come_up: &["refused", "accepted"] },
];
