//! How a phone signs in and stays signed in.
//!
//! 1. `sign_in`: account name, password, and a proof by a key that the device has just made. The device is enrolled
//!    with that key; it gets a long-lived refresh token and a short-lived access token, both bound to the key.
//! 2. `refresh`: the refresh token and a proof by the same key give a new access token. The refresh token stays: without
//!    the key, which never leaves the device, it is worthless (RFC 9449 section 5).
//! 3. `authenticate`: every other call brings an access token and a proof by the same key. The device is looked up each
//!    time, so that revoking it works at its next call.

use std::net::IpAddr;

use super::{
    Account, AccountName,
    device::{Device, DeviceId, DeviceName, MOST_DEVICES},
    password::{Password, PasswordError},
};
use crate::{
    app::App,
    oauth::dpop::Thumbprint,
    secret::{DeviceToken, PhoneToken},
    store::{Caller, NewPhoneToken, StoreError},
    trail::{Actor, Entry, Event, Subject},
};

/// Why a phone is not let in.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// Unknown account or wrong password: which, nobody is told.
    #[error("account name or password is wrong")]
    WrongCredentials,
    /// The token is unknown, expired, of a revoked device, or bound to another key.
    #[error("the token is unknown, expired or revoked, or bound to another key")]
    InvalidToken,
    /// The account has as many devices as it may.
    #[error("the account has {MOST_DEVICES} devices")]
    TooManyDevices,
    /// No device of this id belongs to the account.
    #[error("no such device")]
    UnknownDevice,
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
}

/// A device that is to be enrolled.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// What its owner calls it.
    pub name: DeviceName,
    /// Its key.
    pub key: Thumbprint,
    /// Where it calls from.
    pub address: IpAddr,
}

impl PhoneSession {
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
    pub device: Enrolment,
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

/// Step 1: signs in with a password and enrols the device.
pub async fn sign_in(app: &App, credentials: Credentials) -> Result<Enrolled, PhoneError> {
    let account = match &credentials.account {
        Some(name) => app.store.account_by_name(name).await?,
        None => None,
    };
    let hash = account.as_ref().map(|account| account.password.clone());
    let right = app.passwords.verify(credentials.password, hash).await?;
    match account {
        Some(account) if right => enrol(app, account, credentials.device).await,
        account => {
            let address = Some(credentials.device.address);
            let subject =
                Subject { account: account.map(|account| account.id), address, ..Subject::default() };
            let (at, event) = (app.clock.now(), Event::SignInFailed {});
            app.store.record(&Entry { at, event, subject }).await?;
            Err(PhoneError::WrongCredentials)
        }
    }
}

/// Enrols a device for an account that has proved who it is: by its password, or by the word of a company's back end
/// ([`crate::oauth::token_request::jwt_bearer`]).
pub async fn enrol(app: &App, account: Account, enrolment: Enrolment) -> Result<Enrolled, PhoneError> {
    let Enrolment { name, key, address } = enrolment;
    let now = app.clock.now();
    let refresh_token = DeviceToken::generate(&app.random);
    let device = Device {
        id: DeviceId(app.random.uuid(now)),
        account: account.id,
        name,
        key,
        token: refresh_token.digest(),
        token_expires_at: now + app.config.lifetimes.device_token,
        enrolled_at: now,
        last_seen_at: now,
    };
    let access_token = PhoneToken::generate(&app.random);
    if !app.store.enrol_device(&device, &stored(app, &access_token), address, MOST_DEVICES).await? {
        return Err(PhoneError::TooManyDevices);
    }
    Ok(Enrolled { session: PhoneSession { account, device, address }, refresh_token, access_token })
}

/// Step 2: a fresh access token for the refresh token and a proof by the device's key.
pub async fn refresh(app: &App, token: &DeviceToken, key: &Thumbprint) -> Result<PhoneToken, PhoneError> {
    let device = app.store.device_by_token(&token.digest(), app.clock.now()).await?;
    let device = device.filter(|device| device.key == *key).ok_or(PhoneError::InvalidToken)?;
    let access_token = PhoneToken::generate(&app.random);
    let now = app.clock.now();
    let still_enrolled = app.store.insert_phone_token(&stored(app, &access_token), device.id, now).await?;
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
