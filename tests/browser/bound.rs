//! A login that is bound to the browser's own key: what is copied collects nothing, and what is one's own is not lost.

use reqwest::{Client, header, redirect::Policy};
use saoma_tests::{ACCOUNT, Device, Stage, eventually, sign_in};

use crate::steps::{NAME, ask_to_sign_in, code, shown_login};

/// Waits until the provider says of the page that its login is bound; each look is a page that was loaded again.
async fn is_bound(desktop: &Device) {
    eventually("the login is bound", async || {
        desktop.reload().await;
        (desktop.value("String(document.querySelector('saoma-login').hasAttribute('bound'))").await == "true")
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_cookie_collects_nothing_and_the_browser_itself_does() {
    let stage = Stage::open("copied-cookie", &[]).await;
    let home = tempfile::tempdir().unwrap();
    let phone = sign_in(stage.server.issuer(), home.path(), ACCOUNT).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let login = shown_login(&desktop).await;
    is_bound(&desktop).await;
    assert_eq!(shown_login(&desktop).await, login, "a page that is loaded again has the same login");

    // Somebody copies all that a request of this browser carries. Then the browser looks away, and the phone confirms.
    let (address, cookies, code) = (desktop.url().await, desktop.cookie_header().await, code(&desktop).await);
    assert!(cookies.contains("saoma-login-"), "{cookies}");
    desktop.open(stage.site()).await;
    let scanned = phone.approve(&code).await.unwrap();
    assert!(scanned.browser.bound);

    let thief = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let id = address.rsplit('/').next().unwrap();
    let api = stage.provider(&format!("/api/logins/{id}/result"));
    for (method, url) in [("GET", address.clone()), ("POST", format!("{address}/result")), ("POST", api)] {
        let call = thief.request(method.parse().unwrap(), &url).header(header::COOKIE, &cookies);
        let answer = call.header("sec-fetch-site", "same-origin").send().await.unwrap();
        let head = format!("{:?}", answer.headers());
        let told = head + &answer.text().await.unwrap();
        assert!(!told.contains("saoma_code_") && !told.contains("saoma_session_"), "{method} {url}: {told}");
    }

    // The browser comes back, with its key.
    desktop.open(&address).await;
    desktop.is_at(stage.site()).await;
    assert_eq!(desktop.text("#signed-in-name").await, NAME);

    stage.close([desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_has_lost_its_key_is_told_so() {
    let stage = Stage::open("lost-key", &[]).await;
    let home = tempfile::tempdir().unwrap();
    let phone = sign_in(stage.server.issuer(), home.path(), ACCOUNT).await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    is_bound(&desktop).await;
    desktop
        .holds("(indexedDB.deleteDatabase('saoma-logins').onsuccess = () => (window.isGone = true), true)")
        .await;
    desktop.holds("window.isGone === true").await;
    phone.approve(&code(&desktop).await).await.unwrap();
    desktop.reads("This browser no longer has the key that this sign-in is bound to.").await;
    desktop.keep_both("desktop-lost-key").await;

    stage.close([desktop], &[]).await;
}
