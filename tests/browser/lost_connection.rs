//! The server dies under an open page, and comes back.

use saoma_tests::Stage;

use crate::steps::{NAME, ask_to_sign_in, confirm, is_bound, is_in, scan, shown_login, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_outlives_the_server() {
    let mut stage = Stage::open("lost-connection", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    is_bound(&desktop).await;
    let before = shown_login(&desktop).await;

    stage.server.kill();
    desktop.reads("No connection. Trying again…").await;
    desktop.keep_both("desktop-offline").await;
    stage.server.restart().await;
    desktop.reads("Good for").await;
    assert_eq!(shown_login(&desktop).await, before);

    scan(&phone, &desktop).await;
    is_in(&desktop, "scanned").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    // Chromium says of each try that it failed.
    stage
        .close(
            [phone, desktop],
            &["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET"],
        )
        .await;
}
