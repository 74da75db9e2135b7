//! Signing in at a browser whose scripts are off.

use saoma_tests::Stage;

use crate::steps::{NAME, confirm, is_in, scan, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_scripts_goes_on_by_itself() {
    let stage = Stage::open("without-scripts", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.keep("desktop-site").await;
    desktop.press("Sign in at Saoma").await;
    desktop.is_at(&stage.provider("/login/")).await;
    is_in(&desktop, "waiting").await;
    desktop.holds("!document.querySelector('saoma-login').shadowRoot").await;
    desktop.keep_both("desktop-waiting").await;

    // The page loads itself again, with the same code, and sees the scan.
    scan(&phone, &desktop).await;
    is_in(&desktop, "scanned").await;
    desktop.keep_both("desktop-scanned").await;

    // Without scripts the browser has no key of its own, so the phone asks whether it is the one in front of its owner.
    phone.reads("This browser cannot guard the sign-in with a key").await;
    phone.keep_both("phone-digits").await;
    let digits = desktop.text(".digits").await.replace(' ', "");
    phone.fill("Type the two digits on your screen", &digits).await;
    phone.reads("It asks for").await;
    is_in(&desktop, "scanned").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);
    desktop.keep("desktop-signed-in").await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buttons_work_without_scripts() {
    let stage = Stage::open("buttons-without-scripts", &[]).await;
    let desktop = stage.desktop().await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    is_in(&desktop, "waiting").await;
    let address = desktop.url().await;
    desktop.press("Cancel").await;
    is_in(&desktop, "cancelled").await;
    desktop.keep_both("desktop-cancelled").await;
    desktop.press("New code").await;
    is_in(&desktop, "waiting").await;
    assert_ne!(desktop.url().await, address);
    desktop.press("Cancel").await;
    desktop.press("Back to The Gnomon").await;
    desktop.is_at(stage.site()).await;
    desktop.shows("#failure").await;
    desktop.keep("desktop-back-at-the-site").await;

    stage.close([desktop], &[]).await;
}

/// What axe would find, it finds here, too: its scripts run elsewhere, on a copy.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_judged_without_scripts() {
    let stage = Stage::open("judged-without-scripts", &[]).await;
    let desktop = stage.desktop().await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.judge("the page").await;
    desktop.holds("(document.querySelector('main').append(new Image()), true)").await;
    desktop.judge("a picture without words").await;
    desktop.complains_of("axe: a picture without words: image-alt").await;

    stage.close([desktop], &["axe: a picture without words: image-alt"]).await;
}
