//! What the phone can do.

mod enrol;
mod notices;
mod passkeys;
mod sign_in;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::phone::{
    AccountSummary, AllowedSite, AllowedSites, BrowserContext, Confirmation, Decision, DeviceSummary,
    Devices, Match, Me, PhoneTokens, RefreshPhone, RenameDevice, Scan, Scanned, Sign, Site, StepDone, Unlock,
    UnlockWith,
};
use protocol::{ProblemCode, paths};
use reqwest::{Certificate, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use sign_in::{Admitted, Waiting};

use super::error::PhoneError;
use super::home::{AccessToken, Device, Home};
use super::key::DeviceKey;
use super::secret::Secret;
use super::server::{Body, Call, Credentials, Server, authority};

/// An access token this close to its end, in seconds, is not used any more.
const REFRESH_EARLY: i64 = 5;

/// Tells the time in seconds since 1970 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A phone. Its calls take `&self`, so that one phone can be made to race with itself.
pub struct MockPhone {
    home: Home,
    clock: Clock,
    authority: Option<Certificate>,
    session: Mutex<Option<Session>>,
}

/// A signed-in device, ready to call its server.
#[derive(Clone)]
struct Session {
    device: Device,
    key: Arc<DeviceKey>,
    server: Server,
}

/// What a person decides about a scanned login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Sign that browser in.
    Confirm,
    /// Do not.
    Deny,
}

/// The answer to a scan. Serialised, it has everything but the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScannedLogin {
    /// Spent once, from this phone, to confirm or to deny.
    #[serde(skip)]
    pub ticket: Secret,
    /// Seconds in which to decide.
    pub expires_in: u64,
    /// Who would be signed in.
    pub account: AccountSummary,
    /// Who asks, and for what.
    pub site: Site,
    /// Where it was asked.
    pub browser: BrowserContext,
    /// What is to be known of the request, the worst first.
    pub signs: Vec<Sign>,
    /// Whether [`MockPhone::match_code`] comes before [`MockPhone::confirm`].
    pub match_required: bool,
    /// Whether, and how, [`MockPhone::unlock`] does.
    pub unlock: Option<Unlock>,
}

impl MockPhone {
    /// Opens the phone whose memory is the directory `home`; it need not exist.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Home`] or [`PhoneError::HomeDamaged`] if the memory cannot be read.
    pub fn open(home: &Path) -> Result<Self, PhoneError> {
        Self::open_with_clock(home, Arc::new(system_now))
    }

    /// Opens the phone with a clock of the caller's, for tests that turn the server's time.
    ///
    /// # Errors
    ///
    /// Those of [`MockPhone::open`].
    pub fn open_with_clock(home: &Path, clock: Clock) -> Result<Self, PhoneError> {
        Self::open_all(home, clock, None)
    }

    /// Opens the phone, and lets it trust the authority whose certificate is in this PEM file, beside those that the system
    /// trusts.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Authority`] if the file cannot be used; those of [`MockPhone::open`].
    pub fn open_trusting(home: &Path, ca: &Path) -> Result<Self, PhoneError> {
        Self::open_all(home, Arc::new(system_now), Some(authority(ca)?))
    }

    fn open_all(home: &Path, clock: Clock, authority: Option<Certificate>) -> Result<Self, PhoneError> {
        let home = Home::new(home);
        let resume = |device| Session::resume(device, &home, authority.as_ref());
        let session = home.load()?.map(resume).transpose()?;
        Ok(Self { home, clock, authority, session: Mutex::new(session) })
    }

    /// Who is signed in here, from memory, without a call.
    pub fn signed_in_as(&self) -> Option<SignedInAs> {
        self.lock().as_ref().map(|Session { device, .. }| SignedInAs {
            device_id: device.id.clone(),
            account: device.account.clone(),
        })
    }

    /// Who is signed in here, as the server sees it.
    pub async fn me(&self) -> Result<Me, PhoneError> {
        self.call(Call::get(paths::PHONE_ME)).await
    }

    /// Scans what a QR code says, and keeps the ticket for [`MockPhone::confirm`] or [`MockPhone::deny`].
    ///
    /// # Errors
    ///
    /// [`ProblemCode::MalformedQr`], [`ProblemCode::ForeignQr`], [`ProblemCode::UnknownQr`], [`ProblemCode::OtherAccount`],
    /// [`ProblemCode::AlreadyScanned`], [`ProblemCode::LoginExpired`]; those of every call.
    pub async fn scan(&self, qr: &str) -> Result<ScannedLogin, PhoneError> {
        self.look_up(&Scan { qr: Some(qr.trim().to_owned()), user_code: None }).await
    }

