//! The files that the pages load: part of the program, each with its `ETag`.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};

use crate::failure::{Failure, FailureKind};
use crate::secret;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    text: &'static str,
    etag: String,
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("site.css", "text/css; charset=utf-8", include_str!("../../static/site.css")),
        asset("site.js", "text/javascript; charset=utf-8", include_str!("../../static/site.js")),
        asset("mark.svg", "image/svg+xml", include_str!("../../static/mark.svg")),
    ]
});

fn asset(name: &'static str, media_type: &'static str, text: &'static str) -> Asset {
    let tag = BASE64_URL_SAFE_NO_PAD.encode(&secret::digest(text)[..12]);
    Asset { name, media_type, text, etag: format!("\"{tag}\"") }
}

/// `GET /static/{file}`: 304 where the browser has this very version (RFC 9110 section 13.1.2).
pub(super) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let asset = ASSETS.iter().find(|asset| asset.name == file).ok_or(FailureKind::NotFound)?;
    let known = [(ETAG, asset.etag.as_str()), (CACHE_CONTROL, "no-cache")];
    if has(&headers, &asset.etag) {
        return Ok((StatusCode::NOT_MODIFIED, known).into_response());
    }
    Ok((known, [(CONTENT_TYPE, asset.media_type)], asset.text).into_response())
}

fn has(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|tags| tags.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}
