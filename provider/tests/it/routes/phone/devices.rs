//! `GET /api/phone/me`, and the account's devices.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Phone, START, TestApp};

async fn rename(phone: &Phone<'_>, device: &str, name: &str) -> Answer {
    let path = format!("/api/phone/devices/{device}");
    phone.call(Method::PATCH, &path, Some(json!({"name": name}))).await
}

fn names(devices: &[Value]) -> Vec<&str> {
    devices.iter().map(|device| device["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn me_is_the_account_and_this_device() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let at = START.seconds();
    let device = json!({
        "id": phone.device, "name": "A phone", "enrolled_at": at, "last_seen_at": at, "current": true,
    });
    let account = json!({"name": "lin", "display_name": "Lin Example"});
    assert_eq!(phone.me().await.json(), json!({"account": account, "device": device, "has_password": true}));
}

#[tokio::test]
async fn the_list_is_the_account_s_own_the_newest_first() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let old = app.phone().await;
    app.pass(1);
    let (new, _other) = (app.phone().await, app.phone_of("kim").await);
    let devices = old.devices().await;
    let ids: Vec<&str> = devices.iter().map(|device| device["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&new.device, &old.device]);
    assert_eq!((&devices[0]["current"], &devices[1]["current"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn a_device_is_renamed_by_any_device_of_its_account() {
    let app = TestApp::new().await;
    let (one, other) = (app.phone().await, app.phone().await);
    let renamed = rename(&one, &other.device, " 小明的手机 ").await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("小明的手机")));
    assert_eq!(renamed.json()["current"], false);
    assert_eq!(other.me().await.json()["device"]["name"], "小明的手机");
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for name in ["", "   ", &"x".repeat(65), "a\nb"] {
        assert_eq!(rename(&phone, &phone.device, name).await.problem(), "400 invalid_request", "{name:?}");
    }
    assert_eq!(names(&phone.devices().await), ["A phone"]);
}

#[tokio::test]
async fn another_account_s_device_is_unknown() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (phone, other) = (app.phone().await, app.phone_of("kim").await);
    for device in [other.device.as_str(), "no-id", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(rename(&phone, device, "Mine").await.problem(), "404 unknown_device", "{device}");
        assert_eq!(phone.revoke(device).await.problem(), "404 unknown_device", "{device}");
    }
    assert_eq!(names(&other.devices().await), ["A phone"]);
}
