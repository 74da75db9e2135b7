//! `POST /token`.

mod client;
mod code;
mod form;
mod id_token;
mod refresh;
mod subject;
