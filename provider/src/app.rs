//! The App: all that a request may touch. There is no other clock, randomness or state.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use crate::{
    account::password::Passwords,
    clock::Clock,
    config::Config,
    keys::{KeyError, KeyRing},
    limits::Limiter,
    login::bell::Bell,
    oauth::client_keys::KeyCache,
    outbound::Outbound,
    random::Random,
    shutdown::Shutdown,
    store::Store,
};

/// All that a request may touch.
#[derive(Debug)]
pub struct App {
    /// What the operator decided.
    pub config: Config,
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// Signing keys.
    pub keys: KeyRing,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Wakes those who wait for a login.
    pub bell: Bell,
    /// Wakes the worker that tells sites of sign-outs.
    pub logouts: Notify,
    /// Password hashing, a few at a time.
    pub passwords: Passwords,
    /// Calls to other people's servers.
    pub outbound: Outbound,
    /// Keys of clients, fetched from their addresses.
    pub client_keys: KeyCache,
    /// Counts calls.
    pub limiter: Limiter,
    /// One permit for each browser that waits.
    pub followers: Arc<Semaphore>,
    /// Raised when the server is about to stop.
    pub shutdown: Shutdown,
}

impl App {
    /// Puts an App together; makes the signing keys at first start.
    pub async fn new(
        config: Config,
        store: Arc<dyn Store>,
        clock: Clock,
        random: Random,
    ) -> Result<Self, KeyError> {
        let keys = KeyRing::load_or_make(&*store, config.key_encryption.clone(), clock.now()).await?;
        let limiter = Limiter::new(&config.limits, &keys);
        let followers = Arc::new(Semaphore::new(config.limits.followers));
        let outbound = Outbound::new(config.outbound.clone());
        Ok(Self {
            config,
            store,
            keys,
            clock,
            random,
            bell: Bell::default(),
            logouts: Notify::new(),
            passwords: Passwords::default(),
            outbound,
            client_keys: KeyCache::default(),
            limiter,
            followers,
            shutdown: Shutdown::default(),
        })
    }
}
