//! Signing in by redirect: to the provider's own page and back, and what the site then knows.

use saoma_tests::{Stage, side_by_side};

use crate::steps::{self, ARTICLE, NAME, SITE, confirm, is_in, scan, sign_in, waits_for_a_scan};

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_signs_in_at_the_site() {
    let stage = Stage::open("redirect", &[]).await;

    // The phone is signed in once, and still is when it is turned on again.
    let phone = stage.phone("Lin’s phone").await;
    phone.open(&stage.provider("/app")).await;
    phone.shows("form").await;
    phone.keep_both("phone-sign-in").await;
    sign_in(&phone, "Lin’s phone").await;
    phone.reads(&format!("Signed in as {NAME}")).await;
    let complaints = phone.turn_off().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    let phone = stage.phone("Lin’s phone").await;
    phone.open(&stage.provider("/app")).await;
    phone.reads(&format!("Signed in as {NAME}")).await;
    phone.keep_both("phone-home").await;

    // From an article to the provider.
    let desktop = stage.desktop().await;
    desktop.open(&format!("{}{ARTICLE}", stage.site())).await;
    desktop.shows("#members-gate").await;
    desktop.keep_both("desktop-site").await;
    desktop.press("Sign in at Saoma").await;
    desktop.is_at(&stage.provider("/login/")).await;
    waits_for_a_scan(&desktop).await;
    desktop.reads(&format!("Sign in to {SITE}")).await;
    desktop.reads("Scan with the Saoma app").await;
    desktop.keep_both("desktop-waiting").await;
    let waiting = desktop.picture().await;
    let places = steps::places(&desktop).await;

    // The phone says who asks, for what, from where.
    scan(&phone, &desktop).await;
    let host = stage.site().trim_start_matches("http://");
    for fact in [SITE, host, NAME, "lin", "Your email address", "Chrome", "Linux", "127.0.0.1"] {
        phone.reads(fact).await;
    }
    phone.keep_both("phone-confirm").await;
    let both = side_by_side(&desktop, &waiting, &phone.picture().await).await;
    stage.album().keep("both-screens", &both);
    is_in(&desktop, "scanned").await;
    desktop.reads("Scanned. Confirm on your phone").await;
    desktop.keep_both("desktop-scanned").await;
    assert_eq!(steps::places(&desktop).await, places, "something has jumped");

    // Back on the article, signed in.
    confirm(&phone).await;
    phone.keep_both("phone-confirmed").await;
    desktop.is_at(&format!("{}{ARTICLE}", stage.site())).await;
    desktop.shows("#whole-piece").await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);
    desktop.keep_both("desktop-signed-in").await;

    // What the site knows, and that its access can be renewed and given up.
    desktop.press(NAME).await;
    desktop.is_at(&format!("{}/account", stage.site())).await;
    assert_eq!(desktop.text("#account-name").await, NAME);
    assert_eq!(desktop.text("#account-email").await, "lin@example.com");
    assert_eq!(desktop.text("#token-refreshes").await, "never");
    desktop.press("Refresh").await;
    desktop.holds("flat(first('#token-refreshes')?.innerText) === 'once'").await;
    desktop.keep_both("desktop-account").await;
    desktop.press_at("#account-sign-out").await;
    desktop.shows("#sign-in-here").await;

    stage.close([phone, desktop], &[]).await;
}
