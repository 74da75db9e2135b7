//! OpenID Connect on top of OAuth: who signed in.

pub mod authentication;
pub mod claims;
pub mod claims_request;
pub mod discovery;
pub mod hint;
pub mod id_token;
pub mod logout;
pub mod subject;
