//! The phone API, with everything that each call needs: a proof by the device's key, an access token, and the patience for
//! one that has run out.
//!
//! 1. Each call carries a fresh DPoP proof (`dpop`), signed by the key that never leaves `WebCrypto`.
//! 2. The access token lives in memory. When it has run out, or the server refuses it, it is refreshed, once for all calls
//!    that wait; a refresh that is refused too means that the device is signed out.
//! 3. A refused proof may be the fault of the phone's clock: the difference to the server's `Date` is kept, and the call made
//!    once more.

use std::cell::{Cell, RefCell};

use futures_util::lock::Mutex;
use protocol::passkey::MakePasskey;
use protocol::paths;
use protocol::phone::{
    CollectSignIn, PhoneTokens, RefreshPhone, Sight, Sighted, SignIn, SignedIn, WaitingSignIn,
};
use saoma_web_ui::browser::{now_ms, random_bytes, window};
use saoma_web_ui::countdown::Deadline;
use saoma_web_ui::http::{self, Call, Failure, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RequestCredentials;

use super::dpop::{self, Claims, PublicKey};
use super::host::{Host, Kept};
use super::passkey;
use super::trouble::Trouble;

/// An access token is renewed this long before its end, in seconds.
const EARLY_S: u64 = 30;

/// The phone API as this device may call it.
pub(crate) struct Api {
    host: Host,
    origin: String,
    key: RefCell<Option<PublicKey>>,
    refresh_token: RefCell<Option<String>>,
    access: RefCell<Option<Access>>,
    refreshing: Mutex<()>,
    /// Whether the key was made to show a code, and nobody has signed in by it yet.
    has_shown: Cell<bool>,
    /// Seconds to add to the phone's clock to have the server's.
    clock_offset: Cell<f64>,
}

/// An access token and when it ends.
#[derive(Clone)]
struct Access {
    token: String,
    until: Deadline,
}

/// What comes of signing in.
pub(crate) enum Admitted {
    /// The device is enrolled.
    Enrolled(SignedIn),
    /// Another phone of the account has to let it in.
    Waiting(WaitingSignIn),
}

/// One request.
#[derive(Clone, Copy)]
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    json: Option<&'a str>,
    token: Option<&'a str>,
}

impl Api {
    /// An API on which nobody is signed in.
    pub(crate) fn new(host: Host) -> Self {
        Self {
            host,
            origin: window().location().origin().unwrap_or_default(),
            key: RefCell::default(),
            refresh_token: RefCell::default(),
            access: RefCell::default(),
            refreshing: Mutex::new(()),
            has_shown: Cell::new(false),
            clock_offset: Cell::new(0.0),
        }
    }

    /// What JavaScript does for the app.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The server's clock, in seconds since 1970.
    pub(crate) fn server_time(&self) -> f64 {
        js_sys::Date::now() / 1000.0 + self.clock_offset.get()
    }

    /// Takes up what was kept; returns the name of the person, or `None` where nobody is signed in.
    pub(crate) async fn resume(&self) -> Option<String> {
        let kept = self.host.load().await.ok().filter(JsValue::is_object)?;
        let kept = kept.unchecked_into::<Kept>();
        let token = kept.refresh_token()?;
        self.key.replace(Some(PublicKey { x: kept.x(), y: kept.y() }));
        self.refresh_token.replace(Some(token));
        Some(kept.person().unwrap_or_default())
    }

    /// Signs in: makes a key, enrols the device, and keeps key and refresh token. The password is not kept.
    pub(crate) async fn sign_in(&self, request: &SignIn) -> Result<Admitted, Trouble> {
        self.have_key().await?;
        self.ask_in(paths::PHONE_SIGN_IN, &write(request)).await
    }

    /// Signs in with a passkey, in the same way.
    pub(crate) async fn sign_in_by_passkey(&self, device_name: &str) -> Result<Admitted, Trouble> {
        self.have_key().await?;
        let path = paths::PHONE_PASSKEY_SIGN_IN_OPTIONS;
        let options = self.send(Ask { method: "POST", path, json: None, token: None }).await?;
        let credential = passkey::using(&self.host, &options).await?;
        let body = passkey::body(("device_name", device_name), ("credential", &credential));
        self.ask_in(paths::PHONE_PASSKEY_SIGN_IN, &body).await
    }

