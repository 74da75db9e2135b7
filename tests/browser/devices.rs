//! The account's devices: rename, revoke, sign out.

use saoma_tests::Stage;

use crate::steps::signed_in_phone;

#[tokio::test(flavor = "multi_thread")]
async fn devices_can_be_renamed_revoked_and_signed_out() {
    let stage = Stage::open("devices", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let tablet = signed_in_phone(&stage, "Tablet").await;

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
    phone.reads("You will need account and password to come back.").await;
    phone.press("Sign out").await;
    phone.reads("You have signed out.").await;
    phone.keep("phone-signed-out").await;
    phone.reload().await;
    phone.shows("form").await;

    // The revoked device's token is refused, as Chromium says too.
    stage.close([phone, tablet], &["401 (Unauthorized) (http://localhost"]).await;
}

/// The button in a device's row of the list.
fn in_row(device: &str, button: &str) -> String {
    let row = format!("seen('.list > li').find((row) => flat(row.innerText).startsWith({device:?}))");
    format!("[...({row}?.querySelectorAll('button') ?? [])].find((b) => flat(b.innerText) === {button:?})")
}
