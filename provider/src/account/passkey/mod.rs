//! Passkeys (WebAuthn Level 3): a key that an authenticator keeps, and uses only for this origin and only after it has known its owner's finger,
//! face or PIN. Nobody can be talked into telling one.
//!
//! 1. **Register**, on a phone that is signed in: [`creation_options`], the browser makes the passkey, [`register`]. It names its
//!    account (discoverable), and the account's phones are told of it ([`super::notice`]).
//! 2. **Sign in**, on a new phone: [`sign_in_options`], the person picks a passkey, [`sign_in`]. It needs no name, no password and no other
//!    phone's consent.
//! 3. **Prove who holds the phone** before a login is confirmed: [`unlock_options`], [`verify_unlock`]; what they are for is in
//!    [`crate::login::unlock`].
//!
//! Each ceremony answers a challenge of its own (`challenge.rs`): sealed for one purpose and one caller, good for some minutes, once. What
//! is checked stands in `ceremony.rs`, by the steps of the specification: the origin to the letter, the relying party, that the user was
//! verified, the signature; and the counter, by a conditional write.
//!
//! No attestation is asked for, so there is nothing to verify but three kinds of signature (ES256, `EdDSA`, RS256), with the library that
//! verifies all else here.

mod authenticator_data;
mod cbor;
pub mod ceremony;
mod challenge;
mod public_key;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::passkey::{
    Algorithm, Assertion, CreationOptions, Descriptor, PasskeySummary, Registration, RelyingParty,
    RequestOptions, Selection, User,
};

pub use authenticator_data::Backup;
use ceremony::RelyingParty as Party;
pub use challenge::{LASTS, Purpose};
pub use public_key::ALGORITHMS;

use super::{
    Account, AccountId,
    admission::{Admission, Newcomer},
    device::{DeviceId, DeviceName},
    password::Password,
    phone_session::{self, Enrolled, PhoneError, PhoneSession},
};
use crate::{
    app::App,
    clock::Time,
    config::Config,
    login::context::BrowserContext,
    oauth::dpop::Thumbprint,
    secret::Digest,
    store::{Addition, StoreError},
    trail::{Entry, Event, Subject},
};

/// How many passkeys an account may have.
pub const MOST_PASSKEYS: u32 = 20;

/// What passkeys call this server.
const NAME: &str = "Saoma";

/// Identifies a passkey: the authenticator's own name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyId(pub Vec<u8>);

impl PasskeyId {
    /// Reads an identifier in base64url; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?)
    }

    /// Takes an identifier: 1 to 1023 bytes (WebAuthn section 4, "Credential ID"); `None` if it cannot be one.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (1..=1023).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// In base64url.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

/// A passkey.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Its identifier.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: DeviceName,
    /// Its public key, as CBOR (RFC 9052 section 7).
    pub public_key: Vec<u8>,
    /// How often it has been used, by its own count; 0 if it does not count.
    pub sign_count: u32,
    /// Whether it may be copied to its owner's other devices, and has been.
    pub backup: Backup,
    /// The phone on which it was made.
    pub device: DeviceId,
    /// When it was made.
    pub created_at: Time,
    /// When it was last used.
    pub used_at: Option<Time>,
}

impl Passkey {
    /// As its owner sees it.
    pub fn summary(&self) -> PasskeySummary {
        PasskeySummary {
            id: self.id.to_base64url(),
            name: self.name.as_str().to_owned(),
            created_at: self.created_at.seconds(),
            used_at: self.used_at.map(Time::seconds),
            backed_up: self.backup.done,
        }
    }
}

