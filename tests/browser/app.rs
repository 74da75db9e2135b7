//! The phone app by itself: signing in, codes that are pasted or opened, and what it says of codes that are none.

use saoma_tests::{ACCOUNT, Stage};

use crate::steps::{
    NAME, SITE, ask_to_sign_in, code, confirm, is_in, sign_in, sign_out_everywhere, signed_in_phone,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_to_be_wrong() {
    let stage = Stage::open("wrong-password", &[]).await;
    let phone = stage.phone("Phone").await;
    phone.open(&stage.provider("/app")).await;
    phone.fill("Account", ACCOUNT).await;
    phone.fill("Password", "not the password").await;
    phone.press("Sign in").await;
    phone.reads("Account or password is wrong").await;
    phone.keep_both("phone-wrong-password").await;
    sign_in(&phone, "Phone").await;
    phone.reads(&format!("Signed in as {NAME}")).await;

    // The answer to the wrong password is an error, as Chromium says too.
    stage.close([phone], &["401 (Unauthorized) (http://localhost"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_s_link_can_be_pasted() {
    let stage = Stage::open("pasted", &[]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;

    // The camera looks at a wall.
    phone.press("Scan").await;
    phone.shows(".finder[data-camera=on]").await;
    phone.keep_both("phone-scanner").await;
    phone.fill("Or paste the code’s link", &code(&desktop).await).await;
    phone.press("Go on").await;
    phone.shows("main.confirm").await;
    is_in(&desktop, "scanned").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_s_link_opens_the_app() {
    let stage = Stage::open("deep-link", &[]).await;
    let desktop = stage.desktop().await;
    let phone = stage.phone("Phone").await;

    // Nobody is signed in: the code waits for that.
    ask_to_sign_in(&stage, &desktop).await;
    phone.open(&code(&desktop).await).await;
    phone.reads("Sign in, and the code that you opened is next.").await;
    phone.keep_both("phone-code-waits").await;
    assert_eq!(phone.url().await, stage.provider("/app"));
    sign_in(&phone, "Phone").await;
    phone.shows("main.confirm").await;
    phone.reads(SITE).await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;
    sign_out_everywhere(&stage, &desktop).await;

    // Somebody is signed in: at once.
    ask_to_sign_in(&stage, &desktop).await;
    phone.open(&code(&desktop).await).await;
    phone.shows("main.confirm").await;

    // The back gesture is a no.
    phone.go_back().await;
    phone.shows("main.outcome[data-tone=declined]").await;
    is_in(&desktop, "denied").await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_code_of_ours_is_named() {
    let stage = Stage::open("other-codes", &["--qr-seconds", "3"]).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let unknown = stage.provider(&format!("/q/{}", "A".repeat(36)));
    let codes = [
        ("hello", "Not a sign-in code"),
        ("https://elsewhere.example/q/AAAAAAAAAAAAAAAAAAAAAA", "A code of another service"),
        (&unknown, "The code has expired"),
    ];
    for (nth, (code, answer)) in codes.into_iter().enumerate() {
        phone.press(if nth == 0 { "Scan" } else { "Scan again" }).await;
        phone.fill("Or paste the code’s link", code).await;
        phone.press("Go on").await;
        phone.reads(answer).await;
        phone.keep(&format!("phone-{}", answer.to_lowercase().replace(' ', "-"))).await;
    }

    // A code that was there, and has run out.
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    let old = code(&desktop).await;
    // Another login's code, not only another frame of the same: what says which moment it is, are the last 14 characters.
    let login = &old[..old.len() - 14];
    desktop.holds(&format!("first('a.link') && !first('a.link').href.startsWith({login:?})")).await;
    phone.press("Scan again").await;
    phone.fill("Or paste the code’s link", &old).await;
    phone.press("Go on").await;
    phone.reads("The code has expired").await;

    // Each is refused by the server, and Chromium says so.
    stage.close([phone, desktop], &["/api/phone/scan"]).await;
}
