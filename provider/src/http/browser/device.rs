//! `GET /device` (RFC 8628 section 3.3): where a person goes who has a code to type. It is typed into the phone app, where they are signed
//! in; this page takes them there.

use axum::{
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::http::page::{DevicePage, Language};

pub(super) async fn show(headers: HeaderMap) -> Response {
    DevicePage::new(Language::of(&headers)).into_response()
}
