//! Where there is nothing, and where there is something else.

use axum::http::Method;

use crate::support::{Ask, TestApp};

#[tokio::test]
async fn an_unknown_address_is_a_404_problem() {
    let app = TestApp::new().await;
    for path in
        ["/", "/login", "/login/", "/api", "/api/phone/", "/Token", "//", "/.env", "/api/logins/x/y/z"]
    {
        assert_eq!(app.get(path).await.problem(), "404 not_found", "{path}");
    }
    let body = app.get("/%3Cscript%3E").await.body;
    assert!(!body.contains("script"), "the address is not echoed: {body}");
}

#[tokio::test]
async fn another_method_is_a_405_problem_that_names_the_right_ones() {
    let app = TestApp::new().await;
    for (method, path, allowed) in [
        (Method::GET, "/token", "POST,OPTIONS"),
        (Method::GET, "/par", "POST,OPTIONS"),
        (Method::PUT, "/revoke", "POST,OPTIONS"),
        (Method::GET, "/introspect", "POST"),
        (Method::DELETE, "/userinfo", "GET,HEAD,POST,OPTIONS"),
        (Method::POST, "/jwks.json", "GET,HEAD"),
        (Method::PUT, "/api/logins", "POST,OPTIONS"),
        (Method::GET, "/api/phone/scan", "POST"),
        (Method::POST, "/api/phone/devices", "GET,HEAD"),
        (Method::PUT, "/api/phone/devices/x", "PATCH,DELETE"),
        (Method::POST, "/login/x", "GET,HEAD"),
        (Method::GET, "/login/x/cancel", "POST"),
    ] {
        let answer = app.call(method.clone(), path, &[], "").await;
        assert_eq!(answer.problem(), "405 method_not_allowed", "{method} {path}");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn head_is_refused_where_a_look_moves_a_login_on() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    app.pass(120);
    let authorize = format!("/authorize?{}", Ask::default().query());
    for path in [&page, &authorize] {
        assert_eq!(browser.fetch(Method::HEAD, path, &[], "").await.status, 405, "{path}");
    }
    assert_eq!(app.logins().await, 1);
    assert_eq!(app.call(Method::HEAD, "/jwks.json", &[], "").await.status, 200);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = TestApp::new().await;
    for path in
        ["/", "/authorize", "/token", "/userinfo", "/login/x", "/api/logins/x", "/healthz", "/assets/x.js"]
    {
        let answer = app.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{path}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(policy.ends_with("require-trusted-types-for 'script'; trusted-types saoma"), "{policy}");
        assert_eq!(answer.header("cross-origin-resource-policy"), resources(path), "{path}");
        let has_forms = ["/authorize", "/login/x"].contains(&path);
        let referrer = if has_forms { "same-origin" } else { "no-referrer" };
        assert_eq!(answer.header("referrer-policy"), referrer, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}");
    }
}

/// Who may load what is at a path: pages of any origin where it says nothing of whoever has signed in here.
fn resources(path: &str) -> &'static str {
    if path == "/userinfo" { "cross-origin" } else { "same-origin" }
}
