//! A tab: where it is, and what a person sees in it. Every wait looks again and again, and has an end.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{
    Page,
    cdp::{
        browser_protocol::emulation::{
            MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
            SetScriptExecutionDisabledParams, SetTouchEmulationEnabledParams, SetUserAgentOverrideParams,
        },
        browser_protocol::network::{
            Cookie, GetCookiesParams, Headers, SetCookieParams, SetExtraHttpHeadersParams,
        },
        browser_protocol::page::AddScriptToEvaluateOnNewDocumentParams,
        js_protocol::runtime::EvaluateParams,
    },
};
use serde_json::{Value, json};

use super::Complaints;
use crate::Album;

/// How to look at a page.
const LOOK: &str = include_str!("page.js");

/// How long anything may take before it counts as never. It is only spent by a test that fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A tab.
#[derive(Debug)]
pub struct Tab {
    pub(super) page: Page,
    pub(super) has_touch: bool,
    pub(super) mirror: OnceLock<Box<Tab>>,
    pub(super) presses: AtomicUsize,
    album: Arc<Album>,
    pub(super) complaints: Complaints,
}

impl Tab {
    pub(super) fn new(page: Page, album: Arc<Album>, complaints: Complaints) -> Self {
        let presses = AtomicUsize::new(0);
        Self { page, has_touch: false, mirror: OnceLock::new(), presses, album, complaints }
    }

    /// How often something on it has been pressed so far: buttons, links, and fields to write into.
    pub fn presses(&self) -> usize {
        self.presses.load(Ordering::Relaxed)
    }

    /// Makes the screen this large, in CSS pixels.
    pub async fn resize(&self, width: i64, height: i64) {
        self.metrics(SetDeviceMetricsOverrideParams::new(width, height, 1.0, false)).await;
    }

    /// Makes it a phone: small, sharp, touched by fingers, and with an Android phone's name in this language.
    pub async fn be_a_phone(&mut self, language: &str) {
        self.has_touch = true;
        self.metrics(SetDeviceMetricsOverrideParams::new(390, 844, 2.0, true)).await;
        let touch = SetTouchEmulationEnabledParams::builder().enabled(true).max_touch_points(5);
        self.page.execute(touch.build().unwrap()).await.unwrap();
        let agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/140.0.0.0 Mobile Safari/537.36";
        self.agent(agent, language).await;
    }

    /// Makes it a browser in this language, on a Linux desktop.
    pub async fn speak(&self, language: &str) {
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        self.agent(agent, language).await;
    }

    async fn metrics(&self, metrics: SetDeviceMetricsOverrideParams) {
        self.page.execute(metrics).await.unwrap();
    }

    async fn agent(&self, agent: &str, language: &str) {
        let agent = SetUserAgentOverrideParams::builder().user_agent(agent).accept_language(language);
        self.page.execute(agent.build().unwrap()).await.unwrap();
    }

    /// Comes by a proxy that says so of where it is.
    pub async fn come_from(&self, address: &str) {
        let headers = Headers::new(json!({ "x-forwarded-for": address }));
        self.page.execute(SetExtraHttpHeadersParams::new(headers)).await.unwrap();
    }

    /// The cookies that a page at this address gets.
    pub async fn cookies(&self, address: &str) -> Vec<Cookie> {
        let cookies = GetCookiesParams::builder().url(address).build();
        self.page.execute(cookies).await.unwrap().result.cookies
    }

    /// Puts a cookie of another browser's into this one.
    pub async fn take_cookie(&self, cookie: &Cookie, address: &str) {
        let copy = SetCookieParams::builder().name(&cookie.name).value(&cookie.value).url(address);
        let copy = copy.http_only(cookie.http_only).build().unwrap();
        self.page.execute(copy).await.unwrap();
    }

    /// Is a browser without this global object, from the next page on.
    pub async fn lacks(&self, object: &str) {
        let script = AddScriptToEvaluateOnNewDocumentParams::new(format!("delete globalThis.{object};"));
        self.page.execute(script).await.unwrap();
    }

    /// Turns scripts off. In `mirror` they stay on, so that axe can judge there what this tab shows.
    pub(crate) async fn turn_scripts_off(&self, mirror: Tab) {
        self.page.execute(SetScriptExecutionDisabledParams::new(true)).await.unwrap();
        self.mirror.set(Box::new(mirror)).expect("scripts are turned off once");
        self.page.bring_to_front().await.unwrap();
    }

    /// Prefers this colour scheme: `light` or `dark`.
    pub async fn prefer(&self, scheme: &str) {
        let media =
            SetEmulatedMediaParams::builder().feature(MediaFeature::new("prefers-color-scheme", scheme));
        self.page.execute(media.build()).await.unwrap();
        if let Some(mirror) = self.mirror.get() {
            Box::pin(mirror.prefer(scheme)).await;
        }
    }

    /// Opens an address, as if it were typed.
    pub async fn open(&self, address: &str) {
        self.leave(&format!("location.assign({address:?})")).await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.leave("location.reload()").await;
    }

