//! Codes that run out.

use saoma_tests::Stage;

use crate::steps::{NAME, ask_to_sign_in, confirm, is_in, scan, shown_login, signed_in_phone};

/// So many codes come by themselves after the first.
const RENEWALS: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_renews_itself_five_times_and_then_waits_for_a_click() {
    let stage = Stage::open("renewal", &["--qr-seconds", "3"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let mut codes = vec![shown_login(&desktop).await];
    while codes.len() <= RENEWALS {
        let last = codes.last().unwrap();
        desktop.holds(&format!("first('a.link') && !first('a.link').href.startsWith({last:?})")).await;
        codes.push(shown_login(&desktop).await);
    }
    is_in(&desktop, "expired").await;
    desktop.reads("This code has expired").await;
    desktop.keep_both("desktop-expired").await;
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 1 + RENEWALS);

    desktop.press("New code").await;
    is_in(&desktop, "waiting").await;
    scan(&phone, &desktop).await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_nobody_answers_runs_out_on_both_screens() {
    let stage = Stage::open("unanswered", &["--scanned-seconds", "4"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let before = shown_login(&desktop).await;
    scan(&phone, &desktop).await;
    is_in(&desktop, "scanned").await;
    phone.reads("The code has expired").await;
    phone.keep_both("phone-expired").await;
    is_in(&desktop, "waiting").await;
    assert_ne!(shown_login(&desktop).await, before);

    stage.close([phone, desktop], &[]).await;
}
