//! Steps that many journeys take.

use saoma_tests::{ACCOUNT, Authenticator, Device, PASSWORD, Stage, Tab};
use serde_json::json;

/// What the account's owner is called.
pub(crate) const NAME: &str = "Lin Example";

/// The demo site's name.
pub(crate) const SITE: &str = "The Gnomon";

/// Characters of a code that change with the time.
const STAMP: usize = 14;

/// A page of the demo site whose rest is for members.
pub(crate) const ARTICLE: &str = "/articles/the-letter-that-was-its-own-lock";

/// Turns on a phone and signs in.
pub(crate) async fn signed_in_phone(stage: &Stage, name: &str) -> Device {
    let phone = stage.phone(name).await;
    phone.open(&stage.provider("/app")).await;
    sign_in(&phone, name).await;
    phone.reads(&format!("Signed in as {NAME}")).await;
    phone
}

/// Another phone of the same account, which the first one lets in.
pub(crate) async fn second_phone(stage: &Stage, first: &Device, name: &str) -> Device {
    let phone = stage.phone(name).await;
    phone.open(&stage.provider("/app")).await;
    sign_in(&phone, name).await;
    let digits = phone.text(".own-digits").await;
    phone.keep_both("phone-waits").await;
    first.reads(&format!("{name} wants to sign in to your account")).await;
    first.keep_both("phone-asks-in").await;
    first.fill("Digits on its screen", &digits).await;
    phone.reads(&format!("Signed in as {NAME}")).await;
    phone
}

/// A phone on which somebody has signed in and made a passkey; the app is at home.
pub(crate) async fn phone_with_a_passkey(stage: &Stage, name: &str) -> (Device, Authenticator) {
    let phone = signed_in_phone(stage, name).await;
    let keys = phone.authenticator().await;
    phone.press("Passkeys").await;
    phone.fill("Password", PASSWORD).await;
    phone.press("Add a passkey").await;
    phone.reads("Made ").await;
    phone.press("Back").await;
    (phone, keys)
}

/// Another phone of the same person's, to which their passkeys have been copied; nobody has signed in on it.
pub(crate) async fn phone_of_the_same_owner(
    stage: &Stage,
    name: &str,
    keys: &Authenticator,
) -> (Device, Authenticator) {
    let phone = stage.phone(name).await;
    let copies = phone.authenticator().await;
    copies.is_as(keys).await;
    (phone, copies)
}

/// From now on the demo site wants whoever holds the phone to show that it is them.
pub(crate) async fn guard_much(stage: &Stage) {
    let mut site = stage.registration();
    site["require_unlock"] = json!(true);
    stage.register(&site).await;
}

/// Fills in and sends the app's sign-in form.
pub(crate) async fn sign_in(phone: &Tab, device: &str) {
    phone.fill("Account", ACCOUNT).await;
    phone.fill("Password", PASSWORD).await;
    phone.fill("Name of this device", device).await;
    phone.press("Sign in").await;
}

/// Follows the demo site's link to the provider's sign-in page.
pub(crate) async fn ask_to_sign_in(stage: &Stage, desktop: &Tab) {
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    desktop.is_at(&stage.provider("/login/")).await;
    waits_for_a_scan(desktop).await;
}

/// Follows the same link where the browser is signed in at the provider and there is something to ask. Wants a code all the same.
pub(crate) async fn ask_for_a_code(stage: &Stage, desktop: &Tab) {
    desktop.open(stage.site()).await;
    desktop.press("Sign in at Saoma").await;
    desktop.reads(&format!("Continue as {NAME}")).await;
    desktop.press("Use another account").await;
    waits_for_a_scan(desktop).await;
}

/// Signs out at the demo site.
pub(crate) async fn sign_out_here(desktop: &Tab) {
    desktop.press_at("#sign-out").await;
    desktop.shows("#sign-in-here").await;
}

/// Signs out at the demo site and at the provider.
pub(crate) async fn sign_out_everywhere(stage: &Stage, desktop: &Tab) {
    desktop.open(&format!("{}/account", stage.site())).await;
    desktop.press("Sign out here and at Saoma").await;
    desktop.shows("#signed-out[data-everywhere=true]").await;
}

/// Waits until the page shows a code that can be scanned, with the widget in charge.
pub(crate) async fn waits_for_a_scan(desktop: &Tab) {
    desktop.holds("!!document.querySelector('saoma-login')?.shadowRoot?.querySelector('.saoma')").await;
    is_in(desktop, "waiting").await;
}

/// Waits until the panel is in a state.
pub(crate) async fn is_in(desktop: &Tab, state: &str) {
    desktop.shows(&format!(".saoma[data-state={state}]")).await;
}

/// What the code on the screen says.
pub(crate) async fn code(desktop: &Tab) -> String {
    desktop.attribute("a.link", "href").await
}

/// Which login the code on the screen is of: what of it does not change.
pub(crate) async fn shown_login(desktop: &Tab) -> String {
    let code = code(desktop).await;
    code[..code.len() - STAMP].to_owned()
}

/// Scans the desktop's screen with the phone's camera, from the app's home. The phone then shows who asks.
pub(crate) async fn scan(phone: &Device, desktop: &Tab) {
    scan_by("Scan", phone, desktop).await;
}

/// Scans by the button of this name.
pub(crate) async fn scan_by(button: &str, phone: &Device, desktop: &Tab) {
    phone.point_camera_at(desktop).await;
    phone.press(button).await;
    phone.shows("main.confirm").await;
}

/// Confirms, and puts the phone away.
pub(crate) async fn confirm(phone: &Tab) {
    phone.press("Confirm").await;
    phone.shows("main.outcome[data-tone=good]").await;
}

/// The digits that a page shows for the phone.
pub(crate) async fn digits(desktop: &Tab) -> String {
    desktop.shows(".digits:not(:empty)").await;
    desktop.text(".digits:not(:empty)").await.replace(' ', "")
}

/// Waits until the page has bound its login to a key, which it does after the code is on the screen.
pub(crate) async fn is_bound(desktop: &Tab) {
    let answered = "performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.endsWith('/key') && responseEnd > 0)";
    desktop.holds(answered).await;
}

/// Where the parts of the panel begin, that are there in every state.
pub(crate) async fn places(desktop: &Tab) -> String {
    let top = |part: &str| format!("Math.round(first('.saoma {part}').getBoundingClientRect().top)");
    let tops = [".site", ".title", ".code", ".status", ".actions"].map(top).join(", ");
    desktop.value(&format!("JSON.stringify([{tops}])")).await
}
