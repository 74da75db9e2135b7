//! The site, told by a browser, against a small provider of the tests' own on a loopback listener.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]
#![expect(
    clippy::doc_markdown,
    reason = "demands stand in a table (`docs/conformance.md`), in its own words"
)]

mod backchannel;
mod callback;
mod embedded;
mod forgeries;
mod id_token;
mod pages;
mod registration;
mod sessions;
mod sign_out;
mod support;
mod tokens;
