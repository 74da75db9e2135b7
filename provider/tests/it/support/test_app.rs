//! The production App, on a store in a directory that goes with the test.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{Method, Request, Response, header},
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
    keys::{KeptKey, KeyRing, sealing::KeyEncryption},
    login::{Login, LoginId},
    mock_phone::Secret,
    oauth::client_import::{self, ImportError, Imported},
    oidc::claims::Claims,
    random::Random,
    store::{AccountStore, KeyStore, SqliteStore},
};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt;

use super::{Answer, Ask, Browser, Phone, Site, Widget, site};

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
    /// Phones that were signed in on: whose, their keys and refresh tokens.
    phones: Mutex<Vec<(String, Secret, Secret)>>,
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
        let random = Random::seeded(2026);
        keep_keys(&store).await;
        let sites = json!([site::metadata(), site::public_metadata()]);
        client_import::import(&store, &random, sites, START).await.unwrap();
        add_account(&store, &random, "lin").await;
        let app = App::new(config, Arc::new(store), Clock::Manual(clock.clone()), random).await.unwrap();
        let app = Arc::new(app);
        let peer: SocketAddr = ([192, 0, 2, 7], 50_000).into();
        let router = http::router(app.clone()).layer(MockConnectInfo(peer));
        Self { app, clock, router, directory, phones: Mutex::default() }
    }

    /// Another account, with the same password.
    pub(crate) async fn add_account(&self, name: &str) {
        let store = SqliteStore::open(self.directory.path()).await.unwrap();
        add_account(&store, &self.app.random, name).await;
    }

    /// Another account, with the same password and these claims.
    pub(crate) async fn add_person(&self, name: &str, claims: Value) {
        let store = SqliteStore::open(self.directory.path()).await.unwrap();
        add_person(&store, &self.app.random, name, claims).await;
    }

    /// Registers another client.
    pub(crate) async fn import(&self, metadata: Value) {
        self.try_import(metadata).await.unwrap();
    }

    /// Tries to register another client.
    pub(crate) async fn try_import(&self, metadata: Value) -> Result<Vec<Imported>, ImportError> {
        let store = SqliteStore::open(self.directory.path()).await.unwrap();
        client_import::import(&store, &self.app.random, metadata, self.app.clock.now()).await
    }

    /// Turns the clock.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Sends a request; its answer is still to be read.
    pub(crate) async fn open(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.open(request).await).await
    }

    /// Any call with any headers and body.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// POSTs a form with headers.
    pub(crate) async fn post_form(&self, path: &str, headers: &[(&str, &str)], form: &Ask) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.call(Method::POST, path, &[&kind[..], headers].concat(), &form.query()).await
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

    /// A login as the store has it: two that are equal show that nothing changed in between.
    pub(crate) async fn stored(&self, id: &str) -> Login {
        self.app.store.login(LoginId::parse(id).unwrap()).await.unwrap().unwrap()
    }

    /// How many logins there are.
    pub(crate) async fn logins(&self) -> i64 {
        self.count("logins").await
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let file = SqliteConnectOptions::new().filename(self.directory.path().join("saoma.sqlite"));
        let mut connection = file.connect().await.unwrap();
        let sql = match table {
            "logins" => "select count(*) from logins",
            "sign_in_attempts" => "select count(*) from sign_in_attempts",
            "waiting_devices" => "select count(*) from waiting_devices",
            "refresh_tokens" => "select count(*) from refresh_tokens",
            other => panic!("no test counts {other}"),
        };
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }

    /// Returns once somebody waits for a login to change, so that a test can let it change then.
    pub(crate) async fn until_followed(&self) {
        while self.app.bell.listened_to() == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// The code of a confirmed login for this request.
    pub(crate) async fn code(&self, ask: &Ask) -> String {
        let widget = self.widget().start_with(ask).await;
        self.phone().await.approve_all(&widget.qr, async || widget.digits().await).await;
        widget.code().await
    }

    /// What the site gets for a login that this phone approves.
    pub(crate) async fn tokens_by(&self, phone: &Phone<'_>) -> Value {
        let widget = self.widget().start().await;
        phone.approve(&widget.qr).await;
        self.site().redeem(&widget.code().await).await.json()
    }

    /// What the site gets for such a code.
    pub(crate) async fn tokens(&self, ask: &Ask) -> Value {
        let answer = self.site().redeem(&self.code(ask).await).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
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

    /// A phone on which this account is signed in. Where it is not the first, the first says yes.
    pub(crate) async fn phone_of(&self, account: &str) -> Phone<'_> {
        let mut phone = Phone::new(self);
        let answer = phone.sign_in_with_consent(account, PASSWORD).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        phone
    }

    /// The phone on which `lin` is signed in, or else a new one.
    pub(crate) async fn first_or_new(&self) -> Phone<'_> {
        let known = self.phones.lock().unwrap().iter().any(|(whose, ..)| whose == "lin");
        if known { self.first_phone("lin").await } else { self.phone().await }
    }

    /// Remembers that an account is signed in on a phone.
    pub(super) fn remember(&self, account: &str, phone: &Phone<'_>) {
        let kept = (account.to_owned(), phone.key.to_pkcs8().unwrap(), phone.refresh_token.clone());
        self.phones.lock().unwrap().push(kept);
    }

    /// The first phone on which this account still is signed in.
    pub(super) async fn first_phone(&self, account: &str) -> Phone<'_> {
        let known = self.phones.lock().unwrap().clone();
        for (_, key, refresh_token) in known.iter().filter(|(whose, ..)| whose == account) {
            let mut phone = Phone::resume(self, key, refresh_token);
            if phone.refresh().await.status == 200 {
                return phone;
            }
        }
        panic!("{account} is signed in on no phone that this test knows");
    }
}

/// Gives every test the same signing keys: prime numbers take their time.
pub(crate) async fn keep_keys(store: &SqliteStore) {
    static KEYS: OnceCell<Vec<KeptKey>> = OnceCell::const_new();
    let keys = KEYS.get_or_init(|| async {
        let directory = TempDir::new().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        KeyRing::load_or_make(&store, KeyEncryption::none(), START).await.unwrap();
        store.signing_keys().await.unwrap()
    });
    for key in keys.await {
        store.add_signing_key(key).await.unwrap();
    }
}

async fn add_account(store: &SqliteStore, random: &Random, name: &str) {
    let claims = json!({"name": "Lin Example", "email": "lin@example.com", "email_verified": true});
    add_person(store, random, name, claims).await;
}

async fn add_person(store: &SqliteStore, random: &Random, name: &str, claims: Value) {
    let account = Account {
        id: AccountId(random.uuid(START)),
        name: AccountName::parse(name).unwrap(),
        password: Some(Passwords::default().hash(Password::new(PASSWORD.into()).unwrap()).await.unwrap()),
        claims: Claims::from_json(claims).unwrap(),
        created_at: START,
    };
    assert!(store.insert_account(&account).await.unwrap());
}