    /// The same with a code that somebody typed from the screen of a device (RFC 8628 section 3.3).
    ///
    /// # Errors
    ///
    /// Those of [`MockPhone::scan`].
    pub async fn type_code(&self, code: &str) -> Result<ScannedLogin, PhoneError> {
        self.look_up(&Scan { qr: None, user_code: Some(code.trim().to_owned()) }).await
    }

    async fn look_up(&self, scan: &Scan) -> Result<ScannedLogin, PhoneError> {
        let scanned: Scanned = self.call(Call::post(paths::PHONE_SCAN, scan)?).await?;
        let scanned = ScannedLogin::from(scanned);
        let asked: Vec<_> = scanned.site.scopes.iter().map(|scope| scope.name.clone()).collect();
        self.update(|device| {
            device.ticket = Some(scanned.ticket.clone());
            device.asked = asked;
            device.passkey_options = scanned.unlock.as_ref().and_then(|unlock| unlock.passkey.clone());
        })?;
        Ok(scanned)
    }

    /// Types the two digits that the browser of the login scanned last shows.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`], [`ProblemCode::WrongMatchCode`]; those of [`MockPhone::decide`].
    pub async fn match_code(&self, digits: &str) -> Result<StepDone, PhoneError> {
        let ticket = self.session()?.device.ticket.ok_or(PhoneError::NothingScanned)?;
        let body = Match { ticket: ticket.expose().to_owned(), digits: digits.to_owned() };
        let matched = self.call(Call::post(paths::PHONE_MATCH, &body)?).await;
        if matched.is_ok() { matched } else { self.spend(&ticket, matched) }
    }

    /// Proves by the account's password who holds the phone, for the login scanned last.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`], [`ProblemCode::WrongPassword`], [`ProblemCode::TooManyTries`]; those of [`MockPhone::decide`].
    pub async fn unlock(&self, password: &str) -> Result<StepDone, PhoneError> {
        let ticket = self.session()?.device.ticket.ok_or(PhoneError::NothingScanned)?;
        let (text, password) = (ticket.expose().to_owned(), Some(password.to_owned()));
        self.send_unlock(&ticket, &UnlockWith { ticket: text, password, passkey: None }).await
    }

    async fn send_unlock(&self, ticket: &Secret, proof: &UnlockWith) -> Result<StepDone, PhoneError> {
        let unlocked = self.call(Call::post(paths::PHONE_UNLOCK, proof)?).await;
        if unlocked.is_ok() { unlocked } else { self.spend(ticket, unlocked) }
    }

    /// Confirms the login scanned last.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`], [`ProblemCode::MatchNeeded`], [`ProblemCode::UnlockNeeded`]; those of [`MockPhone::decide`].
    pub async fn confirm(&self) -> Result<(), PhoneError> {
        self.confirm_without(&[]).await
    }

    /// Confirms the login scanned last, and declines these scopes of it.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`], [`PhoneError::NotAsked`], [`ProblemCode::NeededScope`]; those of [`MockPhone::decide`].
    pub async fn confirm_without(&self, declined: &[String]) -> Result<(), PhoneError> {
        let Device { ticket, asked, .. } = self.session()?.device;
        let ticket = ticket.ok_or(PhoneError::NothingScanned)?;
        if let Some(scope) = declined.iter().find(|scope| !asked.contains(scope)) {
            return Err(PhoneError::NotAsked(scope.clone()));
        }
        let allowed = asked.into_iter().filter(|scope| !declined.contains(scope)).collect();
        let scopes = (!declined.is_empty()).then_some(allowed);
        let confirmed = self.send_confirmation(&ticket, scopes).await;
        self.spend(&ticket, confirmed)
    }

    /// Declines the login scanned last.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`]; those of [`MockPhone::decide`].
    pub async fn deny(&self) -> Result<(), PhoneError> {
        let ticket = self.session()?.device.ticket.ok_or(PhoneError::NothingScanned)?;
        let denied = self.decide(&ticket, Verdict::Deny).await;
        self.spend(&ticket, denied)
    }

    /// Scans and confirms at once.
    pub async fn approve(&self, qr: &str) -> Result<ScannedLogin, PhoneError> {
        let scanned = self.scan(qr).await?;
        self.confirm().await?;
        Ok(scanned)
    }

