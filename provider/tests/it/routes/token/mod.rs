//! `POST /token`.

mod client;
pub(super) mod client_credentials;
mod code;
mod form;
mod id_token;
mod jwt_bearer;
mod private_key_jwt;
mod refresh;
mod subject;
