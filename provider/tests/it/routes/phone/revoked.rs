//! `DELETE /api/phone/devices/{id}`: a revoked device is refused at its next call.

use crate::support::{PASSWORD, Phone, TestApp};

/// Asserts that a phone can do nothing more.
async fn assert_out(phone: &mut Phone<'_>, qr: &str) {
    assert_eq!(phone.me().await.problem(), "401 invalid_token");
    assert_eq!(phone.scan(qr).await.problem(), "401 invalid_token");
    assert_eq!(phone.refresh().await.problem(), "401 invalid_token");
}

#[tokio::test]
async fn a_lost_phone_is_shut_out_from_another() {
    let app = TestApp::new().await;
    let (phone, mut lost) = (app.phone().await, app.phone().await);
    let widget = app.widget().start().await;
    assert_eq!(phone.revoke(&lost.device).await.status, 204);
    assert_out(&mut lost, &widget.qr).await;
    assert_eq!(phone.devices().await.len(), 1);
    assert_eq!(widget.state().await, "waiting");
    phone.approve(&widget.qr).await;
}

#[tokio::test]
async fn it_cannot_confirm_what_it_has_scanned() {
    let app = TestApp::new().await;
    let (phone, lost) = (app.phone().await, app.phone().await);
    let widget = app.widget().start().await;
    let ticket = lost.ticket(&widget.qr).await;
    phone.revoke(&lost.device).await;
    let stored = app.stored(&widget.id).await;
    assert_eq!(lost.confirm(&ticket).await.problem(), "401 invalid_token");
    assert_eq!(lost.deny(&ticket).await.problem(), "401 invalid_token");
    assert_eq!(phone.confirm(&ticket).await.problem(), "403 invalid_ticket");
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn revoking_one_s_own_is_signing_out() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    let widget = app.widget().start().await;
    assert_eq!(phone.revoke(&phone.device).await.status, 204);
    assert_out(&mut phone, &widget.qr).await;
    assert_eq!(phone.sign_in("lin", PASSWORD).await.status, 201);
    phone.approve(&widget.qr).await;
}

#[tokio::test]
async fn what_is_revoked_is_unknown() {
    let app = TestApp::new().await;
    let (phone, lost) = (app.phone().await, app.phone().await);
    phone.revoke(&lost.device).await;
    assert_eq!(phone.revoke(&lost.device).await.problem(), "404 unknown_device");
}