    /// Decides with a given ticket, were it another phone's or a used one: for tests of the server.
    ///
    /// # Errors
    ///
    /// [`ProblemCode::InvalidTicket`], [`ProblemCode::AlreadyDecided`], [`ProblemCode::LoginCancelled`],
    /// [`ProblemCode::LoginExpired`]; those of every call.
    pub async fn decide(&self, ticket: &Secret, verdict: Verdict) -> Result<(), PhoneError> {
        match verdict {
            Verdict::Confirm => self.send_confirmation(ticket, None).await,
            Verdict::Deny => {
                let body = Decision { ticket: ticket.expose().to_owned() };
                self.call(Call::post(paths::PHONE_DENY, &body)?).await
            }
        }
    }

    /// Posts any body to a path, with token and proof: for tests of the server. Answers the JSON that comes back.
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub async fn post_as_is(
        &self,
        path: &str,
        body: serde_json::Value,
    ) -> Result<serde_json::Value, PhoneError> {
        self.call(Call { method: Method::POST, path, body: Some(Body::Json(body)) }).await
    }

    /// The server on which this phone is signed in.
    pub fn server(&self) -> Option<String> {
        self.lock().as_ref().map(|session| session.device.server.as_str().to_owned())
    }

    /// The access token that this phone holds: for tests that steal it.
    pub(crate) fn access_token(&self) -> Option<Secret> {
        self.lock().as_ref().map(|session| session.device.access.token.clone())
    }

    /// Confirms, these scopes or all.
    async fn send_confirmation(
        &self,
        ticket: &Secret,
        scopes: Option<Vec<String>>,
    ) -> Result<(), PhoneError> {
        let body = Confirmation { ticket: ticket.expose().to_owned(), scopes };
        self.call(Call::post(paths::PHONE_CONFIRM, &body)?).await
    }

    /// Sites that the person has allowed something, the last used first.
    pub async fn sites(&self) -> Result<Vec<AllowedSite>, PhoneError> {
        let AllowedSites { sites } = self.call(Call::get(paths::PHONE_SITES)).await?;
        Ok(sites)
    }

    /// Takes back what the person has allowed a site, and what the site has from it.
    ///
    /// # Errors
    ///
    /// [`ProblemCode::UnknownSite`]; those of every call.
    pub async fn remove_site(&self, client_id: &str) -> Result<(), PhoneError> {
        // The identifier is encoded, but dots would still lead elsewhere.
        if matches!(client_id, "" | "." | "..") {
            return Err(PhoneError::ClientId);
        }
        let path = paths::phone_site(client_id);
        self.call(Call { method: Method::DELETE, path: &path, body: None }).await
    }

    /// The account's devices.
    pub async fn devices(&self) -> Result<Vec<DeviceSummary>, PhoneError> {
        let Devices { devices } = self.call(Call::get(paths::PHONE_DEVICES)).await?;
        Ok(devices)
    }

    /// Gives one of the account's devices another name.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`ProblemCode::UnknownDevice`]; those of every call.
    pub async fn rename(&self, device_id: &str, name: &str) -> Result<DeviceSummary, PhoneError> {
        let path = device_path(device_id)?;
        let body = RenameDevice { name: name.to_owned() };
        self.call(Call::with_body(Method::PATCH, &path, &body)?).await
    }

    /// Revokes one of the account's devices. If it is this one, this phone forgets its account.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`ProblemCode::UnknownDevice`]; those of every call.
    pub async fn revoke(&self, device_id: &str) -> Result<(), PhoneError> {
        let path = device_path(device_id)?;
        let own = self.session()?.device.id == device_id;
        self.call::<()>(Call { method: Method::DELETE, path: &path, body: None }).await?;
        if own { self.forget() } else { Ok(()) }
    }