    /// Makes a passkey on this device, and has it kept. Who has a password shows that they know it.
    pub(crate) async fn add_passkey(&self, name: &str, password: Option<String>) -> Result<(), Trouble> {
        let ask = write(&MakePasskey { password });
        let options = self.call("POST", paths::PHONE_PASSKEY_OPTIONS, Some(&ask)).await?;
        let credential = passkey::making(&self.host, &options).await?;
        let body = passkey::body(("name", name), ("credential", &credential));
        self.tell("POST", paths::PHONE_PASSKEYS, Some(&body)).await
    }

    /// Shows a code at once, by the key that the device will sign in by; returns what the scan brings then. Without it the scan has to
    /// be quick.
    pub(crate) async fn show(&self, qr: String) -> Result<String, Trouble> {
        self.make_key().await?;
        let json = write(&Sight { qr });
        let ask = Ask { method: "POST", path: paths::PHONE_SIGHTING, json: Some(&json), token: None };
        let sighted: Sighted = read(&self.send(ask).await?)?;
        self.has_shown.set(true);
        Ok(sighted.sighting)
    }

    /// The key to sign in by: that which has shown a code, or else a new one.
    async fn have_key(&self) -> Result<(), Trouble> {
        if self.has_shown.get() { Ok(()) } else { self.make_key().await }
    }

    async fn make_key(&self) -> Result<(), Trouble> {
        let kept = self.host.create_key().await.map_err(|_| Trouble::NoKeys)?.unchecked_into::<Kept>();
        self.key.replace(Some(PublicKey { x: kept.x(), y: kept.y() }));
        Ok(())
    }

    /// Asks what came of a sign-in that another phone has to allow.
    pub(crate) async fn sign_in_result(&self, request: &str) -> Result<Admitted, Trouble> {
        self.ask_in(paths::PHONE_SIGN_IN_RESULT, &write(&CollectSignIn { request: request.into() })).await
    }

    async fn ask_in(&self, path: &str, json: &str) -> Result<Admitted, Trouble> {
        let answer = self.send(Ask { method: "POST", path, json: Some(json), token: None }).await?;
        self.has_shown.set(false);
        let Ok(signed_in) = read::<SignedIn>(&answer) else { return read(&answer).map(Admitted::Waiting) };
        let person = &signed_in.account.display_name;
        self.host.keep(&signed_in.refresh_token, person).await.map_err(|_| Trouble::NoKeys)?;
        self.refresh_token.replace(Some(signed_in.refresh_token.clone()));
        self.set_access(&signed_in.tokens);
        Ok(Admitted::Enrolled(signed_in))
    }

    /// Forgets key and tokens.
    pub(crate) async fn forget(&self) {
        self.key.take();
        self.has_shown.set(false);
        self.refresh_token.take();
        self.access.take();
        // Nothing can be done about a storage that does not let go; the server has ended the device by now.
        let _ = self.host.forget().await;
    }

