//! One click for the next sign-in, and signing out: at the site, at the provider, from the phone.

use saoma_tests::Stage;

use crate::steps::{
    ARTICLE, NAME, ask_to_sign_in, confirm, scan, sign_out_everywhere, sign_out_here, signed_in_phone,
    waits_for_a_scan,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_next_sign_in_needs_no_phone_until_the_provider_is_left_too() {
    let stage = Stage::open("sign-out", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    phone.press_at("input[name=email]").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    // Signed out here, the browser is still known at the provider. What was declined is asked for again: one click.
    sign_out_here(&desktop).await;
    desktop.press("Sign in at Saoma").await;
    desktop.reads(&format!("Continue as {NAME}")).await;
    desktop.keep_both("desktop-one-click").await;
    desktop.press(&format!("Continue as {NAME}")).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    // Now there is nothing to ask: no click at all.
    sign_out_here(&desktop).await;
    desktop.press("Sign in at Saoma").await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    // Signed out there, too, it is not known any more.
    desktop.press(NAME).await;
    desktop.keep_both("desktop-account").await;
    sign_out_everywhere(&stage, &desktop).await;
    desktop.keep_both("desktop-signed-out-everywhere").await;
    desktop.press("To the front page").await;
    desktop.press("Sign in at Saoma").await;
    waits_for_a_scan(&desktop).await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_on_the_phone_is_signed_out_at_the_site() {
    let stage = Stage::open("sign-out-by-phone", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    confirm(&phone).await;
    phone.press("Done").await;
    desktop.is_at(stage.site()).await;
    desktop.open(&format!("{}{ARTICLE}", stage.site())).await;
    desktop.shows("#whole-piece").await;

    phone.press("Devices").await;
    phone.press("Sign out").await;
    phone.reads("You will need to sign in again to come back.").await;
    phone.press("Sign out").await;
    phone.reads("You have signed out.").await;

    // The open page notices by itself.
    desktop.reads("You have been signed out at Saoma, and so here.").await;
    desktop.shows("#members-gate").await;
    desktop.keep_both("desktop-signed-out-by-phone").await;

    stage.close([phone, desktop], &[]).await;
}
