//! Who lets a device in. A password alone opens an account only where it has no other device: what somebody has found out, guessed or been told
//! over the phone is not enough.
//!
//! 1. A device brings account name and password ([`super::phone_session::sign_in`]). If the account has no other device, it is the
//!    first, and is enrolled. So is one whose key the account knows already.
//! 2. Else it waits ([`ask`]): it gets a secret to ask with, and two digits to show, which follow from the secret.
//! 3. The account's other devices are told of it ([`super::notice`]): its name, where it asks from. Their owner types the digits that they
//!    see on it ([`allow`]), or turns it away ([`decline`]). Wrong digits turn it away, too: whoever is talked into letting a
//!    stranger in sees no digits to type.
//! 4. The waiting device asks with its secret and a proof by its key ([`collect`]), and is enrolled. It can ask again, if the answer was lost, for as
//!    long as it could have waited and nobody has revoked it.
//! 5. A passkey, a company's word (RFC 7523) and the operator's (`saoma account allow-device`, for who has lost the only phone) need no
//!    other device.
//!
//! Each decision is a conditional write: of several, one counts.

use std::time::Duration;

use uuid::Uuid;

use super::{
    Account, AccountId,
    device::{DeviceName, MOST_DEVICES},
    passkey::PasskeyId,
    phone_session::{Enrolled, PhoneError, PhoneSession, new_device},
};
use crate::{
    app::App,
    clock::Time,
    login::context::BrowserContext,
    oauth::dpop::Thumbprint,
    secret::{Digest, WaitingToken},
    store::{Enrolment, EnrolmentStore, StoreError},
};

/// How long a device waits.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// How many devices may wait for one account at once.
pub const MOST_WAITING: u32 = 5;

/// How long the operator's word lets the next device in.
pub const ALLOWANCE: Duration = Duration::from_hours(24);

/// On whose word a device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// The password's: enough for the first device, and for one whose key the account knows.
    Password,
    /// A company's, or the operator's.
    Vouched,
    /// A passkey's.
    Passkey(PasskeyId),
}

/// Identifies a device that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingId(pub Uuid);

impl WaitingId {
    /// Reads an identifier; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

/// A device that waits to be let in.
#[derive(Debug, Clone)]
pub struct WaitingDevice {
    /// Its identifier.
    pub id: WaitingId,
    /// Hash of what it asks with.
    pub token: Digest,
    /// The account whose password it knows.
    pub account: AccountId,
    /// What it calls itself.
    pub name: DeviceName,
    /// Its key.
    pub key: Thumbprint,
    /// What the server saw of it.
    pub from: BrowserContext,
    /// When it asked.
    pub asked_at: Time,
    /// Until when it waits.
    pub expires_at: Time,
    /// What has been decided.
    pub decision: Option<Decision>,
}

/// What another device of the account says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may come in.
    Allowed,
    /// It may not.
    Declined,
}

/// A device that waits, with what it asks with.
#[derive(Debug)]
pub struct Waiting {
    /// The device.
    pub device: WaitingDevice,
    /// Its secret.
    pub token: WaitingToken,
}

/// What came of a sign-in.
#[derive(Debug)]
pub enum Admitted {
    /// The device is enrolled.
    Enrolled(Box<Enrolled>),
    /// It waits for another device's yes.
    Waiting(Box<Waiting>),
}

/// A device that asks to be let in.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// What its owner calls it.
    pub name: DeviceName,
    /// Its key.
    pub key: Thumbprint,
    /// What the server saw of it.
    pub from: BrowserContext,
}

impl WaitingDevice {
    /// The two digits that it shows, 00 to 99. They follow from its secret, so nothing more is kept.
    pub fn digits(&self) -> String {
        let number =
            self.token.as_bytes().iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        format!("{:02}", number % 100)
    }

    /// As the account's other devices see it.
    pub fn summary(&self, now: Time) -> protocol::notice::WaitingDevice {
        protocol::notice::WaitingDevice {
            id: self.id.0.to_string(),
            name: self.name.as_str().to_owned(),
            from: self.from.for_approver(self.asked_at),
            expires_in: now.until(self.expires_at).as_secs(),
        }
    }
}

/// Step 2: the device waits.
pub(super) async fn ask(app: &App, account: &Account, newcomer: Newcomer) -> Result<Waiting, PhoneError> {
    let now = app.clock.now();
    let token = WaitingToken::generate(&app.random);
    let device = WaitingDevice {
        id: WaitingId(app.random.uuid(now)),
        token: token.digest(),
        account: account.id,
        name: newcomer.name,
        key: newcomer.key,
        from: newcomer.from,
        asked_at: now,
        expires_at: now + PATIENCE,
        decision: None,
    };
    if app.store.add_waiting_device(&device, MOST_WAITING).await? {
        Ok(Waiting { device, token })
    } else {
        Err(PhoneError::TooManyWaiting)
    }
}

/// Step 3: another device of the account lets this one in, if these are its digits; if not, it is turned away.
pub async fn allow(app: &App, phone: &PhoneSession, id: WaitingId, digits: &str) -> Result<(), PhoneError> {
    let now = app.clock.now();
    let waiting = app.store.waiting_devices(phone.account.id, now).await?;
    let waiting = waiting.into_iter().find(|waiting| waiting.id == id).ok_or(PhoneError::UnknownWaiting)?;
    let right = waiting.digits() == digits;
    let decision = if right { Decision::Allowed } else { Decision::Declined };
    decide(app, phone, id, decision).await?;
    if right { Ok(()) } else { Err(PhoneError::WrongDigits) }
}

/// Step 3: another device of the account turns this one away.
pub async fn decline(app: &App, phone: &PhoneSession, id: WaitingId) -> Result<(), PhoneError> {
    decide(app, phone, id, Decision::Declined).await
}

async fn decide(
    app: &App,
    phone: &PhoneSession,
    id: WaitingId,
    decision: Decision,
) -> Result<(), PhoneError> {
    let now = app.clock.now();
    let decided = app.store.decide_waiting_device(id, decision, phone, now).await?;
    if decided { Ok(()) } else { Err(PhoneError::UnknownWaiting) }
}

/// Step 4: what came of it.
pub async fn collect(app: &App, token: WaitingToken, key: &Thumbprint) -> Result<Admitted, PhoneError> {
    let now = app.clock.now();
    let waiting = app.store.waiting_device(&token.digest(), now).await?;
    let waiting = waiting.filter(|waiting| waiting.key == *key).ok_or(PhoneError::SignInExpired)?;
    match waiting.decision {
        None => Ok(Admitted::Waiting(Box::new(Waiting { device: waiting, token }))),
        Some(Decision::Declined) => Err(PhoneError::DeviceDeclined),
        Some(Decision::Allowed) => {
            let account = app.store.account(waiting.account).await?.ok_or(PhoneError::SignInExpired)?;
            let newcomer = Newcomer { name: waiting.name, key: waiting.key, from: waiting.from };
            let (new, enrolled) = new_device(app, account, newcomer);
            match app.store.enrol_waiting_device(waiting.id, &new, MOST_DEVICES).await? {
                Enrolment::Enrolled => Ok(Admitted::Enrolled(Box::new(enrolled))),
                Enrolment::TooMany => Err(PhoneError::TooManyDevices),
                Enrolment::NeedsConsent => Err(PhoneError::SignInExpired),
            }
        }
    }
}

/// Lets an account's next device in on its password alone, once: the operator's word.
pub async fn allow_next_device(
    store: &dyn EnrolmentStore,
    account: AccountId,
    now: Time,
) -> Result<(), StoreError> {
    store.allow_next_device(account, ALLOWANCE, now).await
}
