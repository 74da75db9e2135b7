//! The provider's public keys.

use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use tokio::sync::Mutex;
use url::Url;

use super::transport::{Transport, TransportError};
use crate::clock::Clock;

/// An unknown key makes the site look again, but not more often than this (seconds): whoever sends made-up key
/// identifiers must not be able to make the site hammer the provider.
const LOOK_AGAIN_AFTER: i64 = 30;

/// The keys last fetched. Keys rotate: a token that names an unknown one is the sign to fetch them again.
#[derive(Debug)]
pub struct Jwks {
    transport: Transport,
    clock: Clock,
    known: Mutex<Option<Fetched>>,
}

#[derive(Debug)]
struct Fetched {
    at: i64,
    keys: Arc<JwkSet>,
}

impl Jwks {
    /// Knows no key yet.
    pub fn new(transport: Transport, clock: Clock) -> Self {
        Self { transport, clock, known: Mutex::default() }
    }

    /// The key called `kid` in the set at `url`; `None` if there is none even in the newest set we may fetch.
    pub async fn key(&self, url: &Url, kid: &str) -> Result<Option<Jwk>, TransportError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some(fetched) = known.as_ref() {
            let found = fetched.keys.find(kid).cloned();
            if found.is_some() || now < fetched.at + LOOK_AGAIN_AFTER {
                return Ok(found);
            }
        }
        let keys: Arc<JwkSet> = Arc::new(self.transport.get_json(url, None).await?);
        let found = keys.find(kid).cloned();
        *known = Some(Fetched { at: now, keys });
        Ok(found)
    }
}
