//! Signing in without leaving the page: the widget in the site's own dialog.

use saoma_tests::Stage;

use crate::steps::{ARTICLE, NAME, confirm, is_in, scan, signed_in_phone, waits_for_a_scan};

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_signs_in_where_the_reader_is() {
    let stage = Stage::open("embedded", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    let address = format!("{}{ARTICLE}", stage.site());
    desktop.open(&address).await;
    desktop.shows("#members-gate").await;
    desktop.hides("#whole-piece").await;

    desktop.press("Scan to sign in here").await;
    waits_for_a_scan(&desktop).await;
    desktop.keep_both("desktop-waiting").await;
    scan(&phone, &desktop).await;
    is_in(&desktop, "scanned").await;
    desktop.keep_both("desktop-scanned").await;
    confirm(&phone).await;

    desktop.shows("#whole-piece").await;
    desktop.hides("dialog[open]").await;
    assert_eq!(desktop.url().await, address);
    assert_eq!(desktop.text("#signed-in-name").await, NAME);
    desktop.keep_both("desktop-signed-in").await;

    // It is the session's, not the page's.
    desktop.reload().await;
    desktop.shows("#whole-piece").await;

    stage.close([phone, desktop], &[]).await;
}
