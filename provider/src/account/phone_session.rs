//! How a phone signs in and stays signed in.
//!
//! 1. `sign_in`: account name, password, and a proof by a key that the device has just made. The account's first device is enrolled
//!    with that key; another waits until it is let in ([`super::admission`]). It gets a long-lived refresh token and a short-lived
//!    access token, both bound to the key.
//! 2. `refresh`: the refresh token and a proof by the same key give a new access token. The refresh token stays: without
//!    the key, which never leaves the device, it is worthless (RFC 9449 section 5).
//! 3. `authenticate`: every other call brings an access token and a proof by the same key. The device is looked up each
//!    time, so that revoking it works at its next call.

use std::{net::IpAddr, time::Duration};

use super::{
    Account, AccountName,
    admission::{self, Admission, Admitted, Newcomer},
    device::{Device, DeviceId, MOST_DEVICES},
    lockout::{self, Attempt, Claim, Outcome},
    password::{Password, PasswordError, PasswordHash},
};
use crate::{
    app::App,
    oauth::dpop::Thumbprint,
    secret::{DeviceToken, PhoneToken},
    store::{Caller, Enrolment, NewDevice, NewPhoneToken, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

/// Why a phone is not let in.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// Unknown account or wrong password: which, nobody is told.
    #[error("account name or password is wrong")]
    WrongCredentials,
    /// There were too many wrong passwords: how long to wait.
    #[error("too many wrong passwords")]
    TooManyAttempts(Duration),
    /// The token is unknown, expired, of a revoked device, or bound to another key.
    #[error("the token is unknown, expired or revoked, or bound to another key")]
    InvalidToken,
    /// The account has as many devices as it may.
    #[error("the account has {MOST_DEVICES} devices")]
    TooManyDevices,
    /// No device of this id belongs to the account.
    #[error("no such device")]
    UnknownDevice,
    /// As many devices wait for the account as may.
    #[error("too many devices wait to be let in")]
    TooManyWaiting,
    /// No device of this id waits for the account.
    #[error("no such device waits")]
    UnknownWaiting,
    /// The digits are not those of the device that waits.
    #[error("the digits are not those on the other device")]
    WrongDigits,
    /// Another device of the account has turned this one away.
    #[error("another device of the account has declined")]
    DeviceDeclined,
    /// Nobody has let the device in in time.
    #[error("nobody has let the device in in time")]
    SignInExpired,
    /// No notice of this id is the account's, or it has been answered.
    #[error("no such notice")]
    UnknownNotice,
    /// The password could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A call's caller: a device, and whose it is.
#[derive(Debug, Clone)]
pub struct PhoneSession {
    /// The account.
    pub account: Account,
    /// The device.
    pub device: Device,
    /// Where it calls from, as the server sees it: never in its mapped form.
    pub address: IpAddr,
}

impl PhoneSession {
    /// Who does what this call does, as the trail is told.
    pub fn actor(&self) -> Actor {
        Actor { device: Some(self.device.id), address: Some(self.address) }
    }

    /// What this call does is about its own account, done by this phone, as the trail is told.
    pub fn subject(&self) -> Subject {
        Subject {
            account: Some(self.account.id),
            device: Some(self.device.id),
            address: Some(self.address),
            ..Subject::default()
        }
    }

    /// The phone, and where it calls from.
    pub fn caller(&self) -> Caller {
        Caller { device: self.device.id, address: self.address }
    }
}

/// What a first sign-in brings.
#[derive(Debug)]
pub struct Credentials {
    /// The account's name; `None` if what was typed cannot be one.
    pub account: Option<AccountName>,
    /// The password.
    pub password: Password,
    /// The device.
    pub device: Newcomer,
}

/// An enrolled device with its secrets, to be handed over once.
#[derive(Debug)]
pub struct Enrolled {
    /// Who, and on which device.
    pub session: PhoneSession,
    /// The long-lived token.
    pub refresh_token: DeviceToken,
    /// The first short-lived one.
    pub access_token: PhoneToken,
}

/// Step 1: signs in with a password. The device is enrolled, or waits to be let in.
pub async fn sign_in(app: &App, credentials: Credentials) -> Result<Admitted, PhoneError> {
    let address = credentials.device.from.address;
    let attempt = Attempt::new(credentials.account.as_ref(), &credentials.device.key, address);
    let account = match &credentials.account {
        Some(name) => app.store.account_by_name(name).await?,
        None => None,
    };
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let right = judge(app, &attempt, credentials.password, hash).await?;
    let (Some(account), Some(claim)) = (&account, right) else {
        let subject = Subject {
            account: account.map(|account| account.id),
            address: Some(address),
            ..Subject::default()
        };
        let (at, event) = (app.clock.now(), Event::SignInFailed {});
        app.store.record(&Entry { at, event, subject }).await?;
        return Err(PhoneError::WrongCredentials);
    };
    let newcomer = credentials.device.clone();
    match try_enrol(app, account.clone(), credentials.device, &Admission::Password).await? {
        Some(enrolled) => {
            app.store.settle_attempt(&claim, Outcome::Right).await?;
            Ok(Admitted::Enrolled(Box::new(enrolled)))
        }
        None => {
            admission::ask(app, account, newcomer).await.map(|waiting| Admitted::Waiting(Box::new(waiting)))
        }
    }
}

/// Whether this is the password of whoever is signed in on this phone. Its tries cost what those of a sign-in do.
pub async fn knows_password(app: &App, phone: &PhoneSession, password: Password) -> Result<bool, PhoneError> {
    let attempt = Attempt::new(Some(&phone.account.name), &phone.device.key, phone.address);
    let Some(claim) = judge(app, &attempt, password, phone.account.password.clone()).await? else {
        return Ok(false);
    };
    app.store.settle_attempt(&claim, Outcome::Right).await?;
    Ok(true)
}

/// Counts a try, then looks at the password; `None` if it is wrong.
async fn judge(
    app: &App,
    attempt: &Attempt,
    password: Password,
    hash: Option<PasswordHash>,
) -> Result<Option<Claim>, PhoneError> {
    let claim = lockout::claim(app, attempt).await?;
    match app.passwords.verify(password, hash).await {
        Ok(right) => Ok(right.then_some(claim)),
        Err(error) => {
            app.store.settle_attempt(&claim, Outcome::NotTried).await?;
            Err(error.into())
        }
    }
}

/// Enrols a device for an account that has proved who it is by more than its password: by a passkey ([`super::passkey`]), or by the word of a
/// company's back end ([`crate::oauth::token_request`]).
pub async fn enrol(
    app: &App,
    account: Account,
    device: Newcomer,
    admission: &Admission,
) -> Result<Enrolled, PhoneError> {
    try_enrol(app, account, device, admission).await?.ok_or(PhoneError::SignInExpired)
}

/// Enrols a device; `None` if it needs another device's consent.
async fn try_enrol(
    app: &App,
    account: Account,
    device: Newcomer,
    admission: &Admission,
) -> Result<Option<Enrolled>, PhoneError> {
    let (new, enrolled) = new_device(app, account, device);
    match app.store.enrol_device(&new, admission, MOST_DEVICES).await? {
        Enrolment::Enrolled => Ok(Some(enrolled)),
        Enrolment::TooMany => Err(PhoneError::TooManyDevices),
        Enrolment::NeedsConsent => Ok(None),
    }
}

/// Puts a device together: for the store, and for its holder.
pub(super) fn new_device(app: &App, account: Account, newcomer: Newcomer) -> (NewDevice, Enrolled) {
    let now = app.clock.now();
    let refresh_token = DeviceToken::generate(&app.random);
    let device = Device {
        id: DeviceId(app.random.uuid(now)),
        account: account.id,
        name: newcomer.name,
        key: newcomer.key,
        token: refresh_token.digest(),
        token_expires_at: now + app.config.lifetimes.device_token,
        enrolled_at: now,
        last_seen_at: now,
    };
    let access_token = PhoneToken::generate(&app.random);
    let session = PhoneSession { account, device: device.clone(), address: newcomer.from.address };
    let new = NewDevice { device, access_token: stored(app, &access_token), from: newcomer.from };
    (new, Enrolled { session, refresh_token, access_token })
}

/// Step 2: a fresh access token for the refresh token and a proof by the device's key.
pub async fn refresh(
    app: &App,
    token: &DeviceToken,
    key: &Thumbprint,
    address: IpAddr,
) -> Result<PhoneToken, PhoneError> {
    let device = app.store.device_by_token(&token.digest(), app.clock.now()).await?;
    let device = device.filter(|device| device.key == *key).ok_or(PhoneError::InvalidToken)?;
    let access_token = PhoneToken::generate(&app.random);
    let now = app.clock.now();
    let by = Caller { device: device.id, address };
    let still_enrolled = app.store.insert_phone_token(&stored(app, &access_token), by, now).await?;
    if still_enrolled { Ok(access_token) } else { Err(PhoneError::InvalidToken) }
}

/// Step 3: who calls, by access token and a proof by the device's key, and from where.
pub async fn authenticate(
    app: &App,
    token: &PhoneToken,
    key: &Thumbprint,
    address: IpAddr,
) -> Result<PhoneSession, PhoneError> {
    let found = app.store.phone_by_token(&token.digest(), app.clock.now()).await?;
    let (account, device) = found.filter(|(_, device)| device.key == *key).ok_or(PhoneError::InvalidToken)?;
    Ok(PhoneSession { account, device, address })
}

fn stored(app: &App, token: &PhoneToken) -> NewPhoneToken {
    NewPhoneToken { digest: token.digest(), expires_at: app.clock.now() + app.config.lifetimes.phone_token }
}
