//! `GET /api/phone/notices` and `POST /api/phone/notices/{id}/seen`: told at once, and again a day later.

use serde_json::{Value, json};

use crate::support::{START, TestApp};

const DAY: u64 = 24 * 3600;

fn due(notices: &[Value]) -> usize {
    notices.iter().filter(|notice| notice["due"] == json!(true)).count()
}

#[tokio::test]
async fn a_login_is_told_of_at_once() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let widget = app.widget().start().await;
    phone.approve(&widget.qr).await;
    let mut notices = phone.notices().await;
    assert!(notices[0]["id"].take().is_string());
    let expected = json!({
        "id": null, "kind": "login", "at": START.seconds(), "due": true, "seen": 0, "site": "A site",
        "device": "A phone", "this_device": true,
        "from": notices[0]["from"],
    });
    assert_eq!(notices, [expected]);
    assert_eq!(notices[0]["from"]["address"], "192.0.2.7");
}

#[tokio::test]
async fn what_was_only_scanned_or_declined_is_no_login() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (scanned, declined) = (app.widget().start().await, app.widget().start().await);
    phone.ticket(&scanned.qr).await;
    let ticket = phone.ticket(&declined.qr).await;
    phone.deny(&ticket).await;
    assert!(phone.notices().await.is_empty());
}

#[tokio::test]
async fn a_new_phone_is_told_of_on_the_others_and_not_on_itself() {
    let app = TestApp::new().await;
    let (first, second) = (app.phone().await, app.phone().await);
    let told = first.notices().await;
    assert_eq!((told.len(), &told[0]["kind"], &told[0]["device"]), (1, &json!("device"), &json!("A phone")));
    // It hears of the one that was there before it.
    let told = second.notices().await;
    assert_eq!((told.len(), &told[0]["kind"], &told[0]["this_device"]), (1, &json!("device"), &json!(false)));
}

#[tokio::test]
async fn it_is_told_again_a_day_after_it_was_seen_and_then_no_more() {
    let app = TestApp::new().await;
    let mut phone = app.phone().await;
    phone.approve(&app.widget().start().await.qr).await;
    let notice = phone.notices().await[0].clone();
    for _ in 0..2 {
        // A double tap is one look.
        assert_eq!(phone.says("seen", &notice).await.status, 204);
    }
    let told = phone.notices().await;
    assert_eq!((due(&told), &told[0]["seen"]), (0, &json!(1)));
    app.pass(DAY - 1);
    phone.refresh().await;
    assert_eq!(due(&phone.notices().await), 0);
    app.pass(1);
    assert_eq!(due(&phone.notices().await), 1, "a day later");
    assert_eq!(phone.says("seen", &notice).await.status, 204);
    assert!(phone.notices().await.is_empty());
}

#[tokio::test]
async fn what_one_phone_has_seen_the_other_is_told_of_all_the_same() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.phone().await, app.phone().await);
    stranger.approve(&app.widget().start().await.qr).await;
    for notice in stranger.notices().await {
        stranger.says("seen", &notice).await;
    }
    let told = owner.notices().await;
    assert_eq!(due(&told), 2, "the phone that came, and what it confirmed");
    assert_eq!((&told[0]["kind"], &told[0]["this_device"]), (&json!("login"), &json!(false)));
}

#[tokio::test]
async fn a_phone_hears_of_no_login_from_before_its_time() {
    let app = TestApp::new().await;
    app.phone().await.approve(&app.widget().start().await.qr).await;
    app.pass(1);
    let later = app.phone().await;
    let kinds: Vec<Value> = later.notices().await.iter().map(|notice| notice["kind"].clone()).collect();
    assert_eq!(kinds, ["device"]);
}

#[tokio::test]
async fn one_click_in_a_browser_is_a_login_too() {
    let app = TestApp::new().await;
    app.import(crate::support::site::more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&crate::support::Ask::default(), &phone).await.code();
    browser.try_ask(&crate::support::Ask::of(crate::support::site::OWN_CLIENT)).await.code();
    let sites: Vec<Value> = phone.notices().await.iter().map(|notice| notice["site"].clone()).collect();
    assert_eq!(sites, ["own", "A site"]);
}

#[tokio::test]
async fn another_account_s_notice_is_unknown() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (lin, kim) = (app.phone().await, app.phone_of("kim").await);
    lin.approve(&app.widget().start().await.qr).await;
    assert!(kim.notices().await.is_empty());
    let notice = lin.notices().await[0].clone();
    for word in ["seen", "not-me"] {
        assert_eq!(kim.says(word, &notice).await.problem(), "404 unknown_notice", "{word}");
        let nothing = json!({"id": "00000000-0000-0000-0000-000000000000"});
        assert_eq!(lin.says(word, &nothing).await.problem(), "404 unknown_notice", "{word}");
        assert_eq!(lin.says(word, &json!({"id": "x"})).await.problem(), "404 unknown_notice", "{word}");
    }
    assert_eq!(due(&lin.notices().await), 1);
}
