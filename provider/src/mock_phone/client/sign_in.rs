//! Signing in, and waiting for another phone's yes.

use std::sync::Arc;
use std::time::Duration;

use protocol::paths;
use protocol::phone::{CollectSignIn, SignIn, SignedIn, WaitingSignIn};
use serde::Deserialize;

use super::{MockPhone, Session, SignedInAs};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::home::{AccessToken, Device};
use crate::mock_phone::key::DeviceKey;
use crate::mock_phone::secret::Secret;
use crate::mock_phone::server::{Call, Credentials, Server, ServerUrl};

/// How long it waits before it asks again whether another phone has let it in.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The server's answer to a sign-in.
#[derive(Deserialize)]
#[serde(untagged)]
enum SignInAnswer {
    /// This device is enrolled.
    SignedIn(SignedIn),
    /// Another has to let it in.
    Waiting(WaitingSignIn),
}

/// A device before it is enrolled.
#[derive(Debug, Clone)]
struct Newcomer {
    url: ServerUrl,
    server: Server,
    key: Arc<DeviceKey>,
}

/// What came of a sign-in.
#[derive(Debug)]
pub enum Admitted {
    /// This device is enrolled.
    SignedIn(SignedInAs),
    /// Another phone of the account has to let it in.
    Waiting(Waiting),
}

/// A sign-in that waits for another phone.
#[derive(Debug)]
pub struct Waiting {
    /// What the person types on the other phone.
    pub digits: String,
    /// Seconds in which to do so.
    pub expires_in: u64,
    request: Secret,
    newcomer: Newcomer,
}

impl MockPhone {
    /// Signs in with account name and password, and enrols this phone as a device. Where the account has another phone, waits until
    /// that has let this one in; a phone that is signed in there already keeps its key, and is known by it. Who else was signed in
    /// here before is forgotten here, and stays enrolled at the server.
    ///
    /// # Errors
    ///
    /// [`protocol::ProblemCode::WrongCredentials`], [`protocol::ProblemCode::TooManyDevices`], [`protocol::ProblemCode::DeviceDeclined`],
    /// [`protocol::ProblemCode::SignInExpired`]; those of every call.
    pub async fn sign_in(
        &self,
        server: &str,
        account: &str,
        password: &str,
        device_name: &str,
    ) -> Result<SignedInAs, PhoneError> {
        match self.ask_to_sign_in(server, account, password, device_name).await? {
            Admitted::SignedIn(who) => Ok(who),
            Admitted::Waiting(waiting) => self.wait_for_consent(&waiting).await,
        }
    }

    /// Signs in with account name and password, or learns that another phone of the account has to let this one in.
    ///
    /// # Errors
    ///
    /// [`protocol::ProblemCode::WrongCredentials`], [`protocol::ProblemCode::TooManyDevices`], [`protocol::ProblemCode::TooManyWaiting`]; those of every call.
    pub async fn ask_to_sign_in(
        &self,
        server: &str,
        account: &str,
        password: &str,
        device_name: &str,
    ) -> Result<Admitted, PhoneError> {
        let url: ServerUrl = server.parse()?;
        let server = Server::new(url.clone(), self.authority.as_ref())?;
        let newcomer = Newcomer { key: self.key_for(&url)?, url, server };
        let body = SignIn {
            account: account.to_owned(),
            password: password.to_owned(),
            device_name: device_name.to_owned(),
        };
        self.ask(newcomer, &Call::post(paths::PHONE_SIGN_IN, &body)?).await
    }

    /// Asks until another phone of the account has decided, or the time is over.
    ///
    /// # Errors
    ///
    /// [`protocol::ProblemCode::DeviceDeclined`], [`protocol::ProblemCode::SignInExpired`]; those of every call.
    pub async fn wait_for_consent(&self, waiting: &Waiting) -> Result<SignedInAs, PhoneError> {
        loop {
            match self.ask_again(waiting).await? {
                Admitted::SignedIn(who) => return Ok(who),
                Admitted::Waiting(_) => tokio::time::sleep(ASK_AGAIN_AFTER).await,
            }
        }
    }

    /// Asks once what came of a sign-in that waits.
    ///
    /// # Errors
    ///
    /// Those of [`MockPhone::wait_for_consent`].
    pub async fn ask_again(&self, waiting: &Waiting) -> Result<Admitted, PhoneError> {
        let body = CollectSignIn { request: waiting.request.expose().to_owned() };
        self.ask(waiting.newcomer.clone(), &Call::post(paths::PHONE_SIGN_IN_RESULT, &body)?).await
    }

    /// The key that this phone has at a server, so that it is known there as the same phone; or a new one.
    pub(super) fn key_for(&self, server: &ServerUrl) -> Result<Arc<DeviceKey>, PhoneError> {
        let known =
            self.lock().as_ref().filter(|session| session.device.server == *server).map(|s| s.key.clone());
        known.map_or_else(|| DeviceKey::generate().map(Arc::new), Ok)
    }

    async fn ask(&self, newcomer: Newcomer, call: &Call<'_>) -> Result<Admitted, PhoneError> {
        let now = (self.clock)();
        let credentials = Credentials { key: &newcomer.key, access_token: None, now };
        match newcomer.server.call(call, credentials).await? {
            SignInAnswer::Waiting(WaitingSignIn { request, digits, expires_in }) => {
                Ok(Admitted::Waiting(Waiting { request: Secret::new(request), digits, expires_in, newcomer }))
            }
            SignInAnswer::SignedIn(signed_in) => {
                let Newcomer { url, server, key } = newcomer;
                self.keep(url, server, key, signed_in, now).map(Admitted::SignedIn)
            }
        }
    }

    /// Remembers who is signed in, in memory and on disk.
    pub(super) fn keep(
        &self,
        url: ServerUrl,
        server: Server,
        key: Arc<DeviceKey>,
        signed_in: SignedIn,
        now: i64,
    ) -> Result<SignedInAs, PhoneError> {
        let device = Device {
            server: url,
            id: signed_in.device_id,
            account: signed_in.account,
            key: key.to_pkcs8()?,
            refresh_token: Secret::new(signed_in.refresh_token),
            access: AccessToken::issued(signed_in.tokens, now),
            ticket: None,
            asked: Vec::new(),
            passkey_options: None,
        };
        self.home.save(&device)?;
        let who = SignedInAs { device_id: device.id.clone(), account: device.account.clone() };
        *self.lock() = Some(Session { device, key, server });
        Ok(who)
    }
}
