//! The web UI: files that are built and compressed ahead of time and are part of the binary.
//!
//! Names under `/assets/` carry a hash of their content, so they may be cached for ever. All others are asked for again with
//! their ETag. Scripts and styles may be used from any origin, for the widget runs in other sites' pages.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use protocol::{ProblemCode, paths};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{extract::text, problem::ApiProblem};
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/web"]
struct Web;

/// The phone app's page; links in QR codes open it, too.
const APP_PAGE: &str = "app/index.html";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/assets/{file}",
            get(async |Path(file): Path<String>, headers: HeaderMap| {
                serve(&format!("assets/{file}"), &headers)
            }),
        )
        .route(
            "/widget/{file}",
            get(async |Path(file): Path<String>, headers: HeaderMap| {
                serve(&format!("widget/{file}"), &headers)
            }),
        )
        .route(
            "/app/{file}",
            get(async |Path(file): Path<String>, headers: HeaderMap| serve(&format!("app/{file}"), &headers)),
        )
        .route(paths::APP, get(async |headers: HeaderMap| serve(APP_PAGE, &headers)))
        .route("/app/", get(async || Redirect::permanent(paths::APP)))
        .route("/q/{secret}", get(async |headers: HeaderMap| serve(APP_PAGE, &headers)))
}

fn serve(path: &str, request: &HeaderMap) -> Response {
    // A debug build reads the folder itself, where such a name would lead from one part of it to another.
    if path.contains("..") {
        return missing();
    }
    let Some(content_type) = content_type(path) else { return missing() };
    let Some((file, encoding)) = find(path, request) else { return missing() };
    let etag = etag(&file, encoding);
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::from_iter([
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ]);
    if path == "app/sw.js" {
        // The app's links live outside of /app/.
        headers.insert("service-worker-allowed", HeaderValue::from_static("/"));
    }
    let unchanged = text(request, header::IF_NONE_MATCH)
        .is_some_and(|known| known.split(',').any(|known| known.trim() == etag));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if unchanged {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, Body::from(file.data.into_owned())).into_response()
}

fn missing() -> Response {
    ApiProblem::new(ProblemCode::NotFound, "There is no such file.").into_response()
}

/// The smallest form that the browser can read.
fn find(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = text(request, header::ACCEPT_ENCODING).unwrap_or_default();
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let readable = accepted.split(',').any(|name| {
            let (name, weight) = name.split_once(';').unwrap_or((name, ""));
            name.trim() == encoding && weight.trim() != "q=0"
        });
        if readable && let Some(file) = Web::get(&format!("{path}.{ending}")) {
            return Some((file, Some(encoding)));
        }
    }
    Web::get(path).map(|file| (file, None))
}

/// A strong validator: half of the SHA-256 of the very bytes that are sent (RFC 9110 section 8.8.3).
fn etag(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let hash = &file.metadata.sha256_hash()[..16];
    let hex: String = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect();
    format!("\"{hex}{}\"", encoding.map_or(String::new(), |encoding| format!("-{encoding}")))
}

fn digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

/// The media type by the file's ending; what has none of these is not served.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