    /// Revokes this device and forgets its account. That the server knows it no more is no error.
    pub async fn sign_out(&self) -> Result<(), PhoneError> {
        let own = self.session()?.device.id;
        match self.revoke(&own).await.map_err(|error| (error.problem_code(), error)) {
            Err((Some(ProblemCode::InvalidToken | ProblemCode::UnknownDevice), _)) => self.forget(),
            Err((_, error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    /// Forgets the ticket of the last scan after a decision, unless another try could succeed.
    fn spend<T>(&self, ticket: &Secret, decided: Result<T, PhoneError>) -> Result<T, PhoneError> {
        if decided.as_ref().err().is_none_or(is_final) {
            self.update(|device| {
                if device.ticket.as_ref() == Some(ticket) {
                    device.ticket = None;
                }
            })?;
        }
        decided
    }

    /// Makes a call with an access token; refreshes it when it has run out, and once when it is refused.
    async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, PhoneError> {
        let session = self.session()?;
        let token = if session.device.access.lasts((self.clock)()) {
            session.device.access.token.clone()
        } else {
            self.refresh(&session).await?
        };
        match session.call(&call, Some(&token), (self.clock)()).await {
            Err(error) if error.problem_code() == Some(ProblemCode::InvalidToken) => {
                let token = self.refresh(&session).await?;
                session.call(&call, Some(&token), (self.clock)()).await
            }
            answer => answer,
        }
    }

    /// Fetches an access token and remembers it.
    async fn refresh(&self, session: &Session) -> Result<Secret, PhoneError> {
        let body = RefreshPhone { refresh_token: session.device.refresh_token.expose().to_owned() };
        let now = (self.clock)();
        let tokens: PhoneTokens = session.call(&Call::post(paths::PHONE_TOKEN, &body)?, None, now).await?;
        let access = AccessToken::issued(tokens, now);
        let token = access.token.clone();
        self.update(|device| device.access = access)?;
        Ok(token)
    }

    /// A copy of the session, so that no lock is held during a call.
    fn session(&self) -> Result<Session, PhoneError> {
        self.lock().clone().ok_or(PhoneError::NotSignedIn)
    }

    /// Changes the device in memory and on disk. Does nothing on a phone that has been signed out meanwhile.
    fn update(&self, change: impl FnOnce(&mut Device)) -> Result<(), PhoneError> {
        match self.lock().as_mut() {
            Some(session) => {
                change(&mut session.device);
                self.home.save(&session.device)
            }
            None => Ok(()),
        }
    }

    /// Forgets the account, in memory and on disk.
    fn forget(&self) -> Result<(), PhoneError> {
        let mut session = self.lock();
        self.home.clear()?;
        *session = None;
        Ok(())
    }

    /// The session. A panic elsewhere cannot leave it half changed.
    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MockPhone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockPhone").field("home", &self.home).finish_non_exhaustive()
    }
}

/// The device that [`MockPhone::sign_in`] or [`MockPhone::enrol`] enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedInAs {
    /// What the server calls the device.
    pub device_id: String,
    /// Who is signed in.
    pub account: AccountSummary,
}

impl Session {
    /// Goes on from what was remembered.
    fn resume(device: Device, home: &Home, authority: Option<&Certificate>) -> Result<Self, PhoneError> {
        let key = DeviceKey::from_pkcs8(&device.key)
            .ok_or_else(|| PhoneError::HomeDamaged { path: home.file() })?;
        let server = Server::new(device.server.clone(), authority)?;
        Ok(Self { device, key: Arc::new(key), server })
    }

    /// Makes one call with this device's key.
    async fn call<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        access_token: Option<&Secret>,
        now: i64,
    ) -> Result<T, PhoneError> {
        self.server.call(call, Credentials { key: &self.key, access_token, now }).await
    }
}

impl AccessToken {
    /// A token that was issued at `now`, in seconds since 1970 UTC.
    fn issued(tokens: PhoneTokens, now: i64) -> Self {
        let life = i64::try_from(tokens.expires_in).unwrap_or(i64::MAX);
        Self { token: Secret::new(tokens.access_token), expires_at: now.saturating_add(life) }
    }

    /// Whether it is still of use at `now`, in seconds since 1970 UTC.
    fn lasts(&self, now: i64) -> bool {
        now.saturating_add(REFRESH_EARLY) < self.expires_at
    }
}

impl From<Scanned> for ScannedLogin {
    fn from(scanned: Scanned) -> Self {
        let Scanned { ticket, expires_in, account, site, browser, signs, match_required, unlock } = scanned;
        let ticket = Secret::new(ticket);
        Self { ticket, expires_in, account, site, browser, signs, match_required, unlock }
    }
}

/// Whether a ticket that met this error will never be of use again.
fn is_final(error: &PhoneError) -> bool {
    use ProblemCode as P;
    let ended = |code| {
        matches!(
            code,
            P::AlreadyDecided
                | P::InvalidTicket
                | P::LoginCancelled
                | P::LoginExpired
                | P::WrongMatchCode
                | P::TooManyTries
        )
    };
    error.problem_code().is_some_and(ended)
}

/// The path of a device.
fn device_path(id: &str) -> Result<String, PhoneError> {
    plain(id).map(paths::phone_device)
}

/// An identifier. One that would lead to another path is refused.
fn plain(id: &str) -> Result<&str, PhoneError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !id.is_empty() && id.bytes().all(plain) { Ok(id) } else { Err(PhoneError::DeviceId) }
}

/// The time of the phone's own clock, in seconds since 1970 UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the phone is another device than the server, with a clock of its own"
)]
fn system_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default()
}
