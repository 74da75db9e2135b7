//! THE DOMAIN: a request for a person's approval, from the QR code to the redeemed result.
//!
//! Every request is one [`Login`], and a Login is one small state machine:
//!
//! ```text
//!  start          scan            confirm            deliver           redeem
//!   └─▶ Waiting ─────▶ Scanned ─────────▶ Confirmed ────────▶ Delivered ───────▶ Redeemed
//!          │              │                   │                  │
//!          └─ cancel ─────┴─ deny / cancel    └── expire ────────┘        (every state but Redeemed can expire)
//! ```
//!
//! 1. `start`: a browser asks. It gets the browser secret, and what to draw a QR code from, anew every 2 s ([`qr`]). It binds the login to
//!    its own key ([`bind`]), and may ask for more time or a code to type ([`help`]).
//! 2. `approve::scan`: a phone read the QR code, now or right before its owner signed in there ([`sighting`]). It gets the ticket, and learns who asks, from where.
//!    Where the site or the risk asks for it, that phone first names the digits that the browser then shows ([`match_code`]), or its
//!    owner proves who they are ([`unlock`]).
//! 3. `approve::confirm` or `approve::deny`: the same phone decides, with the ticket, once.
//! 4. `collect::collect`: the browser that started gets the authorization code, with its secret and a proof by its key.
//! 5. `oauth::token_request`: the site redeems the code.
//!
//! Where a person is signed in in the browser already ([`session`]), `enter` and `approve::by_session` take the place of 2 and 3.
//!
//! A transition is **one conditional write** in the store, and whether that write changed a row is the only judge: phones,
//! browsers, servers and retries may race, and exactly one wins. What a loser is told is read afterwards, and nothing
//! depends on it. Whoever waits ([`follow`]) is woken by the [`bell`] after the write; the bell carries no truth.
//!
//! Expiry is no write at all: a state whose `expires_at` has passed **is** expired, at every look and in every condition.

pub mod approve;
pub mod bell;
pub mod bind;
pub mod browser_name;
pub mod collect;
pub mod consent;
pub mod context;
pub mod device;
pub mod enter;
pub mod error;
pub mod follow;
pub mod help;
pub mod match_code;
pub mod network;
pub mod qr;
pub mod risk;
pub mod session;
pub mod sighting;
pub mod start;
mod state;
pub mod unlock;
pub mod user_code;

pub use error::LoginError;
pub use state::{
    Approval, Approver, Check, Checks, CodeSalt, Denial, Given, Login, LoginId, LoginState, Started, Step,
};
