//! `POST /token`.

mod client;
pub(super) mod client_credentials;
mod code;
mod demands;
mod dpop;
mod form;
mod id_token;
mod jwt_bearer;
mod pkce;
mod private_key_jwt;
mod proof;
mod refresh;
mod resource;
mod subject;
