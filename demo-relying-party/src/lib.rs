//! The Gnomon: a small magazine whose readers sign in by scanning a code.
//!
//! It shows both ways of adding Saoma to a site: a redirect to the provider, which works without scripts, and the
//! `<saoma-login>` widget in a dialog, which never leaves the page. Either way an [`oidc::AuthorizationResponse`] comes
//! to this back end and goes through the same use case, [`sign_in::finish`].
//!
//! It takes part in logout, too: a reader can sign out at the provider from here, and whoever signs out there, or takes a phone's
//! access away, is signed out here ([`sign_out`]).

pub mod app;
pub mod articles;
pub mod clock;
pub mod config;
pub mod failure;
pub mod http;
pub mod oidc;
pub mod place;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod sign_out;
pub mod words;