/// Why a passkey is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// This server is known by an address, and passkeys need a name.
    #[error("the issuer's host is an address, and passkeys need a domain")]
    Unavailable,
    /// That was not the account's password, or none was given where there is one.
    #[error("the password is wrong")]
    WrongPassword,
    /// It does not hold; the reason is for the log, and for whoever writes a client.
    #[error("{0}")]
    Refused(&'static str),
    /// It is somebody's already.
    #[error("the passkey is registered already")]
    Taken,
    /// The account has as many as it may.
    #[error("the account has {MOST_PASSKEYS} passkeys")]
    TooMany,
    /// The account has no such passkey.
    #[error("no such passkey")]
    Unknown,
    /// The phone is not let in.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a browser makes a passkey from: step 1. A passkey lets further phones in, so whoever holds this one has to know the account's password, if
/// it has one: an unlocked phone that was found is not enough.
pub async fn creation_options(
    app: &App,
    phone: &PhoneSession,
    password: Option<Password>,
) -> Result<CreationOptions, PasskeyError> {
    let id = app.config.issuer.domain().ok_or(PasskeyError::Unavailable)?.to_owned();
    if phone.account.password.is_some() {
        let password = password.ok_or(PasskeyError::WrongPassword)?;
        if !phone_session::knows_password(app, phone, password).await? {
            return Err(PasskeyError::WrongPassword);
        }
    }
    let known = app.store.passkeys(phone.account.id).await?;
    let summary = phone.account.summary();
    Ok(CreationOptions {
        rp: RelyingParty { id, name: NAME.to_owned() },
        user: User {
            id: URL_SAFE_NO_PAD.encode(user_handle(app, phone.account.id)),
            name: summary.name,
            display_name: summary.display_name,
        },
        challenge: challenge::issue(app, Purpose::Register(phone.device.id)),
        pub_key_cred_params: ALGORITHMS.map(|alg| Algorithm { kind: public_key(), alg }).to_vec(),
        timeout: timeout(),
        exclude_credentials: known.iter().map(describe).collect(),
        authenticator_selection: Selection {
            resident_key: required(),
            require_resident_key: true,
            user_verification: required(),
        },
        attestation: "none".to_owned(),
    })
}

/// Keeps a passkey that was made: step 1. `from` is what the server saw of where.
pub async fn register(
    app: &App,
    phone: &PhoneSession,
    from: &BrowserContext,
    name: DeviceName,
    registration: &Registration,
) -> Result<Passkey, PasskeyError> {
    let registered = ceremony::register(&party(app)?, registration).map_err(PasskeyError::Refused)?;
    redeem(app, Purpose::Register(phone.device.id), &registered.challenge).await?;
    let passkey = Passkey {
        id: registered.id,
        account: phone.account.id,
        name,
        public_key: registered.public_key,
        sign_count: registered.sign_count,
        backup: registered.backup,
        device: phone.device.id,
        created_at: app.clock.now(),
        used_at: None,
    };
    match app.store.add_passkey(&passkey, phone, from, MOST_PASSKEYS).await? {
        Addition::Added => Ok(passkey),
        Addition::Taken => Err(PasskeyError::Taken),
        Addition::TooMany => Err(PasskeyError::TooMany),
        Addition::DeviceRevoked => Err(PhoneError::InvalidToken.into()),
    }
}

/// What a new phone uses a passkey by: step 2. Any that the person has will do; which they have, nobody is told.
pub fn sign_in_options(app: &App, key: &Thumbprint) -> Result<RequestOptions, PasskeyError> {
    request_options(app, Purpose::SignIn(key), Vec::new())
}

/// Signs in with a passkey: step 2.
pub async fn sign_in(app: &App, newcomer: Newcomer, assertion: &Assertion) -> Result<Enrolled, PasskeyError> {
    let passkey = find(app, assertion).await?;
    // Section 7.2, step 6: the passkey was not asked for by name, so it says whose it is.
    if user_handle_of(assertion).as_deref() != Some(&user_handle(app, passkey.account)) {
        return Err(PasskeyError::Refused("the passkey does not say whose it is"));
    }
    if let Err(error) = verify(app, Purpose::SignIn(&newcomer.key), &passkey, assertion).await {
        if matches!(error, PasskeyError::Refused(_)) {
            let subject = Subject {
                account: Some(passkey.account),
                address: Some(newcomer.from.address),
                ..Subject::default()
            };
            let (at, event) = (app.clock.now(), Event::SignInFailed {});
            app.store.record(&Entry { at, event, subject }).await?;
        }
        return Err(error);
    }
    let account = app.store.account(passkey.account).await?.ok_or(PasskeyError::Unknown)?;
    match phone_session::enrol(app, account, newcomer, &Admission::Passkey(passkey.id)).await {
        Err(PhoneError::SignInExpired) => Err(PasskeyError::Refused("it was removed at this moment")),
        enrolled => Ok(enrolled?),
    }
}

/// Whose passkey it says it is.
fn user_handle_of(assertion: &Assertion) -> Option<Vec<u8>> {
    assertion.response.user_handle.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
}

/// What a person proves by that they hold the phone, for the login that this ticket is for: step 3. `None`: the account has no passkey.
pub async fn unlock_options(
    app: &App,
    account: &Account,
    ticket: &Digest,
) -> Result<Option<RequestOptions>, StoreError> {
    let known = app.store.passkeys(account.id).await?;
    if known.is_empty() {
        return Ok(None);
    }
    let allowed = known.iter().map(describe).collect();
    // Where passkeys cannot be used, none is offered.
    Ok(request_options(app, Purpose::Unlock(ticket), allowed).ok())
}

/// Whether a passkey of the account's proves who holds the phone, for the login that this ticket is for: step 3.
pub async fn verify_unlock(
    app: &App,
    account: &Account,
    ticket: &Digest,
    assertion: &Assertion,
) -> Result<(), PasskeyError> {
    let passkey = find(app, assertion).await?;
    // Section 7.2, step 6: the account is known, so the passkey need not say whose it is, but must not say otherwise.
    let claimed = user_handle_of(assertion);
    if passkey.account != account.id || claimed.is_some_and(|claimed| claimed != user_handle(app, account.id))
    {
        return Err(PasskeyError::Unknown);
    }
    verify(app, Purpose::Unlock(ticket), &passkey, assertion).await
}

async fn find(app: &App, assertion: &Assertion) -> Result<Passkey, PasskeyError> {
    let id = PasskeyId::parse(&assertion.id).ok_or(PasskeyError::Unknown)?;
    app.store.passkey(&id).await?.ok_or(PasskeyError::Unknown)
}

/// Section 7.2, then the challenge, then the counter.
async fn verify(
    app: &App,
    purpose: Purpose<'_>,
    passkey: &Passkey,
    assertion: &Assertion,
) -> Result<(), PasskeyError> {
    let asserted = ceremony::assert(&party(app)?, assertion, &passkey.public_key);
    let asserted = asserted.map_err(PasskeyError::Refused)?;
    if asserted.backup.eligible != passkey.backup.eligible {
        return Err(PasskeyError::Refused("whether a passkey may be copied does not change"));
    }
    redeem(app, purpose, &asserted.challenge).await?;
    let used = app
        .store
        .use_passkey(&passkey.id, asserted.sign_count, asserted.backup.done, app.clock.now())
        .await?;
    // Section 6.1.1: a counter that does not grow is that of a copy, or it was removed meanwhile.
    if used { Ok(()) } else { Err(PasskeyError::Refused("the passkey's counter has not grown")) }
}

async fn redeem(app: &App, purpose: Purpose<'_>, challenge: &str) -> Result<(), PasskeyError> {
    let good = challenge::judge(app, purpose, challenge);
    let good =
        good.ok_or(PasskeyError::Refused("the challenge is not ours, or for something else, or too old"))?;
    challenge::spend(app, good).await
}

fn request_options(
    app: &App,
    purpose: Purpose<'_>,
    allowed: Vec<Descriptor>,
) -> Result<RequestOptions, PasskeyError> {
    Ok(RequestOptions {
        challenge: challenge::issue(app, purpose),
        timeout: timeout(),
        rp_id: party(app)?.id.to_owned(),
        allow_credentials: allowed,
        user_verification: required(),
    })
}

fn party(app: &App) -> Result<Party<'_>, PasskeyError> {
    let Config { issuer, passkey_origins, .. } = &app.config;
    let id = issuer.domain().ok_or(PasskeyError::Unavailable)?;
    Ok(Party { id, origin: issuer.as_str(), apps: passkey_origins })
}

/// What passkeys know an account by: nothing that a site or a person knows it by (section 14.6.1).
fn user_handle(app: &App, account: AccountId) -> [u8; 32] {
    app.keys.derive("passkey-user", account.0.as_bytes())
}

fn describe(passkey: &Passkey) -> Descriptor {
    Descriptor { kind: public_key(), id: passkey.id.to_base64url() }
}

fn public_key() -> String {
    "public-key".to_owned()
}

fn required() -> String {
    "required".to_owned()
}

fn timeout() -> u64 {
    LASTS.as_secs() * 1000
}