    /// `GET`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        read(&self.call("GET", path, None).await?)
    }

    /// `POST` with an answer.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        self.post_json(path, &write(body)).await
    }

    /// The same, with a body that is JSON already.
    pub(crate) async fn post_json<T: DeserializeOwned>(&self, path: &str, json: &str) -> Result<T, Trouble> {
        read(&self.call("POST", path, Some(json)).await?)
    }

    /// Any method, where the answer says nothing more than that it went well.
    pub(crate) async fn tell(&self, method: &str, path: &str, json: Option<&str>) -> Result<(), Trouble> {
        self.call(method, path, json).await.map(drop)
    }

    /// A call with an access token, which is refreshed once if need be.
    async fn call(&self, method: &str, path: &str, json: Option<&str>) -> Result<String, Trouble> {
        let mut token = self.token(None).await?;
        let answer = self.send(Ask { method, path, json, token: Some(&token) }).await;
        if !answer.as_ref().is_err_and(|trouble| trouble.is_token()) {
            return answer;
        }
        token = self.token(Some(&token)).await?;
        self.send(Ask { method, path, json, token: Some(&token) }).await
    }

    /// A good access token. `refused` is one that the server has refused. Of several calls that need one at a time, the first
    /// refreshes and the others wait for it.
    async fn token(&self, refused: Option<&str>) -> Result<String, Trouble> {
        let _turn = self.refreshing.lock().await;
        let access = self.access.borrow().clone();
        let good = access.filter(|access| {
            access.until.ms_left(now_ms()) > 0.0 && refused.is_none_or(|refused| refused != access.token)
        });
        if let Some(access) = good {
            return Ok(access.token);
        }
        let refresh_token = self.refresh_token.borrow().clone().ok_or(Trouble::SignedOut)?;
        let json = write(&RefreshPhone { refresh_token });
        let ask = Ask { method: "POST", path: paths::PHONE_TOKEN, json: Some(&json), token: None };
        match self.send(ask).await {
            Ok(answer) => {
                let tokens: PhoneTokens = read(&answer)?;
                self.set_access(&tokens);
                Ok(tokens.access_token)
            }
            Err(trouble) if trouble.is_token() || trouble.is_proof() => Err(Trouble::SignedOut),
            Err(trouble) => Err(trouble),
        }
    }

    fn set_access(&self, tokens: &PhoneTokens) {
        let until = Deadline::after(now_ms(), tokens.expires_in.saturating_sub(EARLY_S));
        self.access.replace(Some(Access { token: tokens.access_token.clone(), until }));
    }

    /// Sends with a proof; once more with the server's clock if the proof is refused.
    async fn send(&self, ask: Ask<'_>) -> Result<String, Trouble> {
        match self.send_once(ask).await {
            Err(trouble) if trouble.is_proof() => self.send_once(ask).await,
            answer => answer,
        }
    }

    async fn send_once(&self, ask: Ask<'_>) -> Result<String, Trouble> {
        let url = [self.origin.as_str(), ask.path].concat();
        // A proof names the address without its query (RFC 9449 section 4.2).
        let address = url.split('?').next().unwrap_or(&url);
        let proof = self.proof(ask, address).await?;
        let authorization = ask.token.map(|token| ["DPoP ", token].concat());
        let mut headers = vec![("dpop", proof.as_str())];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        let call = Call {
            method: ask.method,
            url: url.clone(),
            headers: &headers,
            json: ask.json.map(Into::into),
            credentials: RequestCredentials::Omit,
            signal: None,
            patience_ms: http::PATIENCE_MS,
        };
        let response = call.send().await?;
        self.set_clock(&response);
        let body = http::body(&response).await?;
        if response.ok() {
            return Ok(body);
        }
        Err(Failure::Refused(Refusal { status: response.status(), body }).into())
    }

    async fn proof(&self, ask: Ask<'_>, url: &str) -> Result<String, Trouble> {
        let key = self.key.borrow().clone().ok_or(Trouble::SignedOut)?;
        let claims = Claims {
            method: ask.method,
            url,
            issued_at: self.server_time(),
            nonce: random_bytes(),
            access_token: ask.token,
        };
        let input = dpop::signing_input(&key, claims);
        let signature = self.host.sign(&input).await.map_err(|_| Trouble::NoKeys)?;
        Ok(dpop::join(&input, &js_sys::Uint8Array::new(&signature).to_vec()))
    }

    /// Learns the server's clock from an answer. Differences that the network makes are no reason to correct anything.
    fn set_clock(&self, response: &web_sys::Response) {
        let Ok(Some(date)) = response.headers().get("date") else { return };
        let offset = (js_sys::Date::parse(&date) - js_sys::Date::now()) / 1000.0;
        if offset.is_finite() {
            self.clock_offset.set(if offset.abs() < 5.0 { 0.0 } else { offset });
        }
    }
}

/// Reads an answer. One that cannot be read is the server's trouble.
fn read<T: DeserializeOwned>(json: &str) -> Result<T, Trouble> {
    serde_json::from_str(json).map_err(|_| Trouble::Server)
}

/// Writes a body. The wire's types always serialise.
pub(crate) fn write(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
