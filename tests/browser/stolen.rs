//! What a thief has in hand and what it is worth in a browser of their own: a copied cookie, a page in a frame.

use saoma_tests::{Stage, page_server::WebSpace};

use crate::steps::{ask_to_sign_in, confirm, is_in, scan, signed_in_phone};

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_cookie_and_identifier_collect_nothing() {
    let stage = Stage::open("copied-cookie", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let (owner, thief) = (stage.desktop().await, stage.desktop_of("thief").await);
    ask_to_sign_in(&stage, &owner).await;
    let login = owner.url().await;
    scan(&phone, &owner).await;
    is_in(&owner, "scanned").await;

    // Everything that the browser keeps is copied, and its owner is kept busy elsewhere: nobody is quicker than the thief.
    let cookies = owner.cookies(&login).await;
    assert!(!cookies.is_empty(), "there is something to steal");
    for cookie in &cookies {
        thief.take_cookie(cookie, &login).await;
    }
    owner.open(&stage.provider("/device")).await;
    confirm(&phone).await;
    thief.open(&login).await;
    thief.shows(".saoma[data-state=failed]").await;
    thief.keep_both("thief-has-no-key").await;
    assert_eq!(thief.url().await, login, "no way leads on to the site");
    thief.open(stage.site()).await;
    thief.shows("#sign-in-here").await;

    // The owner comes back, and the browser has the key.
    owner.open(&login).await;
    owner.is_at(stage.site()).await;
    owner.shows("#signed-in-name").await;

    stage.close([phone, owner, thief], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_another_site_s_stays_empty() {
    let stage = Stage::open("clickjacking", &[]).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let login = desktop.url().await;
    let pages = ["/device", "/logout", "/authorize", "/app"].map(|path| stage.provider(path));
    let frames: Vec<_> =
        pages.iter().chain([&login]).map(|page| format!("<iframe src=\"{page}\"></iframe>")).collect();
    let frames = frames.concat();
    let space = WebSpace::rent().await;
    let trap = space.open("default-src 'none'; frame-src *", &[("/", frames)]);

    // What a page of ours loads, it loads once it is shown.
    let ours = stage.provider("/");
    let loaded = |asked: &saoma_tests::Asked| !asked.is_navigation && asked.url.starts_with(&ours);
    assert!(desktop.chromium.requests().iter().any(loaded), "our own pages load something");
    desktop.open("about:blank").await;
    desktop.holds("document.readyState === 'complete'").await;
    let before = desktop.chromium.requests().len();
    desktop.open(&format!("{}/", trap.origin())).await;
    desktop.holds("document.readyState === 'complete' && frames.length === 5").await;
    desktop.complains_of("frame-ancestors").await;
    let since = desktop.chromium.requests().split_off(before);
    assert!(!since.iter().any(loaded), "a frame has loaded something: {since:#?}");

    stage.close([desktop], &["frame-ancestors", "/authorize", "a status of 400"]).await;
}
