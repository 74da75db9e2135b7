//! Whether the reader is still signed in: an open page asks every few seconds, because the provider may have signed them out.

use axum::Json;
use serde_json::{Value, json};

use super::reader::Reader;

/// `GET /session`.
pub(super) async fn show(reader: Reader) -> Json<Value> {
    Json(json!({ "signed_in": reader.member.is_some() }))
}
