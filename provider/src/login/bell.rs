//! The bell: wakes whoever waits for a login to change, after the write has committed.
//!
//! It carries no truth, only "look again". A ring that is lost costs a look some seconds later, never a wrong answer; so
//! another bell, over a network, may stand in its place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::LoginId;

type Listeners = Arc<Mutex<HashMap<LoginId, watch::Sender<()>>>>;

/// Rings for logins within this process. Its memory is that of those who listen.
#[derive(Debug, Clone, Default)]
pub struct Bell {
    listeners: Listeners,
}

/// Hears one login's rings. Those between its making and its [`heard`](Self::heard) are not missed.
#[derive(Debug)]
pub struct Listener {
    id: LoginId,
    // An option only so that `drop` can let go of it before it counts who is left.
    rings: Option<watch::Receiver<()>>,
    listeners: Listeners,
}

impl Bell {
    /// Wakes all who listen to this login.
    pub fn ring(&self, id: LoginId) {
        if let Some(rings) = lock(&self.listeners).get(&id) {
            rings.send_replace(());
        }
    }

    /// Starts to listen. Listen first, then look.
    pub fn listen(&self, id: LoginId) -> Listener {
        let rings = lock(&self.listeners).entry(id).or_insert_with(|| watch::Sender::new(())).subscribe();
        Listener { id, rings: Some(rings), listeners: self.listeners.clone() }
    }

    /// How many listen to this login.
    pub fn listeners(&self, id: LoginId) -> usize {
        lock(&self.listeners).get(&id).map_or(0, watch::Sender::receiver_count)
    }

    /// How many logins are listened to.
    pub fn listened_to(&self) -> usize {
        lock(&self.listeners).len()
    }
}

impl Listener {
    /// Returns at the next ring, or at once if it rang since the last.
    pub async fn heard(&mut self) {
        if let Some(rings) = &mut self.rings {
            // The sender stays in the map as long as this listener does.
            let _ = rings.changed().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = lock(&self.listeners);
        self.rings = None;
        if listeners.get(&self.id).is_some_and(|rings| rings.receiver_count() == 0) {
            listeners.remove(&self.id);
        }
    }
}

fn lock(listeners: &Listeners) -> MutexGuard<'_, HashMap<LoginId, watch::Sender<()>>> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> LoginId {
        LoginId(uuid::Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn a_ring_between_listening_and_waiting_is_heard() {
        let bell = Bell::default();
        let mut listener = bell.listen(id(1));
        bell.ring(id(1));
        listener.heard().await;
    }

    #[tokio::test]
    async fn everybody_hears_their_own_login_alone() {
        let bell = Bell::default();
        let (mut first, mut second, mut other) = (bell.listen(id(1)), bell.listen(id(1)), bell.listen(id(2)));
        bell.ring(id(1));
        tokio::join!(first.heard(), second.heard());
        assert!(futures_util::FutureExt::now_or_never(other.heard()).is_none());
    }

    #[test]
    fn who_leaves_leaves_nothing_behind() {
        let bell = Bell::default();
        let listeners: Vec<_> = (0..100).map(|n| bell.listen(id(n % 10))).collect();
        assert_eq!((bell.listened_to(), bell.listeners(id(1))), (10, 10));
        drop(listeners);
        assert_eq!(bell.listened_to(), 0);
        bell.ring(id(1));
        assert_eq!(bell.listened_to(), 0);
    }
}
