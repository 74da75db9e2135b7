//! The recipes of `docs/integrating.md`, as they are written: each site runs in a process of its own with its stock
//! client, and a visitor signs in by it; a company's back end vouches for a phone.
//!
//! They need what `cargo xtask test --only recipes` fetches.
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod apache;
mod auth_js;
mod authlib;
mod company;
mod journeys;
mod openid_client;
mod place;
mod recipe;
mod visitor;
