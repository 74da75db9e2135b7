//! `GET /login/{id}` and the forms on it.

mod cookie;
mod forms;
mod look;
mod words;
