//! Which pages may run the widget.

use axum::http::Method;

use crate::support::{Answer, Ask, OWN_ORIGIN, TestApp, site::ORIGIN};

const START: &str = "/api/logins?client_id=site";

/// Origins that nobody registered.
const STRANGERS: [&str; 7] = [
    "https://evil.example",
    "null",
    "https://site.example.evil.example",
    "http://site.example",
    "https://site.example:8443",
    "https://SITE.example",
    "",
];

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,saoma-browser-secret"),
    ];
    app.call(Method::OPTIONS, path, &headers, "").await
}

/// Asserts that nothing of an answer may be read by another origin.
fn assert_turned_away(answer: &Answer) {
    assert_eq!(answer.problem(), "403 origin_not_allowed");
    let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors, None);
}

#[tokio::test]
async fn a_registered_page_is_told_that_it_may() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let login = format!("/api/logins/{}", widget.id);
    for path in
        [START, &login, &format!("{login}/result"), &format!("{login}/cancel"), &format!("{login}/renew")]
    {
        let answer = preflight(&app, path, ORIGIN).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
        assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
        let headers = answer.header("access-control-allow-headers");
        assert_eq!(headers, "content-type, dpop, last-event-id, saoma-browser-secret");
        assert_eq!(
            (answer.header("vary"), answer.header("access-control-allow-credentials")),
            ("origin", "")
        );
    }
}

#[tokio::test]
async fn any_other_page_is_turned_away() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    for stranger in STRANGERS {
        for path in [START, "/api/logins", &format!("/api/logins/{}", widget.id)] {
            assert_turned_away(&preflight(&app, path, stranger).await);
        }
    }
}

#[tokio::test]
async fn another_page_starts_nothing() {
    let app = TestApp::new().await;
    for stranger in STRANGERS {
        let mut widget = app.widget();
        widget.origin = stranger.to_owned();
        assert_turned_away(&widget.try_start(&Ask::default()).await);
    }
    assert_eq!(app.logins().await, 0);
}

#[tokio::test]
async fn a_page_cannot_borrow_another_client_s_origin() {
    let app = TestApp::new().await;
    app.import(serde_json::json!({
        "client_id": "elsewhere", "client_name": "Elsewhere", "redirect_uris": ["https://elsewhere.example/"],
        "allowed_origins": ["https://elsewhere.example"],
    }))
    .await;
    let origin = [("origin", "https://elsewhere.example")];
    let body = Ask::default().json();
    let answer = app.post_json("/api/logins?client_id=elsewhere", &origin, &body).await;
    assert_eq!(answer.problem(), "400 invalid_authorization_request");
    assert_turned_away(&app.post_json(START, &origin, &body).await);
    assert_eq!(app.logins().await, 0);
}

#[tokio::test]
async fn another_page_gets_nothing_even_with_the_secret() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    for stranger in STRANGERS {
        widget.origin = stranger.to_owned();
        for answer in [
            widget.look().await,
            widget.wait(0).await,
            widget.listen(None).await,
            widget.result().await,
            widget.cancel().await,
            widget.renew("request").await,
        ] {
            assert_turned_away(&answer);
        }
    }
    assert_eq!(app.stored(&widget.id).await, stored);
    widget.origin = ORIGIN.to_owned();
    assert_eq!(widget.state().await, "waiting");
}

#[tokio::test]
async fn a_registered_page_may_read_errors_too() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let not_confirmed = widget.result().await;
    widget.secret = String::new();
    let shut_out = widget.look().await;
    let not_json = app.call(Method::POST, START, &[("origin", ORIGIN)], "").await;
    for (answer, status) in [(not_confirmed, 409), (shut_out, 404), (not_json, 415)] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "{answer:?}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test]
async fn our_own_page_needs_no_permission() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    widget.origin = OWN_ORIGIN.to_owned();
    let answer = widget.look().await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
}

#[tokio::test]
async fn the_phone_api_is_for_no_page_of_another_origin() {
    let app = TestApp::new().await;
    let answer = preflight(&app, "/api/phone/scan", ORIGIN).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (405, ""));
}
