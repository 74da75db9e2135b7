//! `POST /api/phone/confirm` and `POST /api/phone/deny`: a ticket is good once, from the device that scanned.

use crate::support::{Phone, TestApp, Widget};

/// Asserts that neither decision is taken from this phone, and that nothing changes.
async fn assert_refused(app: &TestApp, widget: &Widget<'_>, phone: &Phone<'_>, ticket: &str, problem: &str) {
    let stored = app.stored(&widget.id).await;
    assert_eq!(phone.confirm(ticket).await.problem(), problem);
    assert_eq!(phone.deny(ticket).await.problem(), problem);
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn a_yes_confirms() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let answer = phone.confirm(&ticket).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    assert_eq!(widget.state().await, "confirmed");
}

#[tokio::test]
async fn a_no_ends_it() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(phone.deny(&ticket).await.status, 204);
    assert_eq!(widget.state().await, "denied");
    assert_eq!(widget.result().await.problem(), "409 not_confirmed");
}

#[tokio::test]
async fn a_ticket_is_used_once() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (yes, no) = (app.widget().start().await, app.widget().start().await);
    let (yes_ticket, no_ticket) = (phone.ticket(&yes.qr).await, phone.ticket(&no.qr).await);
    phone.confirm(&yes_ticket).await;
    phone.deny(&no_ticket).await;
    assert_refused(&app, &yes, &phone, &yes_ticket, "409 already_decided").await;
    assert_refused(&app, &no, &phone, &no_ticket, "409 already_decided").await;
    assert_eq!((yes.state().await.as_str(), no.state().await.as_str()), ("confirmed", "denied"));
}

#[tokio::test]
async fn another_device_may_not_use_it_not_even_the_same_person_s() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let (same_person, somebody_else) = (app.phone().await, app.phone_of("kim").await);
    let ticket = phone.ticket(&widget.qr).await;
    assert_refused(&app, &widget, &same_person, &ticket, "403 invalid_ticket").await;
    assert_refused(&app, &widget, &somebody_else, &ticket, "403 invalid_ticket").await;
    assert_eq!(phone.confirm(&ticket).await.status, 204);
    assert_refused(&app, &widget, &same_person, &ticket, "403 invalid_ticket").await;
}

#[tokio::test]
async fn what_is_no_ticket_is_refused() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let made_up = "saoma_ticket_".to_owned() + &"A".repeat(43);
    for wrong in ["", "x", &made_up, &ticket[..20], &widget.secret, &widget.qr] {
        assert_refused(&app, &widget, &phone, wrong, "403 invalid_ticket").await;
    }
    assert_eq!(phone.confirm(&ticket).await.status, 204);
}

#[tokio::test]
async fn there_is_a_minute_to_decide() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (last, late) = (app.widget().start().await, app.widget().start().await);
    let (last_ticket, late_ticket) = (phone.ticket(&last.qr).await, phone.ticket(&late.qr).await);
    app.pass(59);
    assert_eq!(phone.confirm(&last_ticket).await.status, 204);
    app.pass(1);
    assert_refused(&app, &late, &phone, &late_ticket, "410 login_expired").await;
    assert_eq!(late.state().await, "expired");
}

#[tokio::test]
async fn what_was_cancelled_in_the_browser_is_over() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    widget.cancel().await;
    assert_refused(&app, &widget, &phone, &ticket, "409 login_cancelled").await;
}
