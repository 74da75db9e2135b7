//! `POST /token`.

mod client;
mod code;
mod form;
mod id_token;
mod private_key_jwt;
mod refresh;
