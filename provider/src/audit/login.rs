//! A login that the audit starts, as a widget's browser would.

use std::{collections::BTreeMap, time::Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::{
    login::{BROWSER_SECRET_HEADER, QrSeed, StartedLogin},
    paths,
    qr::{self, FrameKey},
};
use reqwest::{Method, RequestBuilder, header};

use super::{
    Stop,
    answer::Answer,
    key::Key,
    target::{Target, broken},
};
use crate::{mock_phone::ScannedLogin, secret::Digest};

/// A login, and what its browser and its site know of it.
pub(super) struct Login<'a> {
    target: &'a Target,
    pub(super) id: String,
    pub(super) secret: String,
    key: Option<Key>,
    pub(super) started: StartedLogin,
    began: Instant,
    pub(super) request: Request,
}

/// An authorization request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) parameters: BTreeMap<&'static str, String>,
    pub(super) verifier: String,
}

impl Request {
    /// The usual one of the audit's client.
    pub(super) fn new(target: &Target) -> Result<Self, Stop> {
        let client = target.client()?;
        let verifier = target.word();
        let challenge = URL_SAFE_NO_PAD.encode(Digest::of(&verifier).as_bytes());
        let parameters = BTreeMap::from([
            ("client_id", client.id.clone()),
            ("redirect_uri", client.redirect_uri.clone()),
            ("response_type", "code".to_owned()),
            ("scope", "openid offline_access".to_owned()),
            ("prompt", "consent".to_owned()),
            ("state", target.word()),
            ("nonce", target.word()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ]);
        Ok(Self { parameters, verifier })
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.insert(name, value.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.parameters.remove(name);
        self
    }

    /// For a query or a form.
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

impl Target {
    /// Starts a login as a widget does, and answers what comes of it.
    pub(super) async fn try_start(&self, request: &Request) -> Result<Answer, Stop> {
        self.ask_for_login(request, Some(&Key::make()?)).await
    }

    /// The same by a browser with this key, or with none.
    async fn ask_for_login(&self, request: &Request, key: Option<&Key>) -> Result<Answer, Stop> {
        let id = request.parameters.get("client_id").map(String::as_str).unwrap_or_default();
        let url = self.url(paths::LOGINS);
        let call = self.request(Method::POST, &format!("{url}?client_id={id}")).json(&request.parameters);
        let proof = key.map(|key| key.proof(&url)).transpose()?;
        self.send(with_proof(call, proof.as_deref())).await
    }

    /// Starts a login with the usual request, bound to a key of the browser's.
    pub(super) async fn start(&self) -> Result<Login<'_>, Stop> {
        self.start_with(Request::new(self)?).await
    }

    /// Starts a login with this request, bound to a key of the browser's.
    pub(super) async fn start_with(&self, request: Request) -> Result<Login<'_>, Stop> {
        self.start_by(request, Some(Key::make()?)).await
    }

    /// Starts a login in a browser that can make no key: its secret alone must do.
    pub(super) async fn start_without_key(&self) -> Result<Login<'_>, Stop> {
        self.start_by(Request::new(self)?, None).await
    }

    async fn start_by(&self, request: Request, key: Option<Key>) -> Result<Login<'_>, Stop> {
        let answer = self.ask_for_login(&request, key.as_ref()).await?;
        if !answer.status.is_success() {
            return Err(Stop::Broken(format!(
                "no login could be started ({}: {}); is the client registered with this redirect URI, the grant \
                 type refresh_token and the scopes openid and offline_access?",
                answer.status,
                answer.text("detail")
            )));
        }
        let started: StartedLogin = serde_json::from_str(&answer.body)
            .map_err(|error| Stop::Broken(format!("the start's answer cannot be read: {error}")))?;
        let secret = started.browser_secret.clone().unwrap_or_default();
        let id = started.id.clone();
        Ok(Login { target: self, id, secret, key, started, began: Instant::now(), request })
    }

    /// The phone confirms what it has scanned; where the browser shows digits, they are typed first.
    pub(super) async fn confirm(
        &self,
        scanned: &ScannedLogin,
        digits: impl AsyncFnOnce() -> Result<String, Stop>,
    ) -> Result<(), Stop> {
        if scanned.unlock.is_some() {
            return Err(Stop::Skipped(
                "the client wants the phone unlocked anew: use one without require_unlock".into(),
            ));
        }
        let phone = self.phone()?;
        if scanned.match_required {
            phone.match_code(&digits().await?).await.map_err(|error| broken(&error))?;
        }
        phone.confirm().await.map_err(|error| broken(&error))
    }
}

/// A call with a proof, or with none.
fn with_proof(call: RequestBuilder, proof: Option<&str>) -> RequestBuilder {
    match proof {
        Some(proof) => call.header("dpop", proof),
        None => call,
    }
}

