//! OpenID Connect on top of OAuth: who signed in.

pub mod claims;
pub mod discovery;
pub mod id_token;
