//! Chinese, and the sign-in page on a phone.

use saoma_tests::{ACCOUNT, PASSWORD, Stage};

use crate::steps::{is_in, scan_by, waits_for_a_scan};

#[tokio::test(flavor = "multi_thread")]
async fn everything_speaks_chinese_to_who_asks_for_it() {
    let stage = Stage::open("chinese", &[]).await;
    let phone = stage.phone_in("Phone", "zh-CN").await;
    phone.open(&stage.provider("/app")).await;
    phone.reads("登录").await;
    phone.keep("phone-sign-in").await;
    phone.fill("账号", ACCOUNT).await;
    phone.fill("密码", PASSWORD).await;
    phone.press("登录").await;
    phone.reads("当前账号：Lin Example").await;
    phone.keep_both("phone-home").await;

    phone.press("网站").await;
    phone.reads("你还没有授权任何网站").await;
    phone.keep("phone-no-sites").await;
    phone.press("返回").await;
    phone.press("扫一扫").await;
    phone.press("改为输入代码").await;
    phone.fill("代码", "WDJB").await;
    phone.press("继续").await;
    phone.reads("代码由八个字母组成").await;
    phone.keep_both("phone-type-code").await;
    phone.press("取消").await;

    let desktop = stage.desktop().await;
    desktop.speak("zh-CN").await;
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    waits_for_a_scan(&desktop).await;
    desktop.reads("请用扫码 App 扫一扫").await;
    desktop.reads("登录 The Gnomon").await;
    desktop.keep_both("desktop-waiting").await;
    scan_by("扫一扫", &phone, &desktop).await;
    phone.reads("请求登录").await;
    phone.keep_both("phone-confirm").await;
    is_in(&desktop, "scanned").await;
    desktop.reads("已扫描，请在手机上确认").await;
    desktop.keep("desktop-scanned").await;
    phone.press("拒绝").await;
    phone.reads("已拒绝").await;
    phone.keep("phone-declined").await;
    desktop.reads("你已拒绝这次登录").await;
    desktop.keep("desktop-declined").await;

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_app_comes_first() {
    let stage = Stage::open("on-a-phone", &["--qr-frame-seconds", "8"]).await;
    let phone = stage.phone("Phone").await;
    phone.open(stage.site()).await;
    phone.keep_both("phone-site").await;
    phone.press("Sign in at Saoma").await;
    waits_for_a_scan(&phone).await;
    phone.shows("a.open").await;
    phone.hides("a.link").await;
    phone
        .holds("first('a.open').getBoundingClientRect().top < first('.qr').getBoundingClientRect().top")
        .await;
    phone.keep_both("phone-waiting").await;

    // The app opens beside the page, which goes on by itself.
    phone.press("Open in the Saoma app").await;
    let app = phone.chromium.opened(&stage.provider("/app")).await;
    app.reads("Sign in, and the code that you opened is next.").await;
    // Who types a password takes longer than a picture of the code is good: this phone has seen the code itself.
    app.holds("performance.now() > 12_000").await;
    app.fill("Account", ACCOUNT).await;
    app.fill("Password", PASSWORD).await;
    app.press("Sign in").await;
    app.press("Confirm").await;
    app.reads("Signed in").await;
    phone.is_at(stage.site()).await;
    phone.reads("Lin Example").await;
    phone.keep("phone-signed-in").await;

    stage.close([phone], &[]).await;
}
