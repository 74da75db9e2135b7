//! What the page shows, and where it leads.

use protocol::draw::draw;
use serde_json::json;

use crate::support::{Ask, TestApp, site::REDIRECT_URI};

const REFRESH: &str = r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#;

#[tokio::test]
async fn the_code_is_drawn_by_the_server() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    assert!(qr.starts_with("https://login.example/q/") && qr.len() == 24 + 36, "{qr}");
    assert!(browser.get(&page).await.body.contains(&draw(&qr).dark));
    assert_eq!(browser.qr(&page).await, qr, "a reload shows the same code");
    app.pass(2);
    let next = browser.qr(&page).await;
    assert!(next != qr && next[..46] == qr[..46], "two seconds later it shows the next frame of it: {next}");
    assert!(browser.get(&page).await.body.contains(&draw(&next).dark));
}

#[tokio::test]
async fn it_is_private_and_runs_nothing_inline() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let answer = browser.get(&page).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none", "a window may wait for it");
    assert!(!answer.header("content-security-policy").contains("unsafe-inline"));
    assert_eq!(
        answer.body.matches("<script").count(),
        answer.body.matches("<script type=\"module\" src=").count()
    );
    for inline in ["style=", "onclick=", "onload=", "javascript:", "<style"] {
        assert!(!answer.body.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn without_scripts_it_reloads_itself_while_something_can_happen() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    assert!(browser.get(&page).await.body.contains(REFRESH));
    let qr = browser.qr(&page).await;
    let ticket = phone.ticket(&qr).await;
    assert!(browser.get(&page).await.body.contains(REFRESH));
    phone.deny(&ticket).await;
    let denied = browser.get(&page).await.body;
    assert!(!denied.contains("http-equiv") && !denied.contains("<noscript"), "{denied}");
}

#[tokio::test]
async fn a_scan_or_a_denial_is_shown() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    let ticket = phone.ticket(&qr).await;
    let scanned = browser.get(&page).await.body;
    assert!(scanned.contains(r#"data-state="scanned""#) && scanned.contains(">1:00<"), "{scanned}");
    phone.deny(&ticket).await;
    let denied = browser.get(&page).await.body;
    assert!(denied.contains("You declined this sign-in") && denied.contains("Back to A site"), "{denied}");
    assert!(denied.contains(&format!(r#"href="{REDIRECT_URI}?error=access_denied"#)), "{denied}");
    assert!(denied.contains("/renew"), "there is a way on");
}

#[tokio::test]
async fn nothing_about_the_person_is_on_it_before_the_confirmation() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    phone.ticket(&qr).await;
    let body = browser.get(&page).await.body;
    for personal in ["lin", "Lin Example", "lin@example.com", "A phone", &phone.device] {
        let as_word = body.split(|c: char| !c.is_alphanumeric()).any(|word| word == personal);
        assert!(!as_word && (personal == "lin" || !body.contains(personal)), "{personal}");
    }
}

#[tokio::test]
async fn a_site_s_name_is_text_and_never_markup() {
    let app = TestApp::new().await;
    let name = r#"<script>alert(1)</script> " onload='x' &amp;"#;
    app.import(json!({"client_id": "evil", "client_name": name, "redirect_uris": [REDIRECT_URI]})).await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default().with("client_id", "evil")).await;
    let body = browser.get(&page).await.body;
    assert!(!body.contains("<script>") && !body.contains(r#"" onload"#), "{body}");
    assert!(body.contains("Sign in to &#60;script&#62;alert(1)&#60;/script&#62;"), "{body}");
}

#[tokio::test]
async fn confirmed_it_leads_to_the_site_until_the_site_has_redeemed_the_code() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let page = browser.ask(&Ask::default()).await;
    browser.approve(&page, &phone).await;
    let (first, again) = (browser.get(&page).await, browser.get(&page).await);
    assert_eq!((first.status.as_u16(), first.header("location")), (303, again.header("location")));
    assert!(first.header("location").starts_with(&format!("{REDIRECT_URI}?code=saoma_code_")));
    app.site().redeem(&first.location_parameter("code").unwrap()).await;
    let over = browser.get(&page).await;
    assert_eq!((over.status.as_u16(), over.header("location")), (410, ""));
    assert!(over.body.contains("This sign-in is over"));
}

#[tokio::test]
async fn expired_it_leads_to_its_successor_five_times() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let mut page = browser.ask(&Ask::default()).await;
    for _ in 0..5 {
        let qr = browser.qr(&page).await;
        app.pass(120);
        let moved = browser.get(&page).await;
        assert_eq!(moved.status, 303);
        let next = moved.header("location").to_owned();
        assert!(moved.header("set-cookie").contains(next.strip_prefix("/login/").unwrap()));
        assert_ne!((&next, browser.qr(&next).await), (&page, qr));
        page = next;
    }
    app.pass(120);
    let expired = browser.get(&page).await;
    assert_eq!(expired.status, 200);
    assert!(expired.body.contains("This code has expired") && expired.body.contains("New code"));
    assert!(!expired.body.contains("http-equiv"), "it waits for a click");
}

#[tokio::test]
async fn after_an_hour_an_expired_page_stays() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    app.pass(3600);
    let logins = app.logins().await;
    let answer = browser.get(&page).await;
    assert_eq!((answer.status.as_u16(), app.logins().await), (200, logins));
    assert!(answer.body.contains("This code has expired"));
}
