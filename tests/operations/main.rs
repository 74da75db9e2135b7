//! Operations: what an operator does to a running provider, and what it does in return.
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod audit;
mod commands;
mod copied;
mod keys;
mod limits;
mod logout;
mod logs;
mod phone;
mod proxy;
mod settings;
mod shutdown;
mod tls;
mod two_servers;
