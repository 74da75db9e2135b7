//! `POST /api/logins/{id}/cancel`.

use crate::support::TestApp;

#[tokio::test]
async fn a_waiting_or_scanned_login_can_be_cancelled() {
    let app = TestApp::new().await;
    let (waiting, scanned) = (app.widget().start().await, app.widget().start().await);
    let phone = app.phone().await;
    let ticket = phone.ticket(&scanned.qr).await;
    for widget in [&waiting, &scanned] {
        let view = widget.cancel().await.json();
        assert_eq!((&view["state"], &view["expires_in"]), (&"cancelled".into(), &0.into()));
        assert!(view["return_to"].as_str().unwrap().contains("error=access_denied"));
    }
    assert_eq!(phone.scan(&waiting.qr).await.problem(), "409 login_cancelled");
    assert_eq!(phone.confirm(&ticket).await.problem(), "409 login_cancelled");
}

#[tokio::test]
async fn twice_is_as_good_as_once() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let first = widget.cancel().await.body;
    let stored = app.stored(&widget.id).await;
    assert_eq!(widget.cancel().await.body, first);
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn who_waits_is_told() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let (seen, ()) = tokio::join!(widget.wait(1), async {
        app.until_followed().await;
        widget.cancel().await;
    });
    assert_eq!(seen.json()["state"], "cancelled");
}

#[tokio::test]
async fn what_is_decided_or_over_stays_so() {
    let app = TestApp::new().await;
    let (confirmed, expired) = (app.widget().start().await, app.widget().start().await);
    app.pass(60);
    app.phone().await.approve(&confirmed.qr_now().await).await;
    app.pass(59);
    let stored = app.stored(&confirmed.id).await;
    assert_eq!(confirmed.cancel().await.json()["state"], "confirmed");
    assert_eq!(app.stored(&confirmed.id).await, stored);
    assert_eq!(confirmed.result().await.status, 200);
    app.pass(1);
    let stored = app.stored(&expired.id).await;
    assert_eq!(expired.cancel().await.json()["state"], "expired");
    assert_eq!(app.stored(&expired.id).await, stored);
}
