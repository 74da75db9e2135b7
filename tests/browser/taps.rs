//! How often a finger has to touch the phone, counted: fields to write into are touches, too; what is typed is none.
//!
//! All of it under the defaults. The digits that the browser shows are then asked for where there is a risk (`on_risk`), and here is none:
//! phone and browser are in one network, and the browser has a key.

use saoma_tests::{ACCOUNT, Device, PASSWORD, Stage};

use crate::steps::{
    ask_to_sign_in, code, digits, phone_of_the_same_owner, phone_with_a_passkey, sign_out_everywhere,
    signed_in_phone,
};

/// Says yes to the question that is on the screen, and puts the phone away. Answers how often the phone was pressed since it counted `before`.
async fn confirmed(stage: &Stage, phone: &Device, desktop: &Device, before: usize) -> usize {
    phone.press("Confirm").await;
    phone.shows("main.outcome[data-tone=good]").await;
    desktop.is_at(stage.site()).await;
    phone.presses() - before
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_phone_with_a_passkey_needs_two_taps_and_a_finger() {
    let stage = Stage::open("taps-passkey", &[]).await;
    let (old, keys) = phone_with_a_passkey(&stage, "Old").await;
    let (phone, _copies) = phone_of_the_same_owner(&stage, "New", &keys).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;

    // The phone's own camera opens the link. With the authenticator's prompt, which is the system's, it is three at most.
    phone.open(&code(&desktop).await).await;
    let before = phone.presses();
    phone.press("Sign in with a passkey").await;
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 2);

    stage.close([old, phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_phone_with_a_password_needs_three_taps() {
    let stage = Stage::open("taps-password", &[]).await;
    let phone = stage.phone("Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    phone.open(&code(&desktop).await).await;
    let before = phone.presses();
    phone.fill("Account", ACCOUNT).await;
    // The keyboard's own key for the next field.
    phone.key("Tab").await;
    phone.type_text(PASSWORD).await;
    phone.press("Sign in").await;
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 3);

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_signed_in_needs_one_tap() {
    let stage = Stage::open("taps-usual", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;

    // Scanned with the phone's own camera.
    ask_to_sign_in(&stage, &desktop).await;
    phone.open(&code(&desktop).await).await;
    let before = phone.presses();
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 1);
    phone.press("Done").await;
    sign_out_everywhere(&stage, &desktop).await;

    // Scanned with the app's.
    ask_to_sign_in(&stage, &desktop).await;
    phone.point_camera_at(&desktop).await;
    phone.press("Scan").await;
    let before = phone.presses();
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 1);

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_typed_without_a_tap() {
    let stage = Stage::open("taps-digits", &["--match-code", "always"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    phone.open(&code(&desktop).await).await;
    phone.holds("focused() === first('input.digits')").await;
    let before = phone.presses();
    phone.type_text(&digits(&desktop).await).await;
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 1);

    stage.close([phone, desktop], &[]).await;
}

/// A link that was old when the phone opened it is of no use after signing in either.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_old_already_is_scanned_again_without_a_tap() {
    let stage = Stage::open("taps-stale", &["--qr-frame-seconds", "8"]).await;
    let (old, keys) = phone_with_a_passkey(&stage, "Old").await;
    let (away, used) = phone_of_the_same_owner(&stage, "Away", &keys).await;
    let (phone, copies) = phone_of_the_same_owner(&stage, "New", &keys).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let code = code(&desktop).await;
    let taken = desktop.value("String(performance.now())").await;
    desktop.holds(&format!("performance.now() > {taken} + 8500")).await;
    away.open(&code).await;
    phone.open(&code).await;

    // One phone looks at a wall by now.
    away.press("Sign in with a passkey").await;
    away.shows(".finder[data-camera=on]").await;
    away.reads("The code on the screen has changed meanwhile. Scan it once more.").await;
    away.keep_both("phone-once-more").await;

    copies.is_as(&used).await;
    phone.point_camera_at(&desktop).await;
    let before = phone.presses();
    phone.press("Sign in with a passkey").await;
    phone.shows("main.confirm").await;
    assert_eq!(confirmed(&stage, &phone, &desktop, before).await, 2);

    stage.close([old, away, phone, desktop], &["/api/phone/scan", "/api/phone/sighting"]).await;
}
