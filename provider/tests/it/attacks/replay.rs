//! Everything that was secret in a sign-in, used again after it.

use axum::http::Method;
use serde_json::json;

use crate::support::{Ask, TestApp, claims_of};

#[tokio::test]
async fn nothing_of_a_finished_sign_in_is_good_again() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let scan_proof = phone.proof("POST", "/api/phone/scan", Some(&phone.access_token));
    let scan = json!({"qr": widget.qr});
    let scanned =
        phone.call_with(Method::POST, "/api/phone/scan", Some(scan.clone()), &scan_proof).await.json();
    let ticket = scanned["ticket"].as_str().unwrap();
    assert_eq!(phone.confirm(ticket).await.status, 204);
    let result_proof = widget.key.clone().unwrap().proof(&app, &format!("/api/logins/{}/result", widget.id));
    let collect = async || {
        let secret = widget.secret.as_str();
        let headers = [
            ("origin", widget.origin.as_str()),
            ("saoma-browser-secret", secret),
            ("dpop", result_proof.as_str()),
        ];
        app.call(Method::POST, &format!("/api/logins/{}/result", widget.id), &headers, "").await
    };
    let code = collect().await.json()["code"].as_str().unwrap().to_owned();
    assert_eq!(collect().await.problem(), "401 invalid_dpop_proof", "the proof of the collection");
    let tokens = app.site().redeem(&code).await.json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let next = app.site().refresh(refresh).await.json();
    let stored = app.stored(&widget.id).await;

    // The picture, the proof of the scan, the ticket; by the phone itself, and by another of the person's.
    assert_eq!(phone.scan(&widget.qr).await.problem(), "409 already_decided");
    let replayed = phone.call_with(Method::POST, "/api/phone/scan", Some(scan), &scan_proof).await;
    assert_eq!(replayed.problem(), "401 invalid_dpop_proof");
    assert_eq!(phone.confirm(ticket).await.problem(), "409 already_decided");
    assert_eq!(phone.deny(ticket).await.problem(), "409 already_decided");
    // The browser's secret, with its key.
    assert_eq!(widget.result().await.problem(), "410 result_gone");
    assert!(!widget.renew("request").await.status.is_success());
    assert_eq!(app.stored(&widget.id).await, stored, "nothing has moved");
    // The first refresh token, once its successor was used; the code, which takes everything with it.
    app.site().refresh(next["refresh_token"].as_str().unwrap()).await;
    assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant");
    assert_eq!(app.site().redeem(&code).await.oauth_error(), "400 invalid_grant");
    let access = next["access_token"].as_str().unwrap();
    assert_eq!(app.site().userinfo(access).await.status, 401, "what was stolen takes back what it gave");
}

/// The back of the tokens: an ID token is no key to anything, however fresh.
#[tokio::test]
async fn an_id_token_opens_nothing() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let id_token = tokens["id_token"].as_str().unwrap();
    assert!(claims_of(&tokens["id_token"])["sub"].is_string());
    assert_eq!(app.site().userinfo(id_token).await.status, 401);
    assert_eq!(app.site().refresh(id_token).await.oauth_error(), "400 invalid_grant");
    assert_eq!(app.site().redeem(id_token).await.oauth_error(), "400 invalid_grant");
    let headers = [("authorization", format!("DPoP {id_token}")), ("dpop", String::from("x"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(app.call(Method::GET, "/api/phone/me", &headers, "").await.status, 401);
}
