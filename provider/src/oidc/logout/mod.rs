//! Signing out: a site asks for it, and every site of the session hears of it.
//!
//! 1. A site sends its visitor to sign out ([`request`], OpenID Connect RP-Initiated Logout), the person signs out a phone or takes back what
//!    they allowed a site, or the operator signs them out.
//! 2. The transaction that ends it queues a notice for each site that is concerned and wants to be told
//!    (OpenID Connect Back-Channel Logout section 2.5). So no crash can come between the two.
//! 3. A worker ([`deliver`]) claims what is due by a conditional write, signs a logout token ([`token`]) and posts it to the site. What fails is
//!    tried again, with growing pauses, for a day.

pub mod deliver;
pub mod request;
pub mod token;

use crate::{
    account::{AccountId, device::DeviceId},
    app::App,
    clock::Time,
    login::session::{Ending, SessionId},
    oauth::client::ClientId,
    store::StoreError,
    trail::Actor,
};

/// Identifies a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeId(pub [u8; 16]);

/// A site that has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutNotice {
    /// Its identifier.
    pub id: NoticeId,
    /// The site.
    pub client: ClientId,
    /// Who has been signed out.
    pub account: AccountId,
    /// The session that ended, as the site knows it; `None`: all of the person's sessions there.
    pub sid: Option<String>,
    /// When it ended.
    pub created_at: Time,
    /// How often the site has been tried, this time included.
    pub attempts: u32,
}

/// What a worker claims.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// Notices that are due by then.
    pub now: Time,
    /// Until when they are the worker's. Who has not answered by then has died.
    pub until: Time,
    /// At most so many,
    pub most: u32,
    /// and of one site at most so many at once, counting those that others have claimed.
    pub most_of_client: u32,
}

/// Ends a session; `false` if it had ended.
pub async fn end_session(app: &App, id: SessionId, ending: Ending, by: Actor) -> Result<bool, StoreError> {
    let ended = app.store.end_session(id, ending, by, app.clock.now()).await?;
    app.logouts.notify_one();
    Ok(ended)
}

/// Revokes a device of the account, and ends the sessions that it vouched for; `false` if the account has no such device.
pub async fn revoke_device(
    app: &App,
    account: AccountId,
    device: DeviceId,
    by: Actor,
) -> Result<bool, StoreError> {
    let revoked = app.store.revoke_device(account, device, by, app.clock.now()).await?;
    app.logouts.notify_one();
    Ok(revoked)
}
