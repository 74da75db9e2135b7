//! Keys that are fetched from a client's `jwks_uri`, and kept for a while.
//!
//! A set is fetched again when it is [`FRESH_FOR`] old, or when a key is asked for that it has not (the client has changed its keys), but never
//! within [`PAUSE`] of the last attempt: who sends made-up key names makes us call nobody. While one fetches, the others wait for what it
//! brings. If a fetch fails, the old set is good for [`GOOD_FOR`].

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::sync::Mutex;
use url::Url;

use super::KeySet;
use crate::{app::App, clock::Time};

/// For how long a set is used without another look.
pub(super) const FRESH_FOR: Duration = Duration::from_mins(10);

/// For how long it is used while its address fails.
pub(super) const GOOD_FOR: Duration = Duration::from_hours(1);

/// Shortest time between two attempts at one address.
pub(super) const PAUSE: Duration = Duration::from_mins(1);

/// Most addresses that are remembered.
const MOST: usize = 1000;

/// What is asked of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What is known, if it is fresh.
    Known,
    /// Something newer, for what is known has not the key.
    New,
}

/// What one address has brought.
#[derive(Debug, Default)]
struct Entry {
    set: Option<(KeySet, Time)>,
    tried_at: Option<Time>,
}

/// The keys of each address.
#[derive(Debug, Default)]
pub struct KeyCache(std::sync::Mutex<HashMap<Url, Arc<Mutex<Entry>>>>);

impl KeyCache {
    /// The keys at this address; `None` if none could be had.
    pub(super) async fn get(&self, app: &App, uri: &Url, wanted: Wanted) -> Option<KeySet> {
        let entry = self.entry(uri);
        let mut entry = entry.lock().await;
        let now = app.clock.now();
        let fresh = entry.set.as_ref().is_some_and(|(_, at)| now < *at + FRESH_FOR);
        let may_try = entry.tried_at.is_none_or(|at| now >= at + PAUSE);
        if may_try && (!fresh || wanted == Wanted::New) {
            entry.tried_at = Some(now);
            match fetch(app, uri).await {
                Ok(set) => entry.set = Some((set, now)),
                Err(error) => {
                    tracing::warn!(%uri, error = &*error, "a client's keys cannot be had");
                }
            }
        }
        entry.set.as_ref().filter(|(_, at)| now < *at + GOOD_FOR).map(|(set, _)| set.clone())
    }

    /// The place of an address. When there are too many, those go that nobody uses at the moment.
    fn entry(&self, uri: &Url) -> Arc<Mutex<Entry>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST && !entries.contains_key(uri) {
            entries.retain(|_, entry| Arc::strong_count(entry) > 1);
        }
        entries.entry(uri.clone()).or_default().clone()
    }
}

async fn fetch(app: &App, uri: &Url) -> Result<KeySet, Box<dyn std::error::Error + Send + Sync>> {
    Ok(KeySet::read(&app.outbound.get_json(uri).await?)?)
}
