//! The production App, on a store in a directory that goes with the test.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{Request, header},
};
use provider::{
    account::{
        Account, AccountId, AccountName,
        password::{Password, Passwords},
    },
    app::App,
    clock::{Clock, ManualClock, Time},
    config::{Config, Issuer},
    http,
    oauth::client_import,
    oidc::claims::Claims,
    random::Random,
    store::{AccountStore, SqliteStore},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Answer, Browser, Phone, Site, Widget, site};

/// The issuer of every test.
pub(crate) const ISSUER: &str = "https://login.example";

/// When every test starts: 2026-01-01 UTC.
pub(crate) const START: Time = Time::from_millis(1_767_225_600_000);

/// Password of every account.
pub(crate) const PASSWORD: &str = "correct horse";

/// A provider with one site and one account, `lin`.
pub(crate) struct TestApp {
    pub(crate) app: Arc<App>,
    pub(crate) clock: ManualClock,
    router: Router,
    pub(crate) directory: TempDir,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// With another configuration than the default.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::for_issuer(Issuer::parse(ISSUER).unwrap());
        change(&mut config);
        let directory = TempDir::new().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let clock = ManualClock::at(START);
        let random = Random::seeded(20260101);
        client_import::import(&store, &random, json!([site::metadata(), site::public_metadata()]))
            .await
            .unwrap();
        add_account(&store, &random, "lin").await;
        let app = App::new(config, Arc::new(store), Clock::Manual(clock.clone()), random).await.unwrap();
        let app = Arc::new(app);
        let peer: SocketAddr = ([192, 0, 2, 7], 50_000).into();
        let router = http::router(app.clone()).layer(MockConnectInfo(peer));
        Self { app, clock, router, directory }
    }

    /// Another account, with the same password.
    pub(crate) async fn add_account(&self, name: &str) {
        let store = SqliteStore::open(self.directory.path()).await.unwrap();
        add_account(&store, &self.app.random, name).await;
    }

    /// Registers another client.
    pub(crate) async fn import(&self, metadata: Value) {
        let store = SqliteStore::open(self.directory.path()).await.unwrap();
        client_import::import(&store, &self.app.random, metadata).await.unwrap();
    }

    /// Turns the clock.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::read(response).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// POSTs JSON with headers.
    pub(crate) async fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A browser with no cookies.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// A page of the site, with our widget in it.
    pub(crate) fn widget(&self) -> Widget<'_> {
        Widget::new(self)
    }

    /// The site, which has a secret.
    pub(crate) fn site(&self) -> Site<'_> {
        Site::new(self)
    }

    /// A phone on which `lin` is signed in.
    pub(crate) async fn phone(&self) -> Phone<'_> {
        self.phone_of("lin").await
    }

    /// A phone on which this account is signed in.
    pub(crate) async fn phone_of(&self, account: &str) -> Phone<'_> {
        let mut phone = Phone::new(self);
        let answer = phone.sign_in(account, PASSWORD).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        phone
    }
}

async fn add_account(store: &SqliteStore, random: &Random, name: &str) {
    let account = Account {
        id: AccountId(random.uuid(START)),
        name: AccountName::parse(name).unwrap(),
        password: Passwords::default().hash(Password::new(PASSWORD.into()).unwrap()).await.unwrap(),
        claims: Claims::from_json(json!({
            "name": "Lin Example", "email": "lin@example.com", "email_verified": true,
        }))
        .unwrap(),
        created_at: START,
    };
    assert!(store.insert_account(&account).await.unwrap());
}
