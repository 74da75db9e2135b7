//! Passkeys in the phone app: made, used to sign in and to show who holds the phone, renamed, removed. The authenticator is Chromium's
//! own, and its passkeys are copied from phone to phone, as a person's are.

use saoma_tests::{Authenticator, Device, PASSWORD, Stage};

use crate::steps::{
    NAME, ask_to_sign_in, confirm, guard_much, phone_of_the_same_owner, phone_with_a_passkey, scan,
    signed_in_phone, waits_for_a_scan,
};

const USE_ONE: &str = "Sign in with a passkey";

/// A phone with a passkey whose owner is asked to show that it is them, and the screen that it has scanned.
async fn asked_to_show(stage: &Stage) -> (Device, Authenticator, Device) {
    guard_much(stage).await;
    let (phone, keys) = phone_with_a_passkey(stage, "Phone").await;
    let desktop = stage.desktop().await;
    ask_to_sign_in(stage, &desktop).await;
    scan(&phone, &desktop).await;
    (phone, keys, desktop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_on_another_phone_until_it_is_removed() {
    let stage = Stage::open("passkeys", &[]).await;
    let phone = signed_in_phone(&stage, "Lin’s phone").await;
    let keys = phone.authenticator().await;
    phone.press("Passkeys").await;
    phone.reads("With a passkey, your finger, face or PIN signs you in on a new phone").await;
    // Its name is the phone's, until its owner has another.
    phone.holds("labelled('Name of the passkey').value === 'Lin’s phone'").await;
    phone.fill("Name of the passkey", "My passkey").await;
    // Who does not know the password makes none.
    phone.fill("Password", "not this one").await;
    phone.press("Add a passkey").await;
    phone.reads("That is not the password. Try again.").await;
    phone.keep_both("phone-wrong-password").await;
    phone.fill("Password", PASSWORD).await;
    phone.press("Add a passkey").await;
    phone.reads("Copied to your other devices").await;
    phone.hides("[role=alert]").await;

    // There is no use for a second one on the same phone.
    phone.fill("Password", PASSWORD).await;
    phone.press("Add a passkey").await;
    phone.reads("There is one already.").await;
    phone.keep_both("phone-one-already").await;
    phone.press("Rename").await;
    phone.fill("New name", "Lin’s keys").await;
    phone.press("Save").await;
    phone.reads("Lin’s keys").await;

    // Another phone: no name, no password, and nobody else's consent.
    let (other, _copies) = phone_of_the_same_owner(&stage, "Other", &keys).await;
    other.open(&stage.provider("/app")).await;
    other.fill("Name of this device", "Other").await;
    other.press(USE_ONE).await;
    other.reads(&format!("Signed in as {NAME}")).await;

    // The first one is told of both, and that the passkey was used.
    phone.press("Back").await;
    phone.reads("New device: Other").await;
    phone.reads("New passkey: Lin’s keys").await;
    phone.keep_both("phone-told").await;
    phone.press("Passkeys").await;
    phone.reads("last used").await;

    phone.press("Remove").await;
    phone.reads("It signs nobody in any more. Phones that are signed in stay so.").await;
    phone.press("Remove").await;
    phone.reads("With a passkey, your finger").await;
    other.press("Devices").await;
    other.press("Sign out").await;
    other.press("Sign out").await;
    other.press(USE_ONE).await;
    other.reads("This passkey was not accepted. It may have been removed.").await;
    other.keep_both("other-removed").await;

    stage
        .close([phone, other], &["401 (Unauthorized) (http://localhost", "/api/phone/passkeys/options"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_was_not_me_is_taken_back() {
    let stage = Stage::open("passkey-not-me", &[]).await;
    let (phone, _keys) = phone_with_a_passkey(&stage, "Phone").await;
    phone.reads("New passkey: Phone").await;
    phone.press("This wasn’t me").await;
    phone.reads("Taken back: that passkey signs nobody in any more.").await;
    phone.keep_both("phone-taken-back").await;
    phone.press("Activity").await;
    phone.reads("Passkey added").await;
    phone.press("Back").await;
    phone.press("Passkeys").await;
    phone.reads("With a passkey, your finger").await;

    stage.close([phone], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_closed_is_no_error() {
    let stage = Stage::open("passkey-prompt", &[]).await;
    guard_much(&stage).await;
    let phone = signed_in_phone(&stage, "Phone").await;
    let keys = phone.authenticator().await;
    keys.knows_its_owner(false).await;
    phone.press("Passkeys").await;
    phone.fill("Password", PASSWORD).await;
    phone.press("Add a passkey").await;
    phone.reads("No passkey was made. Try again when you are ready.").await;
    phone.hides(".bad").await;
    phone.keep_both("phone-not-made").await;
    keys.knows_its_owner(true).await;
    phone.press("Add a passkey").await;
    phone.reads("Made ").await;
    phone.press("Back").await;

    // Signing in.
    let (other, copies) = phone_of_the_same_owner(&stage, "Other", &keys).await;
    copies.knows_its_owner(false).await;
    other.open(&stage.provider("/app")).await;
    other.press(USE_ONE).await;
    other.reads("No passkey was used. Try again, or use your password.").await;
    other.hides(".bad").await;
    other.keep_both("other-not-used").await;
    copies.knows_its_owner(true).await;
    other.press(USE_ONE).await;
    other.reads(&format!("Signed in as {NAME}")).await;

    // Showing who it is.
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    copies.knows_its_owner(false).await;
    scan(&other, &desktop).await;
    other.press("Use your passkey").await;
    other.reads("No passkey was used. Try again when you are ready.").await;
    other.hides(".bad").await;
    other.keep_both("other-not-shown").await;
    copies.knows_its_owner(true).await;
    other.press("Use your passkey").await;
    other.reads("It asks for").await;
    confirm(&other).await;
    desktop.is_at(stage.site()).await;

    stage.close([phone, other, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_shows_who_holds_the_phone_and_the_site_is_told() {
    let stage = Stage::open("passkey-unlock", &[]).await;
    let (phone, _keys, desktop) = asked_to_show(&stage).await;
    phone.hides("input[type=password]").await;
    let before = phone.presses();
    phone.press("Use your passkey").await;
    phone.reads("It asks for").await;
    assert_eq!(phone.presses() - before, 1);
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    desktop.open(&format!("{}/account", stage.site())).await;
    assert_eq!(desktop.attribute("#account-acr", "title").await, "urn:saoma:acr:unlocked");
    assert!(desktop.text("#account-amr").await.ends_with("a passkey"));

    stage.close([phone, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_passkey_that_is_refused_the_password_will_do() {
    let stage = Stage::open("passkey-refused", &[]).await;
    let (phone, keys, desktop) = asked_to_show(&stage).await;
    keys.signs_falsely(true).await;
    phone.press("Use your passkey").await;
    phone.reads("This passkey was not accepted. Use your password.").await;
    phone.keep_both("phone-refused").await;
    phone.fill("Password", PASSWORD).await;
    phone.press("Go on").await;
    confirm(&phone).await;
    desktop.is_at(stage.site()).await;

    desktop.open(&format!("{}/account", stage.site())).await;
    assert!(desktop.text("#account-amr").await.ends_with("a password"));

    stage.close([phone, desktop], &["/api/phone/unlock"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_that_are_refused_end_it() {
    let stage = Stage::open("passkey-refused-thrice", &[]).await;
    let (phone, keys, desktop) = asked_to_show(&stage).await;
    keys.signs_falsely(true).await;
    for _ in 0..2 {
        phone.press("Use your passkey").await;
        phone.reads("This passkey was not accepted. Use your password.").await;
        phone.press("Use your passkey instead").await;
    }
    phone.press("Use your passkey").await;
    phone.reads("Nobody was signed in. Get a new code on the screen to try again.").await;
    phone.shows("main.outcome[data-tone=bad]").await;

    stage.close([phone, desktop], &["/api/phone/unlock"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_knows_no_passkeys_offers_none() {
    let stage = Stage::open("passkey-unknown", &[]).await;
    guard_much(&stage).await;
    let (first, _keys) = phone_with_a_passkey(&stage, "First").await;
    first.lacks("PublicKeyCredential").await;
    first.reload().await;
    first.press("Passkeys").await;
    first.reads("This browser cannot use passkeys here. Try another browser.").await;
    first.hides("form").await;
    first.keep_both("phone-no-new-one").await;
    first.press("Back").await;

    // The account has one, and the password will do.
    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    scan(&first, &desktop).await;
    first.fill("Password", PASSWORD).await;
    first.hides("button.quiet").await;
    first.press("Go on").await;
    confirm(&first).await;
    desktop.is_at(stage.site()).await;

    let other = stage.phone("Other").await;
    other.lacks("PublicKeyCredential").await;
    other.open(&stage.provider("/app")).await;
    other.shows("form").await;
    other.holds(&format!("!named({USE_ONE:?})")).await;

    stage.close([first, other, desktop], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_need_no_mouse_and_no_finger() {
    let stage = Stage::open("passkey-keyboard", &[]).await;
    guard_much(&stage).await;
    let (first, keys) = phone_with_a_passkey(&stage, "First").await;
    let (phone, _copies) = phone_of_the_same_owner(&stage, "Keys", &keys).await;
    phone.open(&stage.provider("/app")).await;
    phone.write("Name of this device", "Keys").await;
    phone.strike(USE_ONE, "Enter").await;
    phone.reads(&format!("Signed in as {NAME}")).await;

    // Showing who it is: by the password's way and back.
    let desktop = stage.desktop().await;
    desktop.open(stage.site()).await;
    desktop.strike("Sign in at Saoma", "Enter").await;
    waits_for_a_scan(&desktop).await;
    phone.point_camera_at(&desktop).await;
    phone.strike("Scan", "Enter").await;
    phone.strike("Use your password instead", "Enter").await;
    phone.holds("focused() === labelled('Password')").await;
    phone.strike("Use your passkey instead", " ").await;
    phone.strike("Use your passkey", "Enter").await;
    phone.reads("It asks for").await;
    phone.strike("Confirm", " ").await;
    desktop.is_at(stage.site()).await;
    phone.strike("Done", "Enter").await;

    phone.strike("Passkeys", "Enter").await;
    phone.strike("Rename", "Enter").await;
    phone.write("New name", "Mine").await;
    phone.strike("Save", " ").await;
    phone.reads("Mine").await;
    phone.strike("Remove", "Enter").await;
    phone.reads("It signs nobody in any more.").await;
    phone.strike("Remove", " ").await;
    phone.reads("With a passkey, your finger").await;
    // The authenticator has it still, and does not know that it is worth nothing.
    phone.write("Name of the passkey", "Another").await;
    phone.write("Password", PASSWORD).await;
    phone.strike("Add a passkey", "Enter").await;
    phone.reads("Another").await;

    stage.close([first, phone, desktop], &[]).await;
}

/// A language, and the words of it that a tour presses.
struct Tongue {
    name: &'static str,
    sign_in: [&'static str; 4],
    by_passkey: &'static str,
    passkeys: &'static str,
    add: &'static str,
    rename: &'static str,
    remove: &'static str,
    cancel: &'static str,
    back: &'static str,
    sign_out: &'static str,
    devices: &'static str,
    scan: &'static str,
    by_password: &'static str,
}

const ENGLISH: Tongue = Tongue {
    name: "en-US",
    sign_in: ["Account", "Password", "Name of this device", "Sign in"],
    by_passkey: USE_ONE,
    passkeys: "Passkeys",
    add: "Add a passkey",
    rename: "Rename",
    remove: "Remove",
    cancel: "Cancel",
    back: "Back",
    sign_out: "Sign out",
    devices: "Devices",
    scan: "Scan",
    by_password: "Use your password instead",
};

const CHINESE: Tongue = Tongue {
    name: "zh-CN",
    sign_in: ["账号", "密码", "设备名称", "登录"],
    by_passkey: "使用通行密钥登录",
    passkeys: "通行密钥",
    add: "添加通行密钥",
    rename: "重命名",
    remove: "移除",
    cancel: "取消",
    back: "返回",
    sign_out: "退出登录",
    devices: "设备",
    scan: "扫一扫",
    by_password: "改用密码",
};

/// Every screen that knows passkeys, photographed and judged in light and dark.
async fn tour(journey: &str, tongue: &Tongue) {
    let stage = Stage::open(journey, &[]).await;
    guard_much(&stage).await;
    let phone = stage.phone_in("Phone", tongue.name).await;
    phone.authenticator().await;
    phone.open(&stage.provider("/app")).await;
    phone.shows("form").await;
    phone.keep_both("sign-in").await;
    let [account, password, device, sign_in] = tongue.sign_in;
    phone.fill(account, saoma_tests::ACCOUNT).await;
    phone.fill(password, PASSWORD).await;
    phone.fill(device, "Lin’s phone").await;
    phone.press(sign_in).await;
    phone.shows("main.home").await;
    phone.keep_both("home").await;

    phone.press(tongue.passkeys).await;
    phone.shows("main > p.muted").await;
    phone.keep_both("none").await;
    phone.fill(tongue.sign_in[1], PASSWORD).await;
    phone.press(tongue.add).await;
    phone.shows("main ul.list li").await;
    phone.keep_both("one").await;
    phone.press(tongue.rename).await;
    phone.keep_both("renaming").await;
    phone.press(tongue.back).await;
    phone.shows(".told li").await;
    phone.keep_both("told").await;

    let desktop = stage.desktop().await;
    ask_to_sign_in(&stage, &desktop).await;
    phone.point_camera_at(&desktop).await;
    phone.press(tongue.scan).await;
    phone.shows("main.confirm").await;
    phone.keep_both("unlock").await;
    phone.press(tongue.by_password).await;
    phone.keep_both("unlock-by-password").await;
    phone.go_back().await;
    phone.shows("main.outcome").await;
    phone.open(&stage.provider("/app")).await;

    phone.press(tongue.passkeys).await;
    phone.press(tongue.remove).await;
    phone.keep_both("removing").await;
    phone.press(tongue.cancel).await;
    phone.press(tongue.remove).await;
    phone.press(tongue.remove).await;
    phone.shows("main > p.muted").await;
    phone.press(tongue.back).await;
    phone.press(tongue.devices).await;
    phone.press(tongue.sign_out).await;
    phone.press(tongue.sign_out).await;
    phone.press(tongue.by_passkey).await;
    phone.shows(".bad").await;
    phone.keep_both("refused").await;

    stage.close([phone, desktop], &["401 (Unauthorized) (http://localhost"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_english() {
    tour("passkeys-english", &ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_chinese() {
    tour("passkeys-chinese", &CHINESE).await;
}
