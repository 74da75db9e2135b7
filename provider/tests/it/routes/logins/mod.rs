//! The browser API, `/api/logins`: what the widget calls.

mod bind;
mod cancel;
mod cors;
mod events;
mod help;
mod own;
mod renew;
mod result;
mod start;
mod state;
