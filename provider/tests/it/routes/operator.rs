//! `/healthz`, `/readyz`, and the OpenAPI document.

use protocol::paths;
use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn a_server_that_stops_is_healthy_but_not_ready() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/healthz").await.status, 200);
    assert_eq!(app.get("/readyz").await.status, 200);
    app.app.shutdown.stop();
    assert_eq!(app.get("/healthz").await.status, 200);
    let answer = app.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (503, "stopping\n"));
}

#[tokio::test]
async fn the_openapi_document_is_the_generated_one_and_names_the_whole_phone_api() {
    let app = TestApp::new().await;
    let document = app.get("/openapi.json").await.json();
    let generated: Value = serde_json::from_str(&provider::http::openapi().to_json().unwrap()).unwrap();
    assert_eq!(document, generated);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let named: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    let device = paths::phone_device("{id}");
    let site = format!("{}/{{client_id}}", paths::PHONE_SITES);
    let passkey = paths::phone_passkey("{id}");
    let (seen, not_me) = (paths::phone_notice_seen("{id}"), paths::phone_notice_not_me("{id}"));
    let (allow, deny) = (paths::phone_waiting_allow("{id}"), paths::phone_waiting_deny("{id}"));
    let mut all = vec![
        paths::PHONE_SIGN_IN,
        paths::PHONE_SIGN_IN_RESULT,
        paths::PHONE_NOTICES,
        paths::PHONE_PASSKEYS,
        paths::PHONE_PASSKEY_OPTIONS,
        paths::PHONE_PASSKEY_SIGN_IN,
        paths::PHONE_PASSKEY_SIGN_IN_OPTIONS,
        &passkey,
        &seen,
        &not_me,
        &allow,
        &deny,
        paths::PHONE_TOKEN,
        paths::PHONE_ME,
        paths::PHONE_SIGHTING,
        paths::PHONE_SCAN,
        paths::PHONE_MATCH,
        paths::PHONE_UNLOCK,
        paths::PHONE_CONFIRM,
        paths::PHONE_DENY,
        paths::PHONE_DEVICES,
        paths::PHONE_SITES,
        paths::PHONE_ACTIVITY,
        &device,
        &site,
    ];
    all.sort_unstable();
    assert_eq!(named, all);
}

#[tokio::test]
async fn every_reference_in_the_openapi_document_leads_somewhere() {
    let app = TestApp::new().await;
    let answer = app.get("/openapi.json").await;
    let document = answer.json();
    let references: Vec<&str> =
        answer.body.split(r##""$ref":"#"##).skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(references.len() > 10);
    for pointer in references {
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}
