//! What every call of the phone API refuses before it looks further.

use axum::http::Method;
use serde_json::json;

use crate::support::{Answer, Phone, TestApp};

const SCAN: &str = "/api/phone/scan";

/// A scan with this media type and body, well proven.
async fn scan(phone: &Phone<'_>, media_type: &str, body: &str) -> Answer {
    let proof = phone.proof("POST", SCAN, Some(&phone.access_token));
    let authorization = format!("DPoP {}", phone.access_token.expose());
    let headers = [("content-type", media_type), ("authorization", &authorization), ("dpop", &proof)];
    phone.app.call(Method::POST, SCAN, &headers, body).await
}

#[tokio::test]
async fn what_is_not_json_of_the_right_shape() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    for body in ["", "{", "qr=x", "[]", "null", r#"{"qr": 1}"#, r#"{"QR": "x"}"#, "\u{0}"] {
        let answer = scan(&phone, "application/json", body).await;
        assert_eq!(answer.problem(), "400 invalid_request", "{body}");
    }
    let quoted = scan(&phone, "application/json", r#"{"qr": {"password": "hunter2"}}"#).await;
    assert!(!quoted.body.contains("hunter2"), "nothing of a body is echoed");
    assert_eq!(scan(&phone, "application/json", &json!({"qr": widget.qr}).to_string()).await.status, 200);
}

#[tokio::test]
async fn another_media_type() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let stored = app.stored(&widget.id).await;
    let body = json!({"qr": widget.qr}).to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answer = scan(&phone, media_type, &body).await;
        assert_eq!(answer.problem(), "415 unsupported_media_type", "{media_type}");
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(scan(&phone, "application/json; charset=utf-8", &body).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let stored = app.stored(&widget.id).await;
    let body = json!({"qr": widget.qr, "padding": "x".repeat(17_000)}).to_string();
    assert_eq!(scan(&phone, "application/json", &body).await.problem(), "413 body_too_large");
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn no_token() {
    let app = TestApp::new().await;
    for (method, path) in [
        (Method::GET, "/api/phone/me"),
        (Method::POST, "/api/phone/scan"),
        (Method::POST, "/api/phone/confirm"),
        (Method::POST, "/api/phone/deny"),
        (Method::GET, "/api/phone/devices"),
        (Method::PATCH, "/api/phone/devices/x"),
        (Method::DELETE, "/api/phone/devices/x"),
    ] {
        assert_eq!(app.call(method, path, &[], "").await.problem(), "401 invalid_token", "{path}");
    }
}
