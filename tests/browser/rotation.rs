//! The code changes every two seconds, and a picture of it dies.

use protocol::ProblemCode;
use provider::mock_phone::read_qr;
use saoma_tests::{ACCOUNT, Stage, Tab, eventually, sign_in};

use crate::steps::{NAME, ask_to_sign_in, code, is_in, places};

/// Waits until the code on the screen is another.
async fn changes(desktop: &Tab) {
    let before = code(desktop).await;
    desktop.holds(&format!("first('a.link').href !== {before:?}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_sent_on_is_dead_and_the_screen_is_not() {
    let stage = Stage::open("rotation", &["--qr-frame-seconds", "8"]).await;
    let home = tempfile::tempdir().unwrap();
    let phone = sign_in(stage.server.issuer(), home.path(), ACCOUNT).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let before = places(&desktop).await;
    let picture = desktop.picture().await;

    // Five changes later it is ten seconds old.
    for _ in 0..5 {
        changes(&desktop).await;
    }
    assert_eq!(places(&desktop).await, before, "something has jumped");
    let refused = phone.scan(&read_qr(&picture).unwrap()).await.unwrap_err();
    assert_eq!(refused.problem_code(), Some(ProblemCode::StaleQr));
    is_in(&desktop, "waiting").await;

    // One who stands before the screen scans what is on it; on a busy machine, perhaps the next.
    let scanned = eventually("a fresh picture is scanned", async || {
        let picture = desktop.picture().await;
        match phone.scan(&read_qr(&picture).ok()?).await {
            Ok(scanned) => Some(scanned),
            Err(error) => {
                assert_eq!(error.problem_code(), Some(ProblemCode::StaleQr));
                None
            }
        }
    })
    .await;
    assert!(scanned.browser.bound, "the page's script has bound it");
    phone.confirm().await.unwrap();
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    stage.close([desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_each_page_shows_the_code_of_its_moment() {
    let stage = Stage::open("frames-without-scripts", &[]).await;
    let desktop = stage.desktop().await;
    desktop.turn_scripts_off().await;
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    is_in(&desktop, "waiting").await;
    changes(&desktop).await;
    changes(&desktop).await;
    let shown = read_qr(&desktop.picture().await);
    assert!(shown.is_ok_and(|code| code.starts_with(stage.server.issuer())));

    stage.close([desktop], &[]).await;
}
