//! `GET /login/{id}` and the forms on it.

mod bound;
mod cookie;
mod forms;
mod look;
mod words;
