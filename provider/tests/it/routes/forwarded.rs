//! The address that the approver is shown, where requests come through a proxy.

use axum::http::Method;
use provider::forwarded::{ForwardedHeader, Proxies};

use crate::support::{Ask, TestApp};

/// A provider that trusts the proxy from which all tests' requests come.
async fn behind_a_proxy(header: ForwardedHeader) -> TestApp {
    let trusted = vec![Proxies::parse("192.0.2.7").unwrap()];
    TestApp::with(|config| config.proxies = Proxies { trusted, header }).await
}

/// What the phone is shown when the browser's requests have these headers.
async fn shown(app: &TestApp, headers: &[(&str, &str)]) -> String {
    let mut browser = app.browser();
    let path = format!("/authorize?{}", Ask::default().query());
    let answer = browser.fetch(Method::GET, &path, headers, "").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let qr = browser.qr(answer.header("location")).await;
    let scanned = app.phone().await.scan(&qr).await.json();
    scanned["browser"]["address"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trusted_proxy_says_where_the_browser_is() {
    let app = behind_a_proxy(ForwardedHeader::XForwardedFor).await;
    assert_eq!(shown(&app, &[("x-forwarded-for", "203.0.113.9, 198.51.100.1")]).await, "198.51.100.1");
    let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1")];
    assert_eq!(shown(&app, &lines).await, "198.51.100.1", "lines are one list");
    assert_eq!(shown(&app, &[("x-forwarded-for", "unknown")]).await, "192.0.2.7");
    assert_eq!(shown(&app, &[]).await, "192.0.2.7");
}

#[tokio::test]
async fn the_other_header_is_not_read() {
    let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=\"[2001:db8::7]:4711\"")];
    let app = behind_a_proxy(ForwardedHeader::XForwardedFor).await;
    assert_eq!(shown(&app, &both).await, "198.51.100.1");
    let app = behind_a_proxy(ForwardedHeader::Forwarded).await;
    assert_eq!(shown(&app, &both).await, "2001:db8::7");
    assert_eq!(shown(&app, &both[..1]).await, "192.0.2.7");
}

#[tokio::test]
async fn without_a_trusted_proxy_no_header_is_believed() {
    let app = TestApp::new().await;
    let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
    assert_eq!(shown(&app, &both).await, "192.0.2.7");
}
