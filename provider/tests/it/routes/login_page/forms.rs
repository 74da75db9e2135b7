//! `POST /login/{id}/cancel` and `POST /login/{id}/renew`.

use axum::http::Method;

use crate::support::{Ask, OWN_ORIGIN, TestApp, site::ORIGIN};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn cancel_leads_to_a_page_with_a_way_back() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let answer = browser.post(&format!("{page}/cancel"), "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, page.as_str()));
    let body = browser.get(&page).await.body;
    assert!(body.contains("Sign-in cancelled") && body.contains("Back to A site"));
    let link = body.split("href=\"").find(|part| part.starts_with(ORIGIN)).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let query: Vec<_> = url::Url::parse(&link).unwrap().query_pairs().into_owned().collect();
    assert_eq!(query[0], ("error".to_owned(), "access_denied".to_owned()));
    assert_eq!(query[2..], [("iss".into(), OWN_ORIGIN.to_owned()), ("state".into(), "the-state".into())]);
}

#[tokio::test]
async fn the_new_code_of_an_ended_login_is_another_login_in_the_same_browser() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    let old = browser.qr(&page).await;
    browser.post(&format!("{page}/cancel"), "").await;
    let answer = browser.post(&format!("{page}/renew"), "").await;
    assert_eq!(answer.status, 303);
    let new = browser.qr(answer.header("location")).await;
    assert_ne!(old, new);
    assert_eq!(phone.scan(&old).await.problem(), "409 login_cancelled");
    browser.approve(answer.header("location"), &phone).await;
    assert_eq!(
        browser.get(answer.header("location")).await.location_parameter("state").unwrap(),
        "the-state"
    );
}

#[tokio::test]
async fn what_is_under_way_is_not_renewed() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let answer = browser.post(&format!("{page}/renew"), "").await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie"), app.logins().await), (410, "", 1));
    assert_eq!(browser.get(&page).await.status, 200);
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let before = app.stored(page.strip_prefix("/login/").unwrap()).await;
    for from in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for form in ["cancel", "renew"] {
            let answer = browser.fetch(Method::POST, &format!("{page}/{form}"), &[FORM, from], "").await;
            assert_eq!(answer.status, 404, "{form} from {from:?}");
        }
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, before);
    let own = [FORM, ("origin", OWN_ORIGIN)];
    assert_eq!(browser.fetch(Method::POST, &format!("{page}/cancel"), &own, "").await.status, 303);
}

#[tokio::test]
async fn without_the_cookie_a_form_does_nothing() {
    let app = TestApp::new().await;
    let page = app.browser().ask(&Ask::default()).await;
    let before = app.stored(page.strip_prefix("/login/").unwrap()).await;
    for form in ["cancel", "renew"] {
        let answer = app.browser().post(&format!("{page}/{form}"), "").await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (404, ""));
    }
    assert_eq!(app.stored(page.strip_prefix("/login/").unwrap()).await, before);
}
