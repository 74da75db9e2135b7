//! `POST /api/phone/sign-in`.

use serde_json::json;

use crate::support::{PASSWORD, Phone, TestApp};

const PATH: &str = "/api/phone/sign-in";

#[tokio::test]
async fn the_device_is_enrolled() {
    let app = TestApp::new().await;
    let mut phone = Phone::new(&app);
    let answer = phone.sign_in("lin", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    let signed_in = answer.json();
    assert_eq!(signed_in["account"], json!({"name": "lin", "display_name": "Lin Example"}));
    assert_eq!((&signed_in["token_type"], &signed_in["expires_in"]), (&json!("DPoP"), &json!(600)));
    assert!(phone.access_token.expose().starts_with("saoma_phone_"));
    assert!(phone.refresh_token.expose().starts_with("saoma_device_"));
}

#[tokio::test]
async fn the_account_s_name_is_taken_in_any_case() {
    let app = TestApp::new().await;
    assert_eq!(Phone::new(&app).sign_in(" LIN ", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_are_answered_alike() {
    let app = TestApp::new().await;
    let mut phone = Phone::new(&app);
    let wrong = phone.sign_in("lin", "wrong horse").await;
    assert_eq!(wrong.problem(), "401 wrong_credentials");
    for (account, password) in [
        ("nobody", PASSWORD),
        ("nobody", "no account has this password"),
        ("no name at all", PASSWORD),
        ("", PASSWORD),
        ("lin", "Correct horse"),
        ("' or 1=1 --", PASSWORD),
    ] {
        let other = phone.sign_in(account, password).await;
        assert_eq!((other.status, &other.body), (wrong.status, &wrong.body), "{account}");
        assert_eq!(format!("{:?}", other.headers), format!("{:?}", wrong.headers), "{account}");
    }
    assert_eq!(phone.sign_in("lin", PASSWORD).await.status, 201);
    assert_eq!(app.phone().await.devices().await.len(), 2, "the refused ones enrolled nothing");
}

#[tokio::test]
async fn a_password_that_is_empty_or_huge_is_refused_unhashed() {
    let app = TestApp::new().await;
    for password in ["", &"x".repeat(1025)] {
        assert_eq!(Phone::new(&app).sign_in("lin", password).await.problem(), "400 invalid_request");
    }
}

#[tokio::test]
async fn a_device_needs_a_name() {
    let app = TestApp::new().await;
    for name in ["", "  ", &"x".repeat(65), "a\u{7}b"] {
        let phone = Phone::new(&app);
        let body = json!({"account": "lin", "password": PASSWORD, "device_name": name});
        let answer = app.post_json(PATH, &[("dpop", &phone.proof("POST", PATH, None))], &body).await;
        assert_eq!(answer.problem(), "400 invalid_request", "{name:?}");
    }
    assert_eq!(app.phone().await.devices().await.len(), 1);
}

#[tokio::test]
async fn without_a_proof_nobody_signs_in() {
    let app = TestApp::new().await;
    let body = json!({"account": "lin", "password": PASSWORD, "device_name": "A phone"});
    assert_eq!(app.post_json(PATH, &[], &body).await.problem(), "401 invalid_dpop_proof");
    assert_eq!(app.phone().await.devices().await.len(), 1);
}

#[tokio::test]
async fn the_21st_device_is_one_too_many() {
    let app = TestApp::new().await;
    let mut phones = Vec::new();
    for _ in 0..20 {
        phones.push(app.phone().await);
    }
    let mut one_more = Phone::new(&app);
    let refused = one_more.sign_in_with_consent("lin", PASSWORD).await;
    assert_eq!(refused.problem(), "409 too_many_devices");
    assert_eq!(phones[0].devices().await.len(), 20);
    phones[0].revoke(&phones[19].device).await;
    assert_eq!(one_more.sign_in_with_consent("lin", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn the_same_phone_signing_in_again_is_the_same_device_anew() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    let (device, token) = (phone.device.clone(), phone.access_token.expose().to_owned());
    assert_eq!(phone.sign_in("lin", PASSWORD).await.status, 201);
    assert_ne!((&phone.device, phone.access_token.expose()), (&device, token.as_str()));
    assert_eq!(phone.devices().await.len(), 1);
}
