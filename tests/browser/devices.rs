//! The account's devices: rename, revoke, sign out.

use saoma_tests::Stage;

use crate::steps::{NAME, second_phone, sign_in, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn devices_can_be_renamed_revoked_and_signed_out() {
    let stage = Stage::open("devices", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let tablet = second_phone(&stage, &phone, "Tablet").await;

    // What happened is told on the phone that was there before.
    phone.reads("New device: Tablet").await;
    phone.keep_both("phone-told").await;

    phone.press("Devices").await;
    phone.reads("Tablet").await;
    phone.reads("This device").await;
    phone.keep_both("phone-devices").await;

    phone.press_on(&in_row("Tablet", "Rename")).await;
    phone.keep("phone-renaming").await;
    phone.fill("New name", "Old tablet").await;
    phone.press("Save").await;
    phone.reads("Old tablet").await;

    phone.press_on(&in_row("Old tablet", "Remove")).await;
    phone.reads("It cannot confirm sign-ins any more").await;
    phone.keep_both("phone-removing").await;
    phone.press_on(&in_row("Old tablet", "Remove")).await;
    phone.holds("!text().includes('Old tablet')").await;

    // The other one hears of it at its next call.
    tablet.press("Devices").await;
    tablet.reads("This device has been signed out. Sign in again to go on.").await;
    tablet.keep_both("tablet-revoked").await;

    phone.press("Sign out").await;
    phone.reads("You will need to sign in again to come back.").await;
    phone.press("Sign out").await;
    phone.reads("You have signed out.").await;
    phone.keep("phone-signed-out").await;
    phone.reload().await;
    phone.shows("form").await;

    // The revoked device's token is refused, as Chromium says too.
    stage.close([phone, tablet], &["401 (Unauthorized) (http://localhost"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_turned_away_is_told_and_what_was_not_me_is_taken_back() {
    let stage = Stage::open("turned_away", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let other = stage.phone("Other").await;
    other.open(&stage.provider("/app")).await;
    sign_in(&other, "Other").await;
    let digits = other.text(".own-digits").await;
    phone.fill("Digits on its screen", &digits).await;
    other.reads(&format!("Signed in as {NAME}")).await;
    phone.reads("New device: Other").await;
    phone.press("This wasn’t me").await;
    phone.reads("Taken back").await;
    other.press("Devices").await;
    other.reads("This device has been signed out. Sign in again to go on.").await;

    // It tries once more, in vain.
    sign_in(&other, "Other").await;
    phone.press("Turn away").await;
    other.reads("Your other phone has turned this one away.").await;
    other.keep("other-turned-away").await;
    stage
        .close([phone, other], &["401 (Unauthorized) (http://localhost", "403 (Forbidden) (http://localhost"])
        .await;
}

/// The button in a device's row of the list.
fn in_row(device: &str, button: &str) -> String {
    let row = format!("seen('.list > li').find((row) => flat(row.innerText).startsWith({device:?}))");
    format!("[...({row}?.querySelectorAll('button') ?? [])].find((b) => flat(b.innerText) === {button:?})")
}