impl Login<'_> {
    /// What the QR code says at this moment.
    pub(super) fn qr(&self) -> String {
        self.qr_in(0)
    }

    /// What it says so many milliseconds later. Frames come round again: all but one round later is some time ago.
    pub(super) fn qr_in(&self, later_ms: u64) -> String {
        let QrSeed { prefix, key, age_ms } = &self.started.qr;
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let age_ms = age_ms.saturating_add(since).saturating_add(later_ms);
        FrameKey::parse(key).map_or_else(|| prefix.clone(), |key| qr::dated(prefix, &key, age_ms))
    }

    /// A call on this login's behalf, with this browser secret or none.
    fn call(&self, method: Method, tail: &str, secret: Option<&str>) -> RequestBuilder {
        let url = self.target.url(&format!("{}/{}{tail}", paths::LOGINS, self.id));
        let request = self.target.request(method, &url);
        match secret {
            Some(secret) => request.header(BROWSER_SECRET_HEADER, secret),
            None => request,
        }
    }

    /// Looks at the state.
    pub(super) async fn look(&self, secret: Option<&str>) -> Result<Answer, Stop> {
        self.target.send(self.call(Method::GET, "", secret)).await
    }

    /// Listens to events. Only who may not hears the end of it.
    pub(super) async fn listen(&self, secret: Option<&str>) -> Result<Answer, Stop> {
        let request = self.call(Method::GET, "", secret).header(header::ACCEPT, "text/event-stream");
        let response =
            request.send().await.map_err(|error| Stop::Broken(format!("a call failed: {error}")))?;
        // An open stream never ends by itself: its status says enough.
        if response.status().is_success() {
            let (status, headers) = (response.status(), response.headers().clone());
            return Ok(Answer { status, headers, body: String::new() });
        }
        Answer::read(response).await.map_err(|error| Stop::Broken(format!("a call failed: {error}")))
    }

    /// Asks for the result as its own browser does.
    pub(super) async fn collect(&self) -> Result<Answer, Stop> {
        let proof = self.key.as_ref().map(|key| key.proof(&self.result_url())).transpose()?;
        self.collect_by(Some(&self.secret), proof.as_deref()).await
    }

    /// Asks for the result with this secret and this proof.
    pub(super) async fn collect_by(&self, secret: Option<&str>, proof: Option<&str>) -> Result<Answer, Stop> {
        self.target.send(with_proof(self.call(Method::POST, "/result", secret), proof)).await
    }

    /// Binds it to a key, with this secret and this proof.
    pub(super) async fn bind_by(&self, secret: &str, proof: Option<&str>) -> Result<Answer, Stop> {
        self.target.send(with_proof(self.call(Method::POST, "/key", Some(secret)), proof)).await
    }

    /// Where its result is collected.
    pub(super) fn result_url(&self) -> String {
        self.target.url(&paths::login_result(&self.id))
    }

    /// Where it is bound.
    pub(super) fn key_url(&self) -> String {
        self.target.url(&paths::login_key(&self.id))
    }

    /// The browser's key.
    pub(super) fn key(&self) -> Result<&Key, Stop> {
        self.key.as_ref().ok_or_else(|| Stop::Broken("the login has no key".into()))
    }

    /// Gives up.
    pub(super) async fn cancel(&self, secret: Option<&str>) -> Result<Answer, Stop> {
        self.target.send(self.call(Method::POST, "/cancel", secret)).await
    }

    /// The word for its state, as its own browser sees it.
    pub(super) async fn state(&self) -> Result<String, Stop> {
        Ok(self.look(Some(&self.secret)).await?.text("state"))
    }

    /// The phone scans it.
    pub(super) async fn scan(&self) -> Result<ScannedLogin, Stop> {
        self.target.phone()?.scan(&self.qr()).await.map_err(|error| broken(&error))
    }

    /// The phone scans and confirms it.
    pub(super) async fn approve(&self) -> Result<(), Stop> {
        let scanned = self.scan().await?;
        self.confirm(&scanned).await
    }

    /// The phone confirms it.
    pub(super) async fn confirm(&self, scanned: &ScannedLogin) -> Result<(), Stop> {
        self.target.confirm(scanned, async || self.digits().await).await
    }

    /// The digits that the browser shows.
    pub(super) async fn digits(&self) -> Result<String, Stop> {
        Ok(self.look(Some(&self.secret)).await?.text("match_code"))
    }

    /// Its authorization code, once it is confirmed.
    pub(super) async fn code(&self) -> Result<String, Stop> {
        let answer = self.collect().await?;
        match answer.text("code") {
            code if code.is_empty() => {
                Err(Stop::Broken(format!("a confirmed login has no result ({})", answer.status)))
            }
            code => Ok(code),
        }
    }

    /// Redeems a code, with what the site knows, and these in place of what they name; an empty value leaves it out.
    pub(super) async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Result<Answer, Stop> {
        let mut form = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.request.parameters["redirect_uri"].as_str()),
            ("code_verifier", self.request.verifier.as_str()),
        ]);
        form.extend(changes.iter().copied());
        let form: Vec<_> = form.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.target.token(&form).await
    }

    /// What the site gets for a login that the phone approves.
    pub(super) async fn tokens(&self) -> Result<Answer, Stop> {
        self.approve().await?;
        let answer = self.redeem(&self.code().await?, &[]).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(Stop::Broken(format!(
            "the client could not redeem a code ({} {}); is its secret right?",
            answer.status,
            answer.text("error")
        )))
    }
}
