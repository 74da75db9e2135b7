//! Notices: what a person has to hear of, because it may not have been them.
//!
//! 1. The transaction that confirms a login, enrols a device or keeps a passkey makes a notice of it. So nothing of the kind goes
//!    unseen.
//! 2. Each phone of the account shows it at once, and **again** [`AGAIN_AFTER`] after its owner has said there that they saw it: who is on the
//!    phone with a fraudster says yes to everything, and thinks a day later. What one phone has shown says nothing of another: a
//!    stranger's phone cannot read the owner's notices away. A phone is not told of itself.
//! 3. "This wasn't me" ([`not_me`]) takes back, by one transaction: of a login its session, the grants and tokens, and what it
//!    allowed the site for the first time; of a device all that it confirmed, every device that it let in, and every passkey that was made on it; of a passkey the passkey
//!    and the devices that it let in. The sites hear of it by back-channel logout ([`crate::oidc::logout`]).

use std::{collections::HashMap, time::Duration};

use protocol::notice::{NoticeKind, Notices};
use uuid::Uuid;

use super::{
    device::DeviceId,
    phone_session::{PhoneError, PhoneSession},
};
use crate::{
    app::App,
    clock::Time,
    login::{LoginId, context::BrowserContext},
    oauth::client::ClientId,
    store::StoreError,
    trail::Actor,
};

/// How long after it was seen a notice is shown again.
pub const AGAIN_AFTER: Duration = Duration::from_hours(24);

/// How often each phone shows a notice.
pub const TIMES: u8 = 2;

/// How long a notice is kept, and can be answered.
pub const KEPT_FOR: Duration = Duration::from_hours(30 * 24);

/// Most notices that a phone is told of at once: the newest.
pub const MOST_TOLD: u32 = 50;

/// Identifies a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeId(pub Uuid);

impl NoticeId {
    /// Reads an identifier; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

/// A notice as one phone has it.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its identifier.
    pub id: NoticeId,
    /// What happened.
    pub kind: NoticeKind,
    /// When.
    pub at: Time,
    /// The browser that was signed in, or where a device or passkey was added from.
    pub from: BrowserContext,
    /// The phone that confirmed, or the device that was added, or on which the passkey was.
    pub device: DeviceId,
    /// The site, for a login.
    pub client: Option<ClientId>,
    /// What the device or passkey is called, if it is there still.
    pub name: Option<String>,
    /// How often this phone has said that it was seen.
    pub seen: u8,
    /// When this phone shows it.
    pub due_at: Time,
}

/// What was taken back.
#[derive(Debug, Clone, Default)]
pub struct TakenBack {
    /// By whose word.
    pub by: Actor,
    /// Logins that were still under way.
    pub logins: Vec<LoginId>,
}

/// What this phone's owner has to hear of.
pub async fn notices(app: &App, phone: &PhoneSession) -> Result<Notices, PhoneError> {
    let now = app.clock.now();
    let waiting = app.store.waiting_devices(phone.account.id, now).await?;
    let notices = app.store.notices(&phone.device, now, MOST_TOLD).await?;
    let mut sites = HashMap::new();
    for client in notices.iter().filter_map(|notice| notice.client.as_ref()) {
        if !sites.contains_key(client.as_str()) {
            sites.insert(client.as_str().to_owned(), site(app, client).await?);
        }
    }
    let told = notices.iter().map(|notice| protocol::notice::Notice {
        id: notice.id.0.to_string(),
        kind: notice.kind,
        at: notice.at.seconds(),
        due: notice.due_at <= now,
        seen: notice.seen,
        site: notice.client.as_ref().and_then(|client| sites.get(client.as_str()).cloned()),
        device: notice.name.clone(),
        this_device: notice.device == phone.device.id,
        from: notice.from.for_approver(notice.at),
    });
    let notices = told.collect();
    Ok(Notices { waiting: waiting.iter().map(|device| device.summary(now)).collect(), notices })
}

async fn site(app: &App, client: &ClientId) -> Result<String, StoreError> {
    Ok(app.store.client(client).await?.map_or_else(|| client.to_string(), |client| client.name))
}

/// The owner has seen it on this phone. Said twice in a row it counts once: the second time is a day later.
pub async fn seen(app: &App, phone: &PhoneSession, id: NoticeId) -> Result<(), PhoneError> {
    let known = app.store.acknowledge_notice(id, &phone.device, app.clock.now()).await?;
    if known { Ok(()) } else { Err(PhoneError::UnknownNotice) }
}

/// It was somebody else: step 3.
pub async fn not_me(app: &App, phone: &PhoneSession, id: NoticeId) -> Result<(), PhoneError> {
    let taken_back = app.store.take_back(id, phone, app.clock.now()).await?;
    let taken_back = taken_back.ok_or(PhoneError::UnknownNotice)?;
    app.logouts.notify_one();
    for login in taken_back.logins {
        app.bell.ring(login);
    }
    Ok(())
}
