//! What pages complain of: errors and warnings in their consoles, violations of their content security policy, answers that
//! are errors, exceptions that nobody caught; and every request that leaves this machine.

use std::sync::{Arc, Mutex};

use chromiumoxide::{
    Page,
    cdp::{
        IntoEventKind,
        browser_protocol::{
            log::{self, EventEntryAdded, LogEntryLevel},
            network::{self, EventRequestWillBeSent, ResourceType},
        },
        js_protocol::runtime::{self, ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown},
    },
};
use futures_util::StreamExt;

/// The complaints of all pages of one browser, one line each; and what they asked for.
#[derive(Debug, Clone, Default)]
pub struct Complaints {
    lines: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<Asked>>>,
}

/// A request that a page has made.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The page's address.
    pub page: String,
    /// What it asked for.
    pub url: String,
    /// Whether the page was to be left for it: then nothing of the page's own is loaded.
    pub is_navigation: bool,
}

impl Complaints {
    /// All of them, in the order in which they came.
    pub fn all(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Writes a complaint down.
    pub(super) fn add(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    /// Every request of every page, in the order in which they were made.
    pub fn requests(&self) -> Vec<Asked> {
        self.requests.lock().unwrap().clone()
    }

    /// Writes down what this page complains of from now on.
    pub(super) async fn listen_to(&self, page: &Page) {
        self.on(page, |event: &EventEntryAdded| {
            let entry = &event.entry;
            let matters = matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning);
            let from = entry.url.as_deref().unwrap_or_default();
            matters.then(|| format!("{:?}: {} ({from})", entry.source, entry.text))
        })
        .await;
        self.on(page, |event: &EventConsoleApiCalled| {
            use ConsoleApiCalledType::{Assert, Error, Warning};
            let said = event.args.iter().map(|arg| format!("{:?} {:?}", arg.value, arg.description));
            let matters = matches!(event.r#type, Error | Warning | Assert);
            matters.then(|| format!("console: {}", said.collect::<String>()))
        })
        .await;
        self.on(page, |event: &EventExceptionThrown| {
            let details = &event.exception_details;
            let what = details.exception.as_ref().and_then(|exception| exception.description.clone());
            Some(format!("exception: {} {}", details.text, what.unwrap_or_default()))
        })
        .await;
        let requests = self.requests.clone();
        self.on(page, move |event: &EventRequestWillBeSent| {
            requests.lock().unwrap().push(Asked {
                page: event.document_url.clone(),
                url: event.request.url.clone(),
                is_navigation: event.r#type == Some(ResourceType::Document),
            });
            let url = url::Url::parse(&event.request.url).ok()?;
            let leaves = url.has_host() && url.host_str() != Some("localhost");
            leaves.then(|| format!("request to another host: {url}"))
        })
        .await;
        page.execute(log::EnableParams::default()).await.unwrap();
        page.execute(runtime::EnableParams::default()).await.unwrap();
        page.execute(network::EnableParams::default()).await.unwrap();
    }

    async fn on<E>(&self, page: &Page, complaint: impl Fn(&E) -> Option<String> + Send + 'static)
    where
        E: IntoEventKind + Send + Sync + Unpin + 'static,
    {
        let mut events = page.event_listener::<E>().await.unwrap();
        let all = self.lines.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                if let Some(line) = complaint(&event) {
                    all.lock().unwrap().push(line);
                }
            }
        });
    }
}
