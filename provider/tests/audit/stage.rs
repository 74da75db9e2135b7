//! The provider, or a broken twin of it, on a port of its own, with a client and a phone for the audit.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    response::Response,
};
use provider::{
    account::{
        Account, AccountId, AccountName,
        password::{Password, Passwords},
    },
    app::App,
    audit::{self, Given, Registered, Report, Target},
    clock::Clock,
    config::{Config, Issuer},
    http,
    keys::{KeyRing, sealing::KeyEncryption},
    mock_phone::{MockPhone, Secret},
    oauth::client_import,
    oidc::claims::Claims,
    random::Random,
    store::{AccountStore, SqliteStore, Upkeep},
};
use serde_json::json;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::OnceCell, task::JoinHandle};

use crate::twin::{Call, Real, Twin};

const CLIENT: &str = "audit";
pub(crate) const PUBLIC: &str = "audit-without-a-secret";
const SECRET: &str = "a-secret-that-is-long-enough-for-anyone";
pub(crate) const REDIRECT_URI: &str = "https://audit.example/callback";
pub(crate) const ACCOUNT: &str = "lin";
const PASSWORD: &str = "correct horse battery";

/// Most of a request's body that a twin reads.
const BODY_LIMIT: usize = 1 << 20;

/// A server that is audited. It goes when it is dropped.
pub(crate) struct Stage {
    url: String,
    directory: TempDir,
    server: JoinHandle<()>,
}

impl Stage {
    /// Opens a twin, and signs the phone in there.
    pub(crate) async fn open(twin: impl Twin + 'static) -> Self {
        Self::open_with(twin, |_| {}).await
    }

    /// The same with a provider that is set up in another way.
    pub(crate) async fn open_with(twin: impl Twin + 'static, change: impl FnOnce(&mut Config)) -> Self {
        let directory = TempDir::new().unwrap();
        std::fs::copy(template().await.path().join("saoma.sqlite"), directory.path().join("saoma.sqlite"))
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let mut config = Config::for_issuer(Issuer::parse(&url).unwrap());
        change(&mut config);
        let app = App::new(config, Arc::new(store), Clock::System, Random::System).await.unwrap();
        let (real, twin) = (Real(http::router(Arc::new(app))), Arc::new(twin));
        let router =
            Router::new().fallback(move |request: Request| pass(twin.clone(), real.clone(), request));
        let server = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await.unwrap();
        });
        let stage = Self { url, directory, server };
        let phone = MockPhone::open(&stage.phone()).unwrap();
        phone.sign_in(&stage.url, ACCOUNT, PASSWORD, "The phone of the audit").await.unwrap();
        stage
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn phone(&self) -> std::path::PathBuf {
        self.directory.path().join("phone")
    }

    /// Audits it with all that there is.
    pub(crate) async fn audit(&self) -> Report {
        let client = Registered {
            id: CLIENT.into(),
            secret: Some(Secret::new(SECRET)),
            redirect_uri: REDIRECT_URI.into(),
        };
        self.audit_with(Given { client: Some(client), phone: Some(self.phone()), authority: None }).await
    }

    /// Audits it with this.
    pub(crate) async fn audit_with(&self, given: Given) -> Report {
        audit::run(&Target::find(&self.url, given).await.unwrap()).await
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Audits a twin: it fails these checks, and everything else holds. Returns the report.
pub(crate) async fn assert_fails(twin: impl Twin + 'static, expected: &[&str]) -> Report {
    let report = Stage::open(twin).await.audit().await;
    assert_eq!(report.failed(), expected, "{}", report.table());
    assert_eq!(report.status(), 1);
    let unclear: Vec<_> = report.rows.iter().filter(|row| ["skip", "error"].contains(&row.word())).collect();
    assert!(unclear.is_empty(), "{}", report.table());
    report
}

/// Audits a twin: it fails this check alone, by finding what these words say.
pub(crate) async fn assert_finds(twin: impl Twin + 'static, id: &str, words: &str) {
    let report = assert_fails(twin, &[id]).await;
    let found = report.rows.iter().find(|row| row.check.id == id).unwrap().verdict.clone().unwrap_err();
    assert!(found.to_string().contains(words), "{found}");
}

async fn pass(twin: Arc<impl Twin>, real: Real, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let peer = *parts.extensions.get::<ConnectInfo<SocketAddr>>().unwrap();
    let body = to_bytes(body, BODY_LIMIT).await.unwrap().to_vec();
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        peer,
        body,
    };
    twin.answer(call, &real).await
}

/// A data directory with keys, client and account, which every stage copies: they take their time to make.
async fn template() -> &'static TempDir {
    static TEMPLATE: OnceCell<TempDir> = OnceCell::const_new();
    TEMPLATE.get_or_init(async || fill(TempDir::new().unwrap()).await).await
}

async fn fill(directory: TempDir) -> TempDir {
    let store = open(directory.path()).await;
    let (random, now) = (Random::System, Clock::System.now());
    KeyRing::load_or_make(&store, KeyEncryption::none(), now).await.unwrap();
    let public = json!({
        "client_id": PUBLIC, "client_name": "Audit without a secret", "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
    });
    client_import::import(&store, &random, public, now).await.unwrap();
    let client = json!({
        "client_id": CLIENT, "client_secret": SECRET, "client_name": "Audit", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access",
    });
    client_import::import(&store, &random, client, now).await.unwrap();
    let account = Account {
        id: AccountId(random.uuid(now)),
        name: AccountName::parse(ACCOUNT).unwrap(),
        password: Some(Passwords::default().hash(Password::new(PASSWORD.into()).unwrap()).await.unwrap()),
        claims: Claims::from_json(json!({"name": "Lin Example", "email": "lin@example.com"})).unwrap(),
        created_at: now,
    };
    assert!(store.insert_account(&account).await.unwrap());
    store.close().await;
    directory
}

async fn open(directory: &Path) -> SqliteStore {
    SqliteStore::open(directory).await.unwrap()
}

/// An empty body.
pub(crate) fn nothing() -> Body {
    Body::empty()
}
