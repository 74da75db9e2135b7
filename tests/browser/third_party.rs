//! Other people's sites: the widget on an origin that is not ours, under the content security policy that
//! `docs/integrating.md` gives; and networks that do not let everything through.
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::mock_phone::MockPhone;
use saoma_tests::{
    Album, Chromium, Operator, Server, Tab, VERIFIER,
    cutting_proxy::CuttingProxy,
    eventually,
    page_server::{PageServer, WebSpace},
    turn,
};
use serde_json::{Value, json};
use tokio::sync::MutexGuard;

use crate::steps::{code, is_bound, is_in, waits_for_a_scan};

/// The challenge of [`VERIFIER`] (RFC 7636 appendix B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The callback page's script: redeems the code without a back end, and writes down what came of it.
const CALLBACK: &str = r#"
import { finishLogin } from "{issuer}/widget/saoma.js";
const outcome = {};
try {
  const { code, codeVerifier, nonce, redirectUri } = finishLogin();
  const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, client_id: "spa", code_verifier: codeVerifier };
  const answer = await fetch("{issuer}/token", { method: "POST", body: new URLSearchParams(form) });
  Object.assign(outcome, { status: answer.status, nonce, tokens: await answer.json() });
  finishLogin();
} catch (error) {
  outcome.error = error.error ?? String(error);
}
document.body.textContent = JSON.stringify(outcome);
"#;

/// A script that writes down what the widget tells the page.
const LISTENER: &str = r#"
window.heard = { states: [], errors: [], logins: [] };
document.addEventListener("saoma-state", (event) => heard.states.push(event.detail.state));
document.addEventListener("saoma-error", (event) => heard.errors.push(event.detail.error));
document.addEventListener("saoma-login", (event) => heard.logins.push(event.detail));
"#;

/// A script that sets the browser's clock back.
const SLOW: &str = "const now = Date.now; Date.now = () => now() - 3_600_000;";

/// A provider, somebody else's site and a visitor with a phone.
struct Place {
    server: Server,
    proxy: Option<CuttingProxy>,
    site: PageServer,
    phone: MockPhone,
    chromium: Chromium,
    desktop: Tab,
    _operator: Operator,
    _turn: MutexGuard<'static, ()>,
}

/// How a place differs from the usual.
#[derive(Default)]
struct Twist {
    /// Attributes of the element besides the two.
    attributes: String,
    /// The page has [`LISTENER`].
    listens: bool,
    /// The browser's clock is an hour behind.
    is_slow: bool,
    /// The client's origin is another than the site's.
    is_stranger: bool,
    /// What a proxy before the provider cuts off.
    cuts: Option<&'static [&'static str]>,
}