    /// Leaves this document, and waits until the next one is there.
    async fn leave(&self, by: &str) {
        self.holds(&format!("(window.isLeft = true, {by}, true)")).await;
        self.holds("!window.isLeft && document.readyState !== 'loading'").await;
    }

    /// Goes back, as the phone's gesture does.
    pub async fn go_back(&self) {
        self.evaluate("history.back()").await;
    }

    /// The address.
    pub async fn url(&self) -> String {
        self.until("it has an address", async || {
            self.evaluate("location.href").await?.as_str().map(Into::into)
        })
        .await
    }

    /// Waits until the address begins so.
    pub async fn is_at(&self, address: &str) {
        self.until(&format!("it is at {address}"), async || {
            let url = self.evaluate("location.href").await?;
            url.as_str()?.starts_with(address).then_some(())
        })
        .await;
    }

    /// Waits until there is something to see that matches.
    pub async fn shows(&self, selector: &str) {
        let look = format!("!!first({selector:?})");
        self.until(&format!("it shows {selector}"), async || self.is(&look).await).await;
    }

    /// Waits until the page is there and nothing that matches is to be seen.
    pub async fn hides(&self, selector: &str) {
        let look = format!("document.readyState === 'complete' && !first({selector:?})");
        self.until(&format!("it hides {selector}"), async || self.is(&look).await).await;
    }

    /// Waits until the text of the page has this in it.
    pub async fn reads(&self, words: &str) {
        let look = format!("text().includes({words:?})");
        self.until(&format!("it reads `{words}`"), async || self.is(&look).await).await;
    }

    /// Waits until a JavaScript expression is true.
    pub async fn holds(&self, expression: &str) {
        self.until(expression, async || self.is(expression).await).await;
    }

    /// Waits until a page of this browser has complained of this.
    pub async fn complains_of(&self, what: &str) {
        let heard = || self.complaints.all().iter().any(|line| line.contains(what));
        self.until(&format!("it complains of {what}"), async || heard().then_some(())).await;
    }

    /// The cookies that a request to this page would carry, as its header: those that scripts cannot see, too.
    pub async fn cookie_header(&self) -> String {
        let cookies = self.page.get_cookies().await.unwrap();
        let pairs: Vec<_> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        pairs.join("; ")
    }

    /// The text that a JavaScript expression yields.
    pub async fn value(&self, expression: &str) -> String {
        self.until(expression, async || self.evaluate(expression).await?.as_str().map(Into::into)).await
    }

    /// The text of what matches.
    pub async fn text(&self, selector: &str) -> String {
        let look = format!("first({selector:?}) ? flat(first({selector:?}).innerText) : null");
        self.until(&format!("{selector} has text"), async || {
            self.evaluate(&look).await?.as_str().map(Into::into)
        })
        .await
    }

    /// An attribute of what matches.
    pub async fn attribute(&self, selector: &str, name: &str) -> String {
        let look = format!("first({selector:?})?.getAttribute({name:?}) ?? null");
        let what = format!("{selector} has the attribute {name}");
        self.until(&what, async || self.evaluate(&look).await?.as_str().map(Into::into)).await
    }

    /// A picture of what is on the screen once it has come to rest, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.holds("isAtRest()").await;
        self.snapshot().await
    }

    async fn snapshot(&self) -> Vec<u8> {
        self.page.screenshot(ScreenshotParams::builder().build()).await.unwrap()
    }

    /// Keeps a picture in the album, and lets axe judge what it shows.
    pub async fn keep(&self, what: &str) {
        self.album.keep(what, &self.picture().await);
        self.judge(what).await;
    }

    /// Keeps a picture in light and one in dark.
    pub async fn keep_both(&self, what: &str) {
        self.keep(what).await;
        self.prefer("dark").await;
        self.keep(&format!("{what}-dark")).await;
        self.prefer("light").await;
    }

    async fn is(&self, expression: &str) -> Option<()> {
        (self.evaluate(expression).await? == Value::Bool(true)).then_some(())
    }

    /// What an expression yields; nothing while the page is between two documents.
    pub(super) async fn evaluate(&self, expression: &str) -> Option<Value> {
        let script = EvaluateParams::builder()
            .expression(format!("(() => {{ {LOOK}\nreturn ({expression}); }})()"))
            .return_by_value(true);
        let answer = self.page.execute(script.build().unwrap()).await.ok()?.result;
        match answer.exception_details {
            None => answer.result.value,
            Some(_) => None,
        }
    }

    /// Looks until there is something to see. What never comes ends the test, with a picture and the page's words.
    pub(super) async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            if begun.elapsed() > PATIENCE {
                self.give_up(what).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn give_up(&self, what: &str) -> ! {
        self.album.keep("FAILED", &self.snapshot().await);
        let words = self.evaluate("`${location.href}\n  ${text()}`").await;
        let words = words.as_ref().and_then(Value::as_str).unwrap_or("nothing");
        panic!(
            "this did not happen in {PATIENCE:?}: {what}\nThe page says:\n  {words}\nComplaints: {:#?}",
            self.complaints.all()
        );
    }
}
