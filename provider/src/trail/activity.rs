//! The person's own part of the trail, for the app.

use protocol::phone::{Activity, ActivityEntry, ActivityKind};
use uuid::Uuid;

use super::{EntryId, Event, Kept};
use crate::{account::phone_session::PhoneSession, app::App, oauth::client::ClientId, store::StoreError};

/// Entries on a page.
const PAGE: u32 = 50;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest entries.
    First,
    /// What is older than this entry.
    Before(EntryId),
}

impl Page {
    /// Reads the name of the last entry that the reader has; `None` if it cannot be one.
    pub fn parse(before: Option<&str>) -> Option<Self> {
        let Some(before) = before else { return Some(Self::First) };
        Uuid::try_parse(before).ok().map(|id| Self::Before(EntryId(id)))
    }
}

/// A page of what happened to an account, the newest first.
pub async fn activity(app: &App, phone: &PhoneSession, page: Page) -> Result<Activity, StoreError> {
    let kept = app.store.activity(phone.account.id, page, PAGE).await?;
    let more = u32::try_from(kept.len()).is_ok_and(|read| read == PAGE);
    let next = kept.last().filter(|_| more).map(|last| last.id.0.simple().to_string());
    let devices = app.store.device_names(phone.account.id).await?;
    let mut entries = Vec::new();
    for one in kept {
        let Some(kind) = kind(&one.entry.event) else { continue };
        let subject = &one.entry.subject;
        let known = subject.device.and_then(|id| devices.iter().find(|(known, _)| *known == id));
        entries.push(ActivityEntry {
            id: one.id.0.simple().to_string(),
            at: one.entry.at.seconds(),
            kind,
            site: match &subject.client {
                Some(client) => Some(site(app, client).await?),
                None => None,
            },
            device: known.map(|(_, name)| name.as_str().to_owned()).or_else(|| named(&one)),
            current_device: subject.device == Some(phone.device.id),
            address: subject.address.map(|address| address.to_string()),
        });
    }
    Ok(Activity { entries, next })
}

/// The name that a device had when it was enrolled, where it is gone.
fn named(kept: &Kept) -> Option<String> {
    match &kept.entry.event {
        Event::DeviceEnrolled { name }
        | Event::DeviceAsked { name }
        | Event::DeviceAllowed { name }
        | Event::DeviceTurnedAway { name } => Some(name.clone()),
        _ => None,
    }
}

async fn site(app: &App, id: &ClientId) -> Result<String, StoreError> {
    Ok(app.store.client(id).await?.map_or_else(|| id.to_string(), |client| client.name))
}

/// What a person is told of; the rest is between sites and the server.
const fn kind(event: &Event) -> Option<ActivityKind> {
    Some(match event {
        Event::LoginScanned { .. } => ActivityKind::LoginScanned,
        Event::LoginConfirmed { .. } => ActivityKind::LoginConfirmed,
        Event::LoginDenied { .. } => ActivityKind::LoginDenied,
        Event::LoginCancelled {} => ActivityKind::LoginCancelled,
        Event::SignedIn {} => ActivityKind::SignedIn,
        Event::GrantRevoked { .. } => ActivityKind::GrantRevoked,
        Event::SignInFailed {} => ActivityKind::SignInFailed,
        Event::DeviceEnrolled { .. } => ActivityKind::DeviceEnrolled,
        Event::DeviceAsked { .. } => ActivityKind::DeviceAsked,
        Event::DeviceAllowed { .. } => ActivityKind::DeviceAllowed,
        Event::DeviceTurnedAway { .. } => ActivityKind::DeviceTurnedAway,
        Event::PasskeyAdded { .. } => ActivityKind::PasskeyAdded,
        Event::PasskeyRemoved { .. } => ActivityKind::PasskeyRemoved,
        Event::NextDeviceAllowed {} => ActivityKind::NextDeviceAllowed,
        Event::TakenBack { .. } => ActivityKind::TakenBack,
        Event::DeviceRevoked { .. } => ActivityKind::DeviceRevoked,
        Event::ConsentWithdrawn {} => ActivityKind::ConsentWithdrawn,
        Event::SessionEnded { .. } => ActivityKind::SessionEnded,
        Event::SignedOutEverywhere { .. } => ActivityKind::SignedOutEverywhere,
        Event::AccountAdded {} => ActivityKind::AccountAdded,
        Event::LoginStarted {}
        | Event::LoginChecked { .. }
        | Event::GrantMade { .. }
        | Event::ClientImported {}
        | Event::ClientRegistered {}
        | Event::ClientUpdated {}
        | Event::ClientRemoved { .. }
        | Event::ClientSecretRotated {}
        | Event::SigningKeyMade { .. } => return None,
    })
}