impl Place {
    async fn open(journey: &str, twist: Twist) -> Self {
        let turn = turn().await;
        let operator = Operator::new();
        let mut server = operator.server().on_localhost();
        let mut proxy = None;
        if let Some(words) = twist.cuts {
            // The first server's place is the proxy's.
            let front = server;
            server = operator.server().beside(&front);
            proxy = Some(CuttingProxy::open(front.issuer(), &server.url(), words).await);
        }
        let space = WebSpace::rent().await;
        let (site, issuer) = (space.origin().to_owned(), server.issuer().to_owned());
        let origin = if twist.is_stranger { "https://elsewhere.example" } else { &site };
        operator.import(&registration(&site, origin)).await.well();
        operator.add_account("lin").await.well();
        server.start().await;

        let policy = format!(
            "default-src 'none'; script-src {issuer} 'self' 'wasm-unsafe-eval'; connect-src {issuer}"
        );
        let attributes = twist.attributes;
        let listener =
            if twist.listens { r#"<script type="module" src="/listener.js"></script>"# } else { "" };
        let page = format!(
            r#"<!doctype html><html lang="en"><title>Somebody else</title><main><h1>Somebody else</h1>{listener}<script type="module" src="{issuer}/widget/saoma.js"></script><saoma-login client-id="spa" redirect-uri="{site}/callback"{attributes}></saoma-login></main></html>"#
        );
        let callback = r#"<script type="module" src="/callback.js"></script>"#;
        let pages = [
            ("/", page),
            ("/callback", callback.into()),
            ("/callback.js", CALLBACK.replace("{issuer}", &issuer)),
            ("/listener.js", if twist.is_slow { SLOW.to_owned() + LISTENER } else { LISTENER.into() }),
        ];
        let phone = saoma_tests::sign_in(&issuer, &operator.path("phone"), "lin").await;
        let album = Arc::new(Album::open(journey));
        let chromium = Chromium::start(operator.path("desktop"), &[], album).await;
        let desktop = chromium.tab().await;
        desktop.resize(1280, 800).await;
        desktop.speak("en-US").await;
        let site = space.open(&policy, &pages);
        Self { server, proxy, site, phone, chromium, desktop, _operator: operator, _turn: turn }
    }

    /// Opens the site's page and waits for a code on it.
    async fn ask(&self) {
        self.desktop.open(&self.page()).await;
        waits_for_a_scan(&self.desktop).await;
    }

    fn page(&self) -> String {
        format!("{}/", self.site.origin())
    }

    /// The phone scans and confirms.
    async fn approve(&self) {
        self.phone.approve(&code(&self.desktop).await).await.unwrap();
    }

    /// What the callback page has written.
    async fn outcome(&self) -> Value {
        self.desktop.is_at(&format!("{}/callback?", self.site.origin())).await;
        self.desktop.holds("document.body.textContent.startsWith('{')").await;
        serde_json::from_str(&self.desktop.value("document.body.textContent").await).unwrap()
    }

    /// Ends the journey. No page may have complained of anything else than what is `expected`.
    async fn close(mut self, expected: &[&str]) {
        let mut complaints = self.chromium.close().await.all();
        self.server.kill();
        self.server.stopped().await;
        complaints.retain(|line| !expected.iter().any(|part| line.contains(part)));
        assert!(complaints.is_empty(), "pages complained: {complaints:#?}");
    }
}

/// A client without a back end.
fn registration(site: &str, origin: &str) -> Value {
    json!({
        "client_id": "spa", "client_name": "Somebody else", "token_endpoint_auth_method": "none",
        "redirect_uris": [format!("{site}/callback")], "allowed_origins": [origin],
    })
}

/// The claims of an ID token.
fn claims(token: &Value) -> Value {
    let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lines_are_all_that_a_site_without_a_back_end_needs() {
    let place = Place::open("two-lines", Twist::default()).await;
    place.ask().await;
    place.desktop.keep("desktop-waiting").await;
    place.approve().await;

    let outcome = place.outcome().await;
    assert_eq!(outcome["status"], 200, "{outcome}");
    assert!(outcome["nonce"].as_str().is_some_and(|nonce| nonce.len() >= 43), "{outcome}");
    assert_eq!(claims(&outcome["tokens"]["id_token"])["nonce"], outcome["nonce"]);
    assert_eq!(outcome["error"], "invalid_state", "it can be finished once: {outcome}");

    place.close(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_stays_gets_the_state_and_nonce_that_it_gave() {
    let attributes = format!(
        r#" redirect="callback" state="the site's state" nonce="the-site-s-nonce" code-challenge="{CHALLENGE}""#
    );
    let place = Place::open("callback", Twist { attributes, listens: true, ..Twist::default() }).await;
    let desktop = &place.desktop;
    place.ask().await;
    // Under such a policy, browsers hide an element's nonce from its attribute.
    desktop.holds("document.querySelector('saoma-login').getAttribute('nonce') === ''").await;
    place.approve().await;
    desktop.holds("heard.logins.length === 1").await;
    let detail = desktop.value("JSON.stringify(heard.logins[0])").await;
    let detail: Value = serde_json::from_str(&detail).unwrap();
    assert_eq!(detail["state"], "the site's state");
    assert_eq!(detail["nonce"], "the-site-s-nonce");
    assert_eq!(detail["iss"], place.server.issuer());
    assert!(detail["codeVerifier"].is_null(), "the back end has it: {detail}");
    assert_eq!(desktop.url().await, place.page());
    desktop.holds("typeof heard.logins[0].matchesNonce === 'function'").await;

    // The page's nonce is the token's, too.
    let form = [
        ("grant_type", "authorization_code"),
        ("code", detail["code"].as_str().unwrap()),
        ("redirect_uri", detail["redirectUri"].as_str().unwrap()),
        ("client_id", "spa"),
        ("code_verifier", VERIFIER),
    ];
    let call = reqwest::Client::new().post(format!("{}/token", place.server.issuer())).form(&form);
    let tokens: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(claims(&tokens["id_token"])["nonce"], "the-site-s-nonce");
    desktop.holds(&format!("heard.logins[0].matchesNonce({})", tokens["id_token"])).await;
    desktop.holds("heard.logins[0].matchesNonce('e30.e30.e30') === false").await;

    place.close(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_widget_s_login_is_bound_to_its_key() {
    let twist = Twist { attributes: r#" redirect="callback""#.into(), listens: true, ..Twist::default() };
    let place = Place::open("embedded-key", twist).await;
    place.ask().await;
    let scanned = place.phone.approve(&code(&place.desktop).await).await.unwrap();
    assert!(scanned.browser.bound);
    place.desktop.holds("heard.logins.length === 1").await;

    place.close(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_whose_clock_is_wrong_is_bound_by_the_server_s() {
    let attributes = r#" redirect="callback""#.into();
    let twist = Twist { attributes, listens: true, is_slow: true, ..Twist::default() };
    let place = Place::open("wrong-clock", twist).await;
    place.ask().await;
    is_bound(&place.desktop).await;
    let scanned = place.phone.approve(&code(&place.desktop).await).await.unwrap();
    assert!(scanned.browser.bound);
    place.desktop.holds("heard.logins.length === 1").await;

    // Chromium says of the proof that is dated by its own clock that it was refused.
    place.close(&["401"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_not_registered_is_told_so_and_shows_no_code() {
    let twist = Twist { listens: true, is_stranger: true, ..Twist::default() };
    let place = Place::open("stranger", twist).await;
    let desktop = &place.desktop;
    desktop.open(&place.page()).await;
    is_in(desktop, "failed").await;
    desktop.reads("This page is not set up for sign-in with Saoma. Tell the site’s owner.").await;
    desktop.keep("desktop-stranger").await;
    desktop.holds("heard.errors.join() === 'invalid_request'").await;
    desktop.hides("a.link").await;
    desktop.holds("!heard.states.includes('waiting')").await;

    place.close(&["403", "CORS policy", "ERR_FAILED"]).await;
}

/// Signs in on the provider's own page, behind a proxy that cuts this off. `is_followed` says when the page has found
/// another way.
async fn signs_in_behind(
    journey: &str,
    words: &'static [&'static str],
    is_followed: impl Fn(&CuttingProxy, &str) -> bool,
) {
    let place = Place::open(journey, Twist { cuts: Some(words), ..Twist::default() }).await;
    let (issuer, site) = (place.server.issuer(), place.site.origin());
    let desktop = &place.desktop;
    desktop
        .open(&format!(
            "{issuer}/authorize?client_id=spa&redirect_uri={site}/callback&response_type=code&scope=openid\
             &state=s&code_challenge={CHALLENGE}&code_challenge_method=S256"
        ))
        .await;
    waits_for_a_scan(desktop).await;
    let url = desktop.url().await;
    let id = url.rsplit('/').next().unwrap();
    let proxy = place.proxy.as_ref().unwrap();
    let what = "the page follows the login in another way";
    eventually(what, async || is_followed(proxy, id).then_some(())).await;
    assert!(proxy.cut("text/event-stream") > 0, "the stream was tried first");
    place.approve().await;
    desktop.is_at(&format!("{site}/callback?code=")).await;

    place.close(&["ERR_EMPTY_RESPONSE", "ERR_CONNECTION"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_streams_are_cut_off_the_page_asks_and_waits() {
    signs_in_behind("no-streams", &["text/event-stream"], |proxy, id| {
        proxy.passed(&format!("{id}?after=")) > 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_long_requests_are_cut_off_too_the_page_asks_now_and_then() {
    signs_in_behind("no-long-requests", &["text/event-stream", "?after="], |proxy, id| {
        let path = protocol::paths::login(id);
        proxy.cut("?after=") > 0 && proxy.passed(&format!("GET {path} ")) > 1
    })
    .await;
}
