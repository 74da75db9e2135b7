//! `POST /api/logins/{id}/result`.

use crate::support::{
    ISSUER, TestApp, Widget,
    site::{ORIGIN, REDIRECT_URI},
};

/// Asserts that there is no result, and that asking for it changed nothing.
async fn assert_none(app: &TestApp, widget: &Widget<'_>, problem: &str) {
    let stored = app.stored(&widget.id).await;
    assert_eq!(widget.result().await.problem(), problem);
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn the_result_is_a_code_with_state_and_issuer() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let answer = widget.result().await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ORIGIN));
    let result = answer.json();
    let code = result["code"].as_str().unwrap();
    assert_eq!((&result["state"], &result["iss"]), (&"the-state".into(), &ISSUER.into()));
    let redirect = format!("{REDIRECT_URI}?code={code}&state=the-state&iss=https%3A%2F%2Flogin.example");
    assert_eq!(result["redirect_to"], redirect);
}

#[tokio::test]
async fn asked_again_it_is_the_same_and_changes_nothing() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let first = widget.result().await.body;
    let stored = app.stored(&widget.id).await;
    app.pass(59);
    assert_eq!(widget.result().await.body, first);
    assert_eq!(app.stored(&widget.id).await, stored, "a later look does not lengthen the code's life");
}

#[tokio::test]
async fn before_the_confirmation_there_is_none() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    assert_none(&app, &widget, "409 not_confirmed").await;
    let ticket = phone.ticket(&widget.qr).await;
    assert_none(&app, &widget, "409 not_confirmed").await;
    assert_eq!(phone.confirm(&ticket).await.status, 204);
    assert_eq!(widget.result().await.status, 200);
}

#[tokio::test]
async fn after_a_no_there_is_none() {
    let app = TestApp::new().await;
    let (denied, cancelled) = (app.widget().start().await, app.widget().start().await);
    let phone = app.phone().await;
    let ticket = phone.ticket(&denied.qr).await;
    phone.deny(&ticket).await;
    cancelled.cancel().await;
    assert_none(&app, &denied, "409 not_confirmed").await;
    assert_none(&app, &cancelled, "409 not_confirmed").await;
}

#[tokio::test]
async fn after_its_time_there_is_none() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (unseen, confirmed) = (app.widget().start().await, app.widget().start().await);
    let delivered = app.widget().start().await;
    phone.approve(&confirmed.qr).await;
    phone.approve(&delivered.qr).await;
    delivered.code().await;
    app.pass(120);
    assert_none(&app, &unseen, "410 login_expired").await;
    assert_none(&app, &confirmed, "410 result_gone").await;
    assert_none(&app, &delivered, "410 result_gone").await;
}

#[tokio::test]
async fn a_redeemed_one_is_gone() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
    let tokens = app.site().redeem(&widget.code().await).await.json();
    assert_none(&app, &widget, "410 result_gone").await;
    let who = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(who.status, 200, "to ask again is no replay");
}
