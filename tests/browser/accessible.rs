//! What axe finds on pages that no other journey keeps a picture of: nothing, in light and dark, in English and Chinese. (Wherever a
//! journey keeps a picture, axe has judged it.)

use saoma_tests::{ACCOUNT, Device, PASSWORD, Stage, Tab};

use crate::steps::{ARTICLE, digits, is_in, scan_by, waits_for_a_scan};

/// A language, and the words of it that this journey presses.
struct Tongue {
    name: &'static str,
    account: &'static str,
    password: &'static str,
    sign_in: &'static str,
    scan: &'static str,
    done: &'static str,
    confirm: &'static str,
    back: &'static str,
    rooms: [&'static str; 3],
    rename: &'static str,
    cancel: &'static str,
    other_account: &'static str,
    new_code: &'static str,
}

const ENGLISH: Tongue = Tongue {
    name: "en-US",
    account: "Account",
    password: "Password",
    sign_in: "Sign in",
    scan: "Scan",
    done: "Done",
    confirm: "Confirm",
    back: "Back",
    rooms: ["Sites", "Activity", "Devices"],
    rename: "Rename",
    cancel: "Cancel",
    other_account: "Use another account",
    new_code: "New code",
};

const CHINESE: Tongue = Tongue {
    name: "zh-CN",
    account: "账号",
    password: "密码",
    sign_in: "登录",
    scan: "扫一扫",
    done: "完成",
    confirm: "确认登录",
    back: "返回",
    rooms: ["网站", "动态", "设备"],
    rename: "重命名",
    cancel: "取消",
    other_account: "使用其他账号",
    new_code: "刷新二维码",
};

/// The provider's pages that only say something, and the one that asks before it signs out.
const PLAIN: [&str; 4] = ["/device", "/authorize", "/login/none", "/logout"];

/// The demo site's own pages, for whoever is signed in.
const OF_THE_SITE: [&str; 6] =
    ["/", ARTICLE, "/account", "/sign-in", "/signed-out", "/callback?error=access_denied"];

/// Lets axe judge what is on the screen, in light and dark.
async fn judge(tab: &Tab, what: &str) {
    for scheme in ["dark", "light"] {
        tab.prefer(scheme).await;
        tab.holds("isAtRest()").await;
        tab.judge(&format!("{what} ({scheme})")).await;
    }
}

/// A phone in this language, on which somebody has signed in.
async fn phone(stage: &Stage, tongue: &Tongue) -> Device {
    let phone = stage.phone_in("Phone", tongue.name).await;
    phone.open(&stage.provider("/app")).await;
    phone.fill(tongue.account, ACCOUNT).await;
    judge(&phone, "signing in").await;
    phone.fill(tongue.password, PASSWORD).await;
    phone.press(tongue.sign_in).await;
    phone.shows("main.home").await;
    judge(&phone, "home").await;
    phone
}

/// The app's rooms, with something in each.
async fn see_the_rooms(phone: &Device, tongue: &Tongue) {
    for room in tongue.rooms {
        phone.press(room).await;
        phone.shows("main ul.list li").await;
        judge(phone, room).await;
        if room == tongue.rooms[2] {
            phone.press(tongue.rename).await;
            judge(phone, "another name").await;
        }
        phone.press(tongue.back).await;
    }
    phone.press(tongue.scan).await;
    phone.shows("main.outcome").await;
    judge(phone, "a used code").await;
}

async fn nothing_stands_in_anybody_s_way(journey: &str, tongue: &Tongue) {
    let stage = Stage::open(journey, &["--match-code", "always"]).await;
    let (phone, desktop) = (phone(&stage, tongue).await, stage.desktop().await);
    desktop.speak(tongue.name).await;
    desktop.open(stage.site()).await;
    judge(&desktop, "the site, for a stranger").await;
    desktop.press("Sign in at Saoma").await;
    waits_for_a_scan(&desktop).await;
    judge(&desktop, "waiting").await;
    desktop.press(tongue.cancel).await;
    is_in(&desktop, "cancelled").await;
    judge(&desktop, "cancelled").await;
    desktop.press(tongue.new_code).await;
    is_in(&desktop, "waiting").await;

    scan_by(tongue.scan, &phone, &desktop).await;
    let digits = digits(&desktop).await;
    judge(&desktop, "the digits").await;
    judge(&phone, "asked for the digits").await;
    phone.press_at("input.digits").await;
    phone.type_text(&digits).await;
    phone.shows("button.primary").await;
    judge(&phone, "the question").await;
    is_in(&desktop, "scanned").await;
    judge(&desktop, "scanned").await;
    // What is declined is asked for again.
    phone.press_at("input[name=email]").await;
    phone.press(tongue.confirm).await;
    phone.shows("main.outcome[data-tone=good]").await;
    judge(&phone, "confirmed").await;
    desktop.is_at(stage.site()).await;
    phone.press(tongue.done).await;
    see_the_rooms(&phone, tongue).await;

    for path in OF_THE_SITE {
        desktop.open(&format!("{}{path}", stage.site())).await;
        judge(&desktop, &path.replace('/', " ")).await;
    }
    desktop.open(stage.site()).await;
    desktop.press_at("#sign-out").await;
    desktop.shows("#sign-in-here").await;
    desktop.press("Sign in at Saoma").await;
    desktop.shows(".saoma.continue").await;
    judge(&desktop, "one click").await;
    desktop.press(tongue.other_account).await;
    waits_for_a_scan(&desktop).await;
    for path in PLAIN {
        desktop.open(&stage.provider(path)).await;
        judge(&desktop, &path.replace('/', " ")).await;
    }

    let refused = ["/authorize", "/login/none", "/api/phone/scan", "/callback"];
    stage.close([phone, desktop], &refused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stands_in_anybody_s_way_in_english() {
    nothing_stands_in_anybody_s_way("axe-english", &ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stands_in_anybody_s_way_in_chinese() {
    nothing_stands_in_anybody_s_way("axe-chinese", &CHINESE).await;
}
