//! One login on the server, as this browser may call it.

use std::cell::Cell;

use protocol::login::{BROWSER_SECRET_HEADER, LoginView, StartedLogin};
use protocol::paths;
use saoma_web_ui::http::{Call, Failure, PATIENCE_MS};
use web_sys::{AbortSignal, RequestCredentials, Response};

use super::wire::{self, FromJson};

/// The header of a proof by the browser's key (RFC 9449 section 4.1).
pub(crate) const DPOP_HEADER: &str = "dpop";

/// How the browser proves that it started the login.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// A cookie of the provider's own page.
    Cookie,
    /// The browser secret, held in memory.
    Secret(String),
}

/// A login to follow.
#[derive(Debug)]
pub(crate) struct Login {
    origin: String,
    id: String,
    proof: Proof,
    /// The version of the last view that was read.
    pub(crate) version: Cell<u64>,
}

impl Login {
    /// A login at the provider's `origin`.
    pub(crate) fn new(origin: &str, id: &str, proof: Proof, version: u64) -> Self {
        Self { origin: origin.into(), id: id.into(), proof, version: Cell::new(version) }
    }

    /// The login that the server has just started for this browser; without a secret in it, a cookie is the proof.
    pub(crate) fn started(origin: &str, started: &StartedLogin) -> Self {
        let proof = started.browser_secret.clone().map_or(Proof::Cookie, Proof::Secret);
        Self::new(origin, &started.id, proof, started.login.version)
    }

    /// The path of its own sign-in page.
    pub(crate) fn page(&self) -> String {
        paths::login_page(&self.id)
    }

    /// Opens a connection for reading its state: `query` for long-poll, `headers` for server-sent events.
    pub(crate) async fn open(
        &self,
        query: &str,
        headers: &[(&str, &str)],
        patience_ms: f64,
        stop: &AbortSignal,
    ) -> Result<Response, Failure> {
        let path = [&paths::login(&self.id), query].concat();
        let mut all = self.headers();
        all.extend_from_slice(headers);
        let call = self.call("GET", &path, &all, None);
        Call { signal: Some(stop), patience_ms, ..call }.send().await
    }

    /// Sends it one of the wishes that a click has and that need no more words; `path` is the wish's.
    pub(crate) async fn wish(&self, path: fn(&str) -> String) -> Result<LoginView, Failure> {
        self.post(&path(&self.id), None).await
    }

    /// Starts its successor; `reason` is the JSON of a [`protocol::login::RenewLogin`].
    pub(crate) async fn renew(&self, reason: &str) -> Result<StartedLogin, Failure> {
        self.post(&paths::login_renew(&self.id), Some(reason.into())).await
    }

    /// Where it is bound to the browser's key.
    pub(crate) fn key_path(&self) -> String {
        paths::login_key(&self.id)
    }

    /// Where its result is collected.
    pub(crate) fn result_path(&self) -> String {
        paths::login_result(&self.id)
    }

    /// Posts to one of those, with a proof by the browser's key; answers the body.
    pub(crate) async fn prove(&self, path: &str, proof: Option<&str>) -> Result<String, Failure> {
        let mut headers = self.headers();
        headers.extend(proof.map(|proof| (DPOP_HEADER, proof)));
        self.call("POST", path, &headers, None).text().await
    }

    async fn post<T: FromJson>(&self, path: &str, json: Option<String>) -> Result<T, Failure> {
        let text = self.call("POST", path, &self.headers(), json).text().await?;
        wire::read(&text).ok_or(Failure::Unreachable)
    }

    fn call<'a>(
        &self,
        method: &'a str,
        path: &str,
        headers: &'a [(&'a str, &'a str)],
        json: Option<String>,
    ) -> Call<'a> {
        let credentials = match self.proof {
            Proof::Cookie => RequestCredentials::SameOrigin,
            Proof::Secret(_) => RequestCredentials::Omit,
        };
        let url = [self.origin.as_str(), path].concat();
        Call { method, url, headers, json, credentials, signal: None, patience_ms: PATIENCE_MS }
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        match &self.proof {
            Proof::Cookie => Vec::new(),
            Proof::Secret(secret) => vec![(BROWSER_SECRET_HEADER, secret)],
        }
    }
}
