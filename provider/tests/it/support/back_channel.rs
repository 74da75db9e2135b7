//! A site's back channel: where it sender of sign-outs. It listens on the loopback, for the provider's calls to it are real.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use jsonwebtoken::Algorithm;
use provider::{oidc::logout::deliver, outbound::Allowed};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

use super::{
    TestApp, id_token,
    site::{CLIENT, OWN_CLIENT, SECRET, SISTER_CLIENT},
};

/// What the ear answers in turn; then `200`.
type Script = Arc<Mutex<VecDeque<StatusCode>>>;

/// An open back channel, and the provider's worker that calls it.
pub(crate) struct BackChannel<'a> {
    app: &'a TestApp,
    heard: mpsc::UnboundedReceiver<(String, String)>,
    script: Script,
    tasks: Vec<JoinHandle<()>>,
}

impl<'a> BackChannel<'a> {
    /// A provider that may call this machine.
    pub(crate) async fn app() -> TestApp {
        TestApp::with(|config| config.outbound.allowed = vec![Allowed::parse("127.0.0.1").unwrap()]).await
    }

    /// Opens it for the usual site and two more, [`OWN_CLIENT`] and [`SISTER_CLIENT`], and starts the worker.
    pub(crate) async fn open(app: &'a TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = mpsc::unbounded_channel();
        let script = Script::default();
        let state = (sender, script.clone());
        let ear = Router::new().route("/{client}", post(hear)).with_state(state);
        let tasks = vec![
            tokio::spawn(async move { axum::serve(listener, ear).await.unwrap() }),
            tokio::spawn(deliver::run(app.app.clone())),
        ];
        let site = |id: &str, host: &str| {
            json!({
                "client_id": id, "client_secret": SECRET, "client_name": id,
                "redirect_uris": [format!("https://{host}.example/callback")],
                "allowed_origins": [format!("https://{host}.example")],
                "grant_types": ["authorization_code", "refresh_token"], "first_party": id == OWN_CLIENT,
                "backchannel_logout_uri": format!("http://{address}/{id}"),
            })
        };
        let mut sister = site(SISTER_CLIENT, SISTER_CLIENT);
        sister["subject_type"] = json!("pairwise");
        sister["id_token_signed_response_alg"] = json!("ES256");
        app.import(json!([site(CLIENT, "site"), site(OWN_CLIENT, OWN_CLIENT), sister])).await;
        Self { app, heard, script, tasks }
    }

    /// The next answers.
    pub(crate) fn will_answer(&self, statuses: &[u16]) {
        let statuses = statuses.iter().map(|status| StatusCode::from_u16(*status).unwrap());
        self.script.lock().unwrap().extend(statuses);
    }

    /// The next call: whom it is to, and the logout token.
    pub(crate) async fn next(&mut self) -> (String, String) {
        let heard = tokio::time::timeout(std::time::Duration::from_secs(20), self.heard.recv()).await;
        let (client, body) = heard.expect("the site is told").unwrap();
        let token = body.strip_prefix("logout_token=").unwrap_or_else(|| panic!("{body}"));
        (client, token.to_owned())
    }

    /// The next call: whom it is to, and what it says.
    pub(crate) async fn told(&mut self) -> (String, Value) {
        let (client, token) = self.next().await;
        let algorithm = if client == SISTER_CLIENT { Algorithm::ES256 } else { Algorithm::RS256 };
        let claims = id_token(self.app, &token, algorithm, &client).await;
        (client, claims)
    }

    /// Whom the next calls are to, in any order.
    pub(crate) async fn told_sites(&mut self, count: usize) -> Vec<String> {
        let mut sites = Vec::new();
        for _ in 0..count {
            sites.push(self.told().await.0);
        }
        sites.sort();
        sites
    }

    /// Whether nothing waits to be told, nor has been told beyond what was looked at.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        while self.app.app.store.next_logout_notice().await.unwrap().is_some() {
            if self.heard.try_recv().is_ok() {
                return false;
            }
            tokio::task::yield_now().await;
        }
        self.heard.try_recv().is_err()
    }

    /// When the site is tried next, in seconds from now.
    pub(crate) async fn next_try(&self) -> u64 {
        let store = &self.app.app.store;
        let claimed = provider::oidc::logout::deliver::CLAIM;
        loop {
            let now = self.app.app.clock.now();
            let due = store.next_logout_notice().await.unwrap().expect("it is tried again");
            // Until the attempt is settled, its claim stands.
            if due > now && now.until(due) != claimed {
                return now.until(due).as_secs();
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for BackChannel<'_> {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

type Ear = (mpsc::UnboundedSender<(String, String)>, Script);

async fn hear(
    State((sender, script)): State<Ear>,
    axum::extract::Path(client): axum::extract::Path<String>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let is_form = headers.get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let body = if is_form { body } else { format!("no form: {body}") };
    let status = script.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
    sender.send((client, body)).unwrap();
    status
}
