//! The nouns and use cases of OAuth 2.1: clients, authorization requests, grants, tokens, PKCE, DPoP.

pub mod access_token;
pub mod assertion;
pub mod authorization_request;
pub mod client;
pub mod client_auth;
pub mod client_import;
pub mod client_keys;
pub mod client_metadata;
pub mod dpop;
pub mod error;
pub mod fapi;
pub mod grant;
pub mod inspect;
pub mod jose;
pub mod parameters;
pub mod pkce;
pub mod prompt;
pub mod pushed_request;
pub mod registration;
pub mod resource;
pub mod scope;
pub mod token_request;
