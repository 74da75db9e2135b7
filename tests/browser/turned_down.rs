//! Logins that come to nothing: declined on the phone, cancelled in the browser.

use saoma_tests::Stage;

use crate::steps::{NAME, ask_to_sign_in, code, confirm, is_in, scan, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_declined_can_be_tried_again() {
    let stage = Stage::open("declined", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let before = code(&desktop).await;
    scan(&phone, &desktop).await;
    phone.press("Decline").await;
    phone.shows("main.outcome[data-tone=declined]").await;
    phone.keep_both("phone-declined").await;
    is_in(&desktop, "denied").await;
    desktop.reads("You declined this sign-in").await;
    desktop.reads("Back to The Gnomon").await;
    desktop.keep_both("desktop-declined").await;
    phone.press("Done").await;

    desktop.press("New code").await;
    is_in(&desktop, "waiting").await;
    assert_ne!(code(&desktop).await, before);
    scan(&phone, &desktop).await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_confirms_what_was_cancelled_is_told() {
    let stage = Stage::open("cancelled", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    is_in(&desktop, "scanned").await;
    desktop.press("Cancel").await;
    is_in(&desktop, "cancelled").await;
    desktop.keep_both("desktop-cancelled").await;
    phone.press("Confirm").await;
    phone.reads("Cancelled on the screen").await;
    phone.keep_both("phone-cancelled").await;

    // The way back leads to the site, which says what happened.
    desktop.press("Back to The Gnomon").await;
    desktop.is_at(stage.site()).await;
    desktop.shows("#failure").await;
    desktop.keep_both("desktop-back-at-the-site").await;

    stage.close([phone, desktop], &["409"]).await;
}
