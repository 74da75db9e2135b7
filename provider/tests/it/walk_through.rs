//! The whole of a login, as everybody involved sees it.

use crate::support::{Ask, TestApp};

#[tokio::test]
async fn by_redirect_without_scripts() {
    let app = TestApp::new().await;
    let (mut browser, phone, site) = (app.browser(), app.phone().await, app.site());

    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    let ticket = phone.ticket(&qr).await;
    // The browser has no key of its own, so the phone wants to know what it shows.
    let digits = browser.digits(&page).await;
    assert!(browser.get(&page).await.body.contains("Type these digits on your phone"));
    assert_eq!(phone.match_digits(&ticket, &digits).await.status, 200);
    assert!(browser.get(&page).await.body.contains("Scanned. Confirm on your phone"));
    assert_eq!(phone.confirm(&ticket).await.status, 204);

    let arrived = browser.get(&page).await;
    assert_eq!(arrived.status, 303);
    assert_eq!(arrived.location_parameter("state").as_deref(), Some("the-state"));
    assert_eq!(arrived.location_parameter("iss").as_deref(), Some("https://login.example"));

    let tokens = site.redeem(&arrived.location_parameter("code").unwrap()).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let who = site.userinfo(tokens.json()["access_token"].as_str().unwrap()).await;
    assert_eq!(who.json()["name"], "Lin Example");
}

#[tokio::test]
async fn by_the_widget_on_a_page_of_the_site() {
    let app = TestApp::new().await;
    let (widget, phone, site) = (app.widget().start().await, app.phone().await, app.site());

    assert_eq!(widget.state().await, "waiting");
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(widget.state().await, "scanned");
    phone.confirm(&ticket).await;
    assert_eq!(widget.state().await, "confirmed");
    assert_eq!(widget.code().await, widget.code().await, "asked again, it is the same code");
    assert_eq!(site.redeem(&widget.code().await).await.status, 200);
    assert_eq!(widget.result().await.problem(), "410 result_gone");
}
