//! Endpoints answer where the document says, and only there.

use axum::http::Method;
use serde_json::Value;

use super::document;
use crate::support::{ISSUER, TestApp};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

fn path(endpoint: &Value) -> &str {
    endpoint.as_str().unwrap().strip_prefix(ISSUER).expect("it is ours")
}

async fn status(app: &TestApp, method: Method, path: &str) -> u16 {
    app.call(method, path, &FORM, "").await.status.as_u16()
}

pub(super) async fn is_read(app: &TestApp, endpoint: &Value) {
    assert_eq!(status(app, Method::GET, path(endpoint)).await, 200, "{endpoint}");
    assert_eq!(status(app, Method::POST, path(endpoint)).await, 405, "{endpoint}");
}

/// By GET and by POST alike. An empty request is refused, by the endpoint itself.
pub(super) async fn is_asked(app: &TestApp, endpoint: &Value) {
    for method in [Method::GET, Method::POST] {
        let status = status(app, method.clone(), path(endpoint)).await;
        assert!([200, 303, 400, 401].contains(&status), "{method} {endpoint}: {status}");
    }
}

pub(super) async fn is_posted_to(app: &TestApp, endpoint: &Value) {
    let status_of_post = status(app, Method::POST, path(endpoint)).await;
    assert!([400, 401].contains(&status_of_post), "{endpoint}: {status_of_post}");
    assert_eq!(status(app, Method::GET, path(endpoint)).await, 405, "{endpoint}");
}

/// Every path in `protocol::paths` for sites that is not in the document leads nowhere, and every one that leads somewhere is in it.
#[tokio::test]
async fn an_endpoint_that_is_not_named_is_not_there() {
    use protocol::paths;
    let app = TestApp::new().await;
    let document = document(&app).await;
    let named: Vec<&str> = document.as_object().unwrap().values().filter_map(Value::as_str).collect();
    for endpoint in [
        paths::AUTHORIZE,
        paths::TOKEN,
        paths::USERINFO,
        paths::PUSHED_AUTHORIZATION_REQUEST,
        paths::DEVICE_AUTHORIZATION,
        paths::REVOCATION,
        paths::INTROSPECTION,
        paths::REGISTRATION,
        paths::END_SESSION,
        paths::JWKS,
    ] {
        let is_named = named.contains(&format!("{ISSUER}{endpoint}").as_str());
        for method in [Method::GET, Method::POST] {
            let is_there = status(&app, method, endpoint).await != 404;
            assert_eq!(is_there, is_named, "{endpoint}");
        }
    }
}

/// The routes for sites, as they are written down.
#[tokio::test]
async fn every_route_for_sites_is_named() {
    const ROUTES: &str = include_str!("../../../src/http/relying_party/mod.rs");
    const PATHS: &str = include_str!("../../../../protocol/src/paths.rs");
    let app = TestApp::new().await;
    let document = document(&app).await.to_string();
    let routes: Vec<&str> = ROUTES.split(".route(").skip(1).collect();
    assert!(routes.len() > 4);
    for route in routes {
        let name = route.trim_start().strip_prefix("paths::").and_then(|rest| rest.split(',').next());
        let Some(name) = name else { continue };
        let constant = PATHS.split(&format!("pub const {name}: &str = \"")).nth(1).expect("a constant");
        let path = constant.split('"').next().unwrap();
        let is_document = path.starts_with("/.well-known/");
        assert!(is_document || document.contains(&format!("\"{ISSUER}{path}\"")), "{path} is not named");
    }
}
