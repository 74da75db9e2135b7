//! The worker that tells sites (OpenID Connect Back-Channel Logout section 2.5).
//!
//! 1. It claims notices that are due, by a conditional write: no two servers make the same attempt. Of one site only a few go out at once, so that a
//!    slow one holds up nobody else.
//! 2. `200` (or another success) means that the site has signed the person out. `400` means that it cannot, and never will (section 2.8).
//! 3. Anything else, or silence, is tried again after a pause that grows. After a day the site is given up.
//! 4. A server that dies with notices in its hands loses them when the claim ends; the next one, or itself, goes on.
//!
//! It wakes at a ring of [`App::logouts`], when a notice is due, and every few seconds for what other processes queued.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Claim, LogoutNotice, token};
use crate::{
    app::App,
    clock::Time,
    oauth::{error::ServerError, parameters::Parameters},
    outbound::OutboundError,
    store::StoreError,
};

/// Pauses between attempts; the last one repeats.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_hours(1),
];

/// When a site is given up.
const GIVE_UP: Duration = Duration::from_hours(24);

/// How long a claim lasts: more than an attempt takes.
pub const CLAIM: Duration = Duration::from_secs(20);

/// Sites that are told at once, by one server; and of one site, by all servers.
const AT_ONCE: u32 = 64;
const AT_ONCE_OF_CLIENT: u32 = 4;

/// How long a notice that another process queued can go unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long attempts under way may take once the server stops. What breaks off is tried again when its claim ends.
const GRACE: Duration = Duration::from_secs(2);

/// Tells sites until the server stops.
pub async fn run(app: Arc<App>) {
    let places = Arc::new(Semaphore::new(AT_ONCE as usize));
    while !app.shutdown.is_stopping() {
        let now = app.clock.now();
        if let Err(error) = send_due(&app, &places, now).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the queue of sign-outs failed");
        }
        let next = app.store.next_logout_notice().await.ok().flatten().unwrap_or(now + LOOK_EVERY);
        // What was due and not claimed waits for a place: a ring tells when there is one.
        let wake = if next <= now { now + LOOK_EVERY } else { next.min(now + LOOK_EVERY) };
        tokio::select! {
            () = app.logouts.notified() => {}
            () = app.clock.sleep_until(wake) => {}
            () = app.shutdown.stopping() => {}
        }
    }
    let _ = tokio::time::timeout(GRACE, places.acquire_many(AT_ONCE)).await;
}

/// Claims what is due and there is room for, and sends each on its way.
async fn send_due(app: &Arc<App>, places: &Arc<Semaphore>, now: Time) -> Result<(), StoreError> {
    let room = u32::try_from(places.available_permits()).unwrap_or(AT_ONCE);
    let claim = Claim { now, until: now + CLAIM, most: room, most_of_client: AT_ONCE_OF_CLIENT };
    for notice in app.store.claim_logout_notices(claim).await? {
        let Ok(place) = places.clone().acquire_owned().await else { return Ok(()) };
        tokio::spawn(attend(app.clone(), notice, place));
    }
    Ok(())
}

/// One attempt, and what follows from it.
async fn attend(app: Arc<App>, notice: LogoutNotice, place: OwnedSemaphorePermit) {
    let settled = match attempt(&app, &notice).await {
        Ok(verdict) => settle(&app, &notice, verdict).await,
        Err(error) => Err(error),
    };
    if let Err(error) = settled {
        // The claim ends by itself, and the notice is tried again.
        tracing::error!(error = &error as &dyn std::error::Error, client = %notice.client, "telling a site failed on our side");
    }
    drop(place);
    app.logouts.notify_one();
}

/// What an attempt came to.
enum Verdict {
    /// The site has signed the person out.
    Told,
    /// The site does not want to be told any more.
    NotWanted,
    /// The site cannot do it.
    Refused,
    /// The site may be able to do it later.
    Failed(OutboundError),
}

async fn attempt(app: &App, notice: &LogoutNotice) -> Result<Verdict, ServerError> {
    let Some(client) = app.store.client(&notice.client).await? else { return Ok(Verdict::NotWanted) };
    let Some(url) = &client.backchannel_logout_uri else { return Ok(Verdict::NotWanted) };
    let token = token::issue(app, &client, notice)?;
    let form = Parameters::from_pairs([("logout_token".to_owned(), token)]).unwrap_or_default();
    Ok(match app.outbound.post_form(url, form.to_urlencoded()).await {
        Ok(()) => Verdict::Told,
        Err(OutboundError::Status(400)) => Verdict::Refused,
        Err(error) => Verdict::Failed(error),
    })
}

async fn settle(app: &App, notice: &LogoutNotice, verdict: Verdict) -> Result<(), ServerError> {
    let (client, attempts) = (&notice.client, notice.attempts);
    match verdict {
        Verdict::Told => tracing::debug!(%client, attempts, "a site was told of a sign-out"),
        Verdict::NotWanted => {
            tracing::debug!(%client, "a site does not want to be told of sign-outs any more");
        }
        Verdict::Refused => tracing::warn!(%client, "a site refused to be told of a sign-out"),
        Verdict::Failed(reason) => match next_attempt(notice, app.clock.now()) {
            Some(due_at) => {
                tracing::info!(%client, attempts, %reason, "a site could not be told of a sign-out; it is tried again");
                return Ok(app.store.postpone_logout_notice(notice, due_at).await?);
            }
            None => {
                tracing::warn!(%client, attempts, %reason, "a site could not be told of a sign-out; it is given up");
            }
        },
    }
    Ok(app.store.finish_logout_notice(notice).await?)
}

/// When to try again, after an attempt that failed at `now`; `None`: never.
fn next_attempt(notice: &LogoutNotice, now: Time) -> Option<Time> {
    let failed = usize::try_from(notice.attempts).unwrap_or(usize::MAX).saturating_sub(1);
    let due_at = now + PAUSES[failed.min(PAUSES.len() - 1)];
    (due_at <= notice.created_at + GIVE_UP).then_some(due_at)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{account::AccountId, oauth::client::ClientId, oidc::logout::NoticeId};

    #[test]
    fn pauses_grow_and_end_after_a_day() {
        let start = Time::from_millis(0);
        let mut notice = LogoutNotice {
            id: NoticeId([0; 16]),
            client: ClientId::parse("site").unwrap(),
            account: AccountId(Uuid::nil()),
            sid: None,
            created_at: start,
            attempts: 1,
        };
        let (mut now, mut pauses) = (start, Vec::new());
        while let Some(next) = next_attempt(&notice, now) {
            pauses.push(now.until(next).as_secs());
            (now, notice.attempts) = (next, notice.attempts + 1);
        }
        assert_eq!(pauses[..6], [5, 30, 120, 600, 3600, 3600]);
        assert!(start.until(now) > Duration::from_hours(23) && start.until(now) <= GIVE_UP);
    }
}
