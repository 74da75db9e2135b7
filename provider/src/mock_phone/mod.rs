//! A phone without glass: the phone API of `docs/protocol.md` as a library, for whoever develops a relying
//! party and for tests. `saoma phone` is its command line.
//!
//! 1. [`MockPhone::open`] names a directory, the phone's memory. Nothing is written yet.
//! 2. [`MockPhone::sign_in`] makes a new ES256 key and enrols it as a device; where the account has another phone, that has to say
//!    yes ([`MockPhone::allow_device`]) by the digits of [`Waiting`]. The key, the refresh token and
//!    the access token are kept together in one file that only its owner can read (`home.rs`).
//!    [`MockPhone::enrol`] does so by a company's word (RFC 7523) in place of a password.
//! 3. [`MockPhone::scan`] sends what a QR code says, which [`read_qr`] can take out of a screenshot, and
//!    keeps the ticket. [`MockPhone::type_code`] does so with a code that a device shows in letters.
//! 4. [`MockPhone::confirm`] or [`MockPhone::deny`] spends the ticket; [`MockPhone::approve`] does 3 and 4 at
//!    once. [`MockPhone::confirm_without`] declines a part of what the site asks for.
//!    Where the scan says so, [`MockPhone::match_code`] and [`MockPhone::unlock`] come first.
//! 5. [`MockPhone::notices`] tells what happened to the account, and [`MockPhone::not_me`] takes it back.
//! 6. [`MockPhone::add_passkey`] makes a [`Passkey`], a file beside the other: copied to another phone it signs in there
//!    ([`MockPhone::sign_in_with_passkey`]), and here it unlocks ([`MockPhone::unlock_with_passkey`]).
//! 7. [`MockPhone::sites`] lists what sites have been allowed, and [`MockPhone::remove_site`] takes it back.
//!
//! Every call carries a `DPoP` proof by the device's key (RFC 9449, [`proof()`]). A fresh access token is
//! fetched when the old one has run out, and once more when the server refuses it with `401 invalid_token`.
//!
//! It is a phone for development: it confirms what it is told to confirm, without a person who looks.

mod client;
mod error;
mod home;
mod key;
mod passkey;
mod picture;
mod proof;
mod secret;
mod server;

#[cfg(test)]
mod tests;

pub use client::{Admitted, Clock, MockPhone, ScannedLogin, SignedInAs, Verdict, Waiting};
pub use error::PhoneError;
pub use key::{DeviceKey, PublicJwk};
pub use passkey::Passkey;
pub use picture::{PictureError, read_qr, read_qr_file};
pub use proof::{ProofTarget, access_token_hash, proof};
pub use secret::Secret;
pub use server::ServerUrl;
