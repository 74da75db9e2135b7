//! A real Chromium, in a process and with a profile of its own.
//!
//! Whatever its pages complain of, and every address that they ask for, is written down ([`Complaints`]).

mod authenticator;
mod axe;
mod complaints;
mod hand;
mod tab;

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use chromiumoxide::{Browser, BrowserConfig, cdp::browser_protocol::target::CreateTargetParams};
use futures_util::StreamExt;
use tokio::task::JoinHandle;

pub use authenticator::Authenticator;
pub use complaints::{Asked, Complaints};
pub use tab::Tab;

use crate::{Album, within};

/// Names of the program, where `CHROMIUM` names none.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How long it may take to come up, on a machine that does other things too.
const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// How long it may take to go.
const STOPS_WITHIN: Duration = Duration::from_secs(20);

/// Nothing but pages: no updates, no suggestions, no first run; and no host but this machine.
const ARGUMENTS: [&str; 13] = [
    "disable-background-networking",
    "disable-component-update",
    "disable-default-apps",
    "disable-dev-shm-usage",
    "disable-features=Translate,OptimizationHints,MediaRouter",
    "disable-gpu",
    "disable-sync",
    "force-color-profile=srgb",
    "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    "metrics-recording-only",
    "no-default-browser-check",
    "no-first-run",
    "password-store=basic",
];

/// A running Chromium.
#[derive(Debug)]
pub struct Chromium {
    browser: Browser,
    events: JoinHandle<()>,
    complaints: Complaints,
    album: Arc<Album>,
}

impl Chromium {
    /// Starts it on this profile, with these switches besides (without their dashes).
    pub async fn start(profile: PathBuf, switches: &[String], album: Arc<Album>) -> Self {
        let config = BrowserConfig::builder()
            .chrome_executable(program())
            .new_headless_mode()
            .disable_default_args()
            .no_sandbox()
            .user_data_dir(profile)
            .viewport(None)
            .launch_timeout(STARTS_WITHIN)
            .args(ARGUMENTS)
            .args(switches.iter().cloned())
            .build()
            .unwrap();
        let (browser, mut handler) = Browser::launch(config).await.expect("Chromium starts");
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Self { browser, events, complaints: Complaints::default(), album }
    }

    /// Opens an empty tab.
    pub async fn tab(&self) -> Tab {
        let page = self.browser.new_page("about:blank").await.unwrap();
        self.complaints.listen_to(&page).await;
        Tab::new(page, self.album.clone(), self.complaints.clone())
    }

    /// Opens an empty tab to which nobody listens, in a window of its own: two tabs of one window are not to be seen at once.
    pub(crate) async fn quiet_tab(&self) -> Tab {
        let window = CreateTargetParams::builder().url("about:blank").new_window(true).build().unwrap();
        let page = self.browser.new_page(window).await.unwrap();
        Tab::new(page, self.album.clone(), Complaints::default())
    }

    /// The tab that a page has opened at an address that begins so.
    pub async fn opened(&self, address: &str) -> Tab {
        let page = crate::eventually(&format!("a tab at {address}"), async || {
            for page in self.browser.pages().await.unwrap() {
                if page.url().await.ok().flatten().is_some_and(|url| url.starts_with(address)) {
                    return Some(page);
                }
            }
            None
        })
        .await;
        self.complaints.listen_to(&page).await;
        Tab::new(page, self.album.clone(), self.complaints.clone())
    }

    /// Every request that its pages have made so far.
    pub fn requests(&self) -> Vec<Asked> {
        self.complaints.requests()
    }

    /// Closes it in good order, so that its profile is whole. Returns what its pages complained of.
    pub async fn close(mut self) -> Complaints {
        self.browser.close().await.unwrap();
        within(STOPS_WITHIN, "Chromium ends", self.browser.wait()).await.unwrap();
        self.events.abort();
        self.complaints
    }
}

/// `CHROMIUM`, or the first of its names on the path.
fn program() -> PathBuf {
    let on_path = || {
        let paths = env::var_os("PATH").unwrap_or_default();
        let places: Vec<_> = env::split_paths(&paths).collect();
        NAMES
            .iter()
            .flat_map(|name| places.iter().map(move |place| place.join(name)))
            .find(|file| file.is_file())
    };
    env::var_os("CHROMIUM").map(PathBuf::from).or_else(on_path).expect("there is a Chromium: set CHROMIUM")
}
