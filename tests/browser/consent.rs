//! What a site asks for: declined, allowed, remembered, listed, taken back.

use saoma_tests::{Stage, Tab};

use crate::steps::{SITE, ask_for_a_code, ask_to_sign_in, confirm, scan, sign_out_here, signed_in_phone};

/// What the demo site knows of its reader's address, and which scopes it did not get.
async fn shared(stage: &Stage, desktop: &Tab) -> String {
    desktop.is_at(stage.site()).await;
    desktop.open(&format!("{}/account", stage.site())).await;
    desktop.text("#account-email").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_is_not_shared_and_what_is_allowed_is_not_asked_again() {
    let stage = Stage::open("consent", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    phone.press("Sites").await;
    phone.reads("You have allowed no site anything yet").await;
    phone.keep_both("phone-no-sites").await;
    phone.press("Back").await;

    // The address stays with its owner.
    ask_to_sign_in(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    phone.reads("It asks for").await;
    phone.keep_both("phone-asked").await;
    phone.press_at("input[name=email]").await;
    phone.holds("!first('input[name=email]').checked").await;
    phone.keep_both("phone-address-declined").await;
    confirm(&phone).await;
    phone.press("Done").await;
    assert_eq!(shared(&stage, &desktop).await, "not shared");
    assert_eq!(desktop.text("#account-declined").await, "email");
    desktop.keep_both("desktop-not-shared").await;

    // It is asked for again, and what was allowed says so.
    sign_out_here(&desktop).await;
    ask_for_a_code(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    phone.reads("allowed before").await;
    phone.keep_both("phone-asked-again").await;
    confirm(&phone).await;
    phone.press("Done").await;
    assert_eq!(shared(&stage, &desktop).await, "lin@example.com");
    desktop.hides("#account-declined").await;

    // All of it is allowed now: there is nothing to ask.
    sign_out_here(&desktop).await;
    ask_for_a_code(&stage, &desktop).await;
    scan(&phone, &desktop).await;
    phone.reads("It gets").await;
    phone.hides("[role=switch]").await;
    phone.keep_both("phone-nothing-to-ask").await;
    confirm(&phone).await;
    phone.press("Done").await;
    assert_eq!(shared(&stage, &desktop).await, "lin@example.com");

    // Listed, and taken back.
    phone.press("Sites").await;
    for fact in [SITE, "Your email address", "Since", "last used"] {
        phone.reads(fact).await;
    }
    phone.keep_both("phone-sites").await;
    phone.press("Remove access").await;
    phone.reads("must ask again next time").await;
    phone.keep_both("phone-removing-access").await;
    phone.press("Remove access").await;
    phone.reads("You have allowed no site anything yet").await;

    // The site hears of it, and so does its open page.
    desktop.reads("You have been signed out at Saoma, and so here.").await;
    desktop.keep_both("desktop-access-taken-back").await;

    stage.close([phone, desktop], &[]).await;
}
