//! The browser API, `/api/logins`: what the widget calls.

mod cancel;
mod cors;
mod events;
mod own;
mod renew;
mod result;
mod start;
mod state;
