//! Everything by the keyboard alone: Tab, Enter and the space bar. Wherever it stops, it shows that it does.

use saoma_tests::{ACCOUNT, PASSWORD, Stage, Tab};

use crate::steps::{NAME, digits, guard_much, is_bound, is_in, sign_in, signed_in_phone, waits_for_a_scan};

/// The letters that the sign-in page shows in place of a picture.
async fn typed_code(desktop: &Tab) -> String {
    desktop.strike("Type a code instead", "Enter").await;
    desktop.text(".user-code:not(:empty)").await
}

/// Types such a code into the app, and the digits that the page shows then.
async fn answer(phone: &Tab, desktop: &Tab, code: &str) {
    phone.strike("Type a code instead", " ").await;
    phone.write("Code", code).await;
    phone.key("Enter").await;
    phone.write("Type the two digits on your screen", &digits(desktop).await).await;
    phone.reads("It asks for").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_needs_no_mouse_and_no_finger() {
    let stage = Stage::open("keyboard", &[]).await;
    let phone = stage.phone("Phone").await;
    phone.open(&stage.provider("/app")).await;
    phone.write("Account", ACCOUNT).await;
    phone.write("Password", PASSWORD).await;
    phone.write("Name of this device", "Keys").await;
    phone.strike("Sign in", " ").await;
    phone.reads(&format!("Signed in as {NAME}")).await;

    // The sign-in page: each of its buttons.
    let desktop = stage.desktop().await;
    desktop.open(stage.site()).await;
    desktop.strike("Sign in at Saoma", "Enter").await;
    waits_for_a_scan(&desktop).await;
    is_bound(&desktop).await;
    desktop.strike("Cancel", " ").await;
    is_in(&desktop, "cancelled").await;
    desktop.strike("New code", "Enter").await;
    is_in(&desktop, "waiting").await;
    desktop.strike("I need more time", " ").await;
    let code = typed_code(&desktop).await;

    // A no, from the app.
    phone.strike("Scan", "Enter").await;
    answer(&phone, &desktop, &code).await;
    phone.strike("Decline", "Enter").await;
    phone.shows("main.outcome[data-tone=declined]").await;
    is_in(&desktop, "denied").await;
    phone.strike("Done", " ").await;

    // A yes, without the address.
    desktop.strike("New code", " ").await;
    is_in(&desktop, "waiting").await;
    // Who has asked for letters before gets them again.
    let code = desktop.text(".user-code:not(:empty)").await;
    phone.strike("Scan", " ").await;
    answer(&phone, &desktop, &code).await;
    phone.reach("first('input[name=email]')").await;
    phone.key(" ").await;
    phone.holds("!first('input[name=email]').checked").await;
    phone.strike("Confirm", "Enter").await;
    phone.shows("main.outcome[data-tone=good]").await;
    desktop.is_at(stage.site()).await;
    desktop.reads(NAME).await;
    phone.strike("Done", "Enter").await;

    // The rooms of the app.
    for room in ["Sites", "Activity"] {
        phone.strike(room, "Enter").await;
        phone.strike("Back", " ").await;
    }
    phone.strike("Devices", " ").await;
    phone.strike("Rename", "Enter").await;
    phone.write("New name", "Keyboard").await;
    phone.strike("Save", " ").await;
    phone.reads("Keyboard").await;
    phone.strike("Sign out", "Enter").await;
    phone.strike("Sign out", "Enter").await;
    phone.reads("Once on this phone").await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_asks_and_tells_is_answered_without_a_finger() {
    let stage = Stage::open("keyboard-told", &[]).await;
    guard_much(&stage).await;
    let phone = signed_in_phone(&stage, "Phone").await;

    // Another phone is let in, taken back, and turned away when it asks once more.
    let other = stage.phone("Other").await;
    other.open(&stage.provider("/app")).await;
    sign_in(&other, "Other").await;
    phone.write("Digits on its screen", &other.text(".own-digits").await).await;
    other.reads(&format!("Signed in as {NAME}")).await;
    phone.strike("This wasn’t me", "Enter").await;
    phone.reads("Taken back").await;
    other.strike("Devices", " ").await;
    other.reads("This device has been signed out. Sign in again to go on.").await;
    sign_in(&other, "Other").await;
    phone.strike("Turn away", " ").await;
    other.reads("Your other phone has turned this one away.").await;

    // A site that guards much, which is told of afterwards and loses what it was allowed.
    let desktop = stage.desktop().await;
    desktop.open(stage.site()).await;
    desktop.strike("Sign in at Saoma", "Enter").await;
    waits_for_a_scan(&desktop).await;
    phone.point_camera_at(&desktop).await;
    phone.strike("Scan", "Enter").await;
    phone.write("Password", PASSWORD).await;
    phone.key("Enter").await;
    phone.strike("Confirm", " ").await;
    desktop.is_at(stage.site()).await;
    phone.strike("Done", "Enter").await;
    phone.strike("It was me", " ").await;
    phone.strike("Sites", "Enter").await;
    phone.strike("Remove access", "Enter").await;
    phone.strike("Remove access", " ").await;
    phone.reads("You have allowed no site anything yet").await;

    stage
        .close(
            [phone, other, desktop],
            &["401 (Unauthorized) (http://localhost", "403 (Forbidden) (http://localhost"],
        )
        .await;
}
