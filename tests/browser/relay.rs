//! `QRLJacking`, the attack that every sign-in by a picture has to live with: an attacker starts a sign-in in their own browser and shows
//! its code to somebody else, on a page of their own. The victim's phone sees that page, and nothing else passes between the two.

use base64::{Engine, engine::general_purpose::STANDARD};
use saoma_tests::{
    Device, Stage, Tab,
    page_server::{PageServer, WebSpace},
};

use crate::steps::{NAME, SITE, ask_to_sign_in, code, confirm, digits, is_in, scan_by, signed_in_phone};

/// Where the attacker is: documentation addresses (RFC 5737).
const ELSEWHERE: &str = "203.0.113.5";

/// What makes the server believe where the attacker comes from.
const PROXY: [&str; 2] = ["--trusted-proxies", "127.0.0.1"];

/// What the phone asks for before anything else.
const FIELD: &str = "Type the two digits on your screen";

/// A page of the attacker's, to which somebody has been led.
struct Trap {
    victim: Device,
    _site: PageServer,
}

impl Trap {
    async fn set(stage: &Stage) -> Self {
        let space = WebSpace::rent().await;
        let page = "<!doctype html><title>Win a bicycle</title><body style=margin:0><img alt=''>";
        let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
        let site = space.open(policy, &[("/", page.into())]);
        let victim = stage.desktop_of("victim").await;
        victim.open(&format!("{}/", site.origin())).await;
        Self { victim, _site: site }
    }

    /// Shows what was on the attacker's screen.
    async fn show(&self, screen: &[u8]) {
        let data = format!("data:image/png;base64,{}", STANDARD.encode(screen));
        self.victim.holds(&format!("(document.images[0].src = {data:?}, true)")).await;
        self.victim.holds("document.images[0].complete && document.images[0].naturalWidth > 0").await;
    }

    /// Shows what is on the attacker's screen, and lets the victim scan it. The phone then shows who asks.
    async fn relay(&self, attacker: &Tab, button: &str, phone: &Device) {
        self.show(&attacker.picture().await).await;
        scan_by(button, phone, &self.victim).await;
    }
}

/// A victim with a phone and a page of the attacker's before them, and the attacker, elsewhere, who has begun to sign in.
struct Relay {
    stage: Stage,
    phone: Device,
    attacker: Device,
    trap: Trap,
}

impl Relay {
    async fn begin(journey: &str, arguments: &[&str]) -> Self {
        let stage = Stage::open(journey, arguments).await;
        let phone = signed_in_phone(&stage, "Phone").await;
        let attacker = stage.desktop_of("attacker").await;
        attacker.come_from(ELSEWHERE).await;
        let trap = Trap::set(&stage).await;
        ask_to_sign_in(&stage, &attacker).await;
        Self { stage, phone, attacker, trap }
    }
}

/// Asserts that nobody is signed in at the site in this browser.
async fn is_not_signed_in(stage: &Stage, attacker: &Tab) {
    attacker.open(stage.site()).await;
    attacker.shows("#sign-in-here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_that_is_sent_on_is_dead_when_it_arrives() {
    let arguments = [&PROXY[..], &["--qr-frame-seconds", "8"]].concat();
    let Relay { stage, phone, attacker, trap } = Relay::begin("photograph", &arguments).await;
    let taken = attacker.picture().await;
    // Five frames of two seconds go by.
    for _ in 0..5 {
        let shown = code(&attacker).await;
        attacker.holds(&format!("first('a.link')?.getAttribute('href') !== {shown:?}")).await;
    }
    trap.show(&taken).await;
    phone.point_camera_at(&trap.victim).await;
    phone.press("Scan").await;
    phone.reads("The code has changed").await;
    phone.keep_both("phone-old-picture").await;
    is_in(&attacker, "waiting").await;
    is_not_signed_in(&stage, &attacker).await;

    stage.close([phone, attacker, trap.victim], &["/api/phone/scan"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_relay_ends_where_the_victim_s_own_screen_has_no_digits() {
    let Relay { stage, phone, attacker, trap } = Relay::begin("live-relay", &PROXY).await;

    // It arrives; and the phone says whose browser it is, before anything can be agreed to.
    trap.relay(&attacker, "Scan", &phone).await;
    let host = stage.site().trim_start_matches("http://");
    let signs = ["In another network than this phone", "First time at this site"];
    for fact in [SITE, host, "Not verified", "Chrome", ELSEWHERE, signs[0], signs[1]] {
        phone.reads(fact).await;
    }
    phone.shows("input.digits").await;
    phone.hides("button.primary").await;
    phone.keep_both("phone-asks-for-digits").await;

    // The digits are on the attacker's screen. The victim's has none, so they are guessed.
    let shown = digits(&attacker).await;
    trap.victim.hides(".digits").await;
    let guess = format!("{:02}", (shown.parse::<u8>().unwrap_or_default() + 1) % 100);
    phone.fill(FIELD, &guess).await;
    phone.reads("The digits did not match").await;
    is_in(&attacker, "denied").await;
    attacker.keep("attacker-is-refused").await;

    // Another try, and this time the victim reads what the phone says.
    attacker.press("New code").await;
    is_in(&attacker, "waiting").await;
    trap.relay(&attacker, "Scan again", &phone).await;
    phone.press("Decline").await;
    phone.shows("main.outcome[data-tone=declined]").await;
    is_in(&attacker, "denied").await;
    is_not_signed_in(&stage, &attacker).await;

    stage.close([phone, attacker, trap.victim], &["/api/phone/match"]).await;
}

/// What the threat model says of itself: a victim who is shown the digits as well, types them and confirms, lets the attacker in.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_led_through_every_step_is_not_saved_by_a_picture() {
    let Relay { stage, phone, attacker, trap } = Relay::begin("led-on", &PROXY).await;
    trap.relay(&attacker, "Scan", &phone).await;
    let shown = digits(&attacker).await;
    trap.show(&attacker.picture().await).await;
    phone.fill(FIELD, &shown).await;
    phone.reads("It asks for").await;
    phone.reads(ELSEWHERE).await;
    confirm(&phone).await;
    attacker.is_at(stage.site()).await;
    attacker.reads(NAME).await;

    stage.close([phone, attacker, trap.victim], &[]).await;
}
