//! Who asks, as the approver sees it: the operator's word for the name, and a picture that this server keeps.

use axum::http::StatusCode;
use provider::oauth::{client::Logo, registration::RegistrationPolicy};
use serde_json::{Value, json};

use crate::support::{Ask, TestApp, site::more_sites};

/// A grey square as PNG.
fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::new(&mut bytes, 8, 8).write_header().unwrap();
    writer.write_image_data(&[shade; 64]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The site `own` with these members.
fn own(members: &[(&str, Value)]) -> Value {
    let mut own = more_sites()[0].clone();
    own["allowed_origins"] = json!(["https://site.example"]);
    for (name, value) in members {
        own[*name] = value.clone();
    }
    own
}

async fn site(app: &TestApp) -> Value {
    let widget = app.widget().start_with(&Ask::of("own")).await;
    app.phone().await.scan(&widget.qr).await.json()["site"].take()
}

#[tokio::test]
async fn the_operator_alone_vouches_for_a_site() {
    let app = TestApp::new().await;
    app.import(own(&[])).await;
    assert_eq!(site(&app).await["verified"], false);
    app.import(own(&[("verified", json!(true))])).await;
    assert_eq!(site(&app).await["verified"], true);
}

#[tokio::test]
async fn a_logo_is_kept_and_served_here() {
    let app = TestApp::new().await;
    let png = picture(7);
    app.import(own(&[("logo", json!(Logo::to_data_uri(&png)))])).await;
    let site_with = site(&app).await;
    let path = site_with["logo"].as_str().unwrap();
    let answer = app.get(path).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/png"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.bytes, png);

    app.import(own(&[("logo", json!(Logo::to_data_uri(&picture(8))))])).await;
    assert_ne!(site(&app).await["logo"], path, "another picture has another name");
    assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND);
    app.import(own(&[])).await;
    assert_eq!(site(&app).await.get("logo"), None);
    for odd in ["/logos/x", "/logos/..%2f..%2fetc"] {
        assert_eq!(app.get(odd).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
}

#[tokio::test]
async fn what_is_no_logo_is_refused() {
    let app = TestApp::new().await;
    for odd in ["https://elsewhere.example/logo.png", "data:image/svg+xml;base64,PHN2Zy8+", ""] {
        assert!(app.try_import(own(&[("logo", json!(odd))])).await.is_err(), "{odd}");
    }
}

/// Who registers by themselves is not vouched for, has no picture here, and may guard their logins more than the server does, never less.
#[tokio::test]
async fn a_registrant_may_only_tighten() {
    let app = TestApp::with(|config| config.registration = RegistrationPolicy::Open).await;
    let register = async |name: &str, value: Value| {
        let mut metadata = json!({"client_name": "Self", "redirect_uris": ["https://self.example/cb"]});
        metadata[name] = value;
        app.post_json("/register", &[], &metadata).await
    };
    let logo = Logo::to_data_uri(&picture(1));
    for (name, value) in [
        ("verified", json!(true)),
        ("verified", json!(false)),
        ("logo", json!(logo)),
        ("logo_file", json!("logo.png")),
        ("match_code", json!("never")),
        ("match_code", json!("sometimes")),
    ] {
        let refused = register(name, value.clone()).await;
        assert_eq!(refused.oauth_error(), "400 invalid_client_metadata", "{name}: {value}");
    }
    for (name, value) in
        [("match_code", json!("on_risk")), ("match_code", json!("always")), ("require_unlock", json!(true))]
    {
        let registered = register(name, value.clone()).await;
        assert_eq!((registered.status.as_u16(), &registered.json()[name]), (201, &value), "{name}");
    }
}

/// A registrant who replaces what the operator has imported under its name loses the operator's word with it.
#[tokio::test]
async fn what_a_registrant_replaces_is_no_longer_vouched_for() {
    let app = TestApp::with(|config| config.registration = RegistrationPolicy::Open).await;
    let metadata = json!({"client_name": "Self", "redirect_uris": ["https://self.example/cb"]});
    let registered = app.post_json("/register", &[], &metadata).await.json();
    let mut vouched = metadata.clone();
    vouched["client_id"] = registered["client_id"].clone();
    vouched["verified"] = json!(true);
    app.import(vouched).await;
    let id = registered["client_id"].as_str().unwrap();
    let stored = async || {
        app.app.store.client(&provider::oauth::client::ClientId::parse(id).unwrap()).await.unwrap().unwrap()
    };
    assert!(stored().await.verified);
    let mut renamed = metadata;
    renamed["client_id"] = json!(id);
    renamed["client_name"] = json!("Another");
    let token = format!("Bearer {}", registered["registration_access_token"].as_str().unwrap());
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let replaced =
        app.call(axum::http::Method::PUT, &format!("/register/{id}"), &headers, &renamed.to_string()).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
    assert!(!stored().await.verified);
}
