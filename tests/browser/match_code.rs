//! What comes before consent: the digits on the screen, and who holds the phone; and what the approver sees of a site.

use saoma_tests::{PASSWORD, Stage};
use serde_json::json;

use crate::steps::{ask_to_sign_in, confirm, digits, is_in, places, scan, scan_by, signed_in_phone};

/// Other digits.
fn other(digits: &str) -> String {
    let number: u32 = digits.parse().expect("digits");
    format!("{:02}", (number + 1) % 100)
}

const FIELD: &str = "Type the two digits on your screen";

#[tokio::test(flavor = "multi_thread")]
async fn digits_come_before_consent() {
    let stage = Stage::open("digits", &["--match-code", "always"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let waiting = places(&desktop).await;
    scan(&phone, &desktop).await;
    phone.shows("input.digits").await;
    phone.hides("button.primary").await;
    phone.keep_both("phone-digits").await;
    let shown = digits(&desktop).await;
    desktop.reads("Type these digits on your phone").await;
    assert_eq!(places(&desktop).await, waiting, "nothing has moved");
    desktop.keep_both("desktop-digits").await;

    // The second digit sends them: one tap is left.
    phone.fill(FIELD, &shown).await;
    phone.reads("It asks for").await;
    phone.keep_both("phone-question").await;
    desktop.hides(".digits:not(:empty)").await;
    desktop.reads("Scanned. Confirm on your phone").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_digits_end_it_on_both_screens() {
    let stage = Stage::open("wrong-digits", &["--match-code", "always"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    let shown = digits(&desktop).await;
    phone.fill(FIELD, &other(&shown)).await;
    phone.reads("The digits did not match").await;
    phone.keep_both("phone-wrong").await;
    is_in(&desktop, "denied").await;
    desktop.reads("The digits did not match").await;
    desktop.hides(".digits:not(:empty)").await;
    desktop.keep_both("desktop-wrong").await;

    // A new code, and the back gesture, which is a no here too.
    desktop.press("New code").await;
    is_in(&desktop, "waiting").await;
    scan_by("Scan again", &phone, &desktop).await;
    digits(&desktop).await;
    phone.go_back().await;
    phone.shows("main.outcome[data-tone=declined]").await;
    desktop.reads("You declined this sign-in").await;

    stage.close([phone, desktop], &["/api/phone/match"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_without_scripts_and_in_chinese() {
    let stage = Stage::open("digits-without-scripts", &["--match-code", "always"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    desktop.speak("zh-CN").await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    desktop.is_at(&stage.provider("/login/")).await;
    is_in(&desktop, "waiting").await;
    scan(&phone, &desktop).await;
    let shown = digits(&desktop).await;
    desktop.reads("请在手机上输入这两位数字").await;
    desktop.keep_both("desktop-digits").await;
    phone.fill(FIELD, &shown).await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_guards_much_asks_who_holds_the_phone() {
    let stage = Stage::open("unlock", &[]).await;
    let mut site = stage.registration();
    site["require_unlock"] = json!(true);
    site["verified"] = json!(true);
    site["logo"] = json!(include_str!("logo.txt").trim());
    stage.register(&site).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    phone.reads("Verified").await;
    phone.shows("img.logo").await;
    phone.holds("first('img.logo').naturalWidth > 0").await;
    phone.keep_both("phone-unlock").await;
    phone.fill("Password", "not the password").await;
    phone.press("Go on").await;
    phone.reads("That is not the password.").await;
    phone.keep_both("phone-wrong-password").await;
    phone.fill("Password", PASSWORD).await;
    phone.press("Go on").await;
    phone.reads("It asks for").await;
    phone.keep_both("phone-question").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    stage.close([phone, desktop], &["/api/phone/unlock"]).await;
}
