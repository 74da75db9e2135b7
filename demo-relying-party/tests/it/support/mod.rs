//! The actors: a browser, the site, and a provider that does as it is told.

pub(crate) mod browser;
/// The table of forgeries is the provider's: both sides of the protocol meet the same.
#[path = "../../../../provider/tests/it/support/forgery/mod.rs"]
pub(crate) mod forgery;
pub(crate) mod keys;
pub(crate) mod provider;

use std::sync::Arc;

use demo_relying_party::app::App;
use demo_relying_party::clock::Clock;
use demo_relying_party::config::{Config, Issuer, SiteUrl};
use demo_relying_party::session::Limits;
use oauth2::{ClientId, ClientSecret};

use browser::Browser;
use provider::FakeProvider;

/// When every test begins.
pub(crate) const NOW: i64 = 1_800_000_000;
/// Where the site is.
pub(crate) const SITE: &str = "http://localhost:8090";

/// A site and its provider.
pub(crate) struct Stage {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Clock,
    pub(crate) provider: FakeProvider,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let clock = Clock::manual(NOW);
        let provider = FakeProvider::start(clock.clone()).await;
        let app = site(&provider.issuer, clock.clone());
        Self { app, clock, provider }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.app.router())
    }

    /// A browser that has signed in by redirect.
    pub(crate) async fn member(&self) -> Browser {
        let mut browser = self.browser();
        let request = browser.begin_redirect("/").await;
        let answer = self.provider.approve(&request);
        browser.get(&answer.callback()).await;
        browser
    }
}

/// The site, for a provider at `issuer`.
pub(crate) fn site(issuer: &str, clock: Clock) -> Arc<App> {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        site: SiteUrl::parse(SITE).unwrap(),
        issuer: Issuer::parse(issuer).unwrap(),
        client_id: ClientId::new("demo-site".into()),
        client_secret: ClientSecret::new(provider::CLIENT_SECRET.into()),
        provider_ca: None,
    };
    App::new(config, clock, Limits::default()).unwrap()
}
