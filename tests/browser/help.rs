//! For whom scanning in two minutes does not come easy: more time, and a code to type.

use saoma_tests::Stage;

use crate::steps::{NAME, ask_to_sign_in, confirm, digits, is_in, places, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn who_needs_more_time_has_it_and_may_type() {
    let stage = Stage::open("more-time", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let before = places(&desktop).await;

    desktop.shows(".countdown").await;
    desktop.press("I need more time").await;
    desktop.reads("Take your time. The code stays good.").await;
    desktop.hides(".countdown:not(:empty)").await;
    desktop.hides("[part=more-time]").await;
    // Who works by keyboard is not thrown back to the beginning.
    desktop.holds("document.querySelector('saoma-login').shadowRoot.activeElement !== null").await;
    desktop.keep_both("desktop-more-time").await;

    desktop.press("Type a code instead").await;
    desktop.reads("In the app, type").await;
    let user_code = desktop.text(".user-code").await;
    assert_eq!(user_code.len(), 9, "{user_code}");
    desktop.keep_both("desktop-typed-code").await;
    assert_eq!(places(&desktop).await, before, "something has jumped");
    desktop.reload().await;
    is_in(&desktop, "waiting").await;
    desktop.reads("Take your time. The code stays good.").await;
    assert_eq!(desktop.text(".user-code").await, user_code, "a page that is loaded again shows it again");

    phone.press("Scan").await;
    phone.press("Type a code instead").await;
    phone.fill("Code", &user_code).await;
    phone.press("Go on").await;
    phone.shows("main.confirm").await;
    is_in(&desktop, "scanned").await;
    desktop.keep("desktop-scanned").await;
    desktop.hides(".countdown:not(:empty)").await;
    // Letters can be told to somebody on the telephone: digits are asked for besides.
    phone.fill("Type the two digits on your screen", &digits(&desktop).await).await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_scripts_and_in_chinese() {
    let stage = Stage::open("chinese-help", &[]).await;
    let desktop = stage.desktop().await;
    desktop.speak("zh-CN").await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    is_in(&desktop, "waiting").await;
    desktop.keep("desktop-waiting").await;
    desktop.press("我需要更多时间").await;
    desktop.reads("不用着急，二维码会一直有效。").await;
    desktop.press("改为输入代码").await;
    desktop.shows(".user-code:not(:empty)").await;
    desktop.keep("desktop-typed-code").await;

    stage.close([desktop], &[]).await;
}
