//! The provider as a client sees it that somebody else wrote: the `openidconnect` crate, unmodified, as the oracle. What it
//! discovers, sends, verifies and refuses is its own.
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod clients;
mod sign_in;
mod stage;
mod transport;
