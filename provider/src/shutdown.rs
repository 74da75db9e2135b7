//! Tells whoever waits that the server is about to stop, so that browsers reconnect to the next one.

use std::sync::Arc;

use tokio::sync::watch;

/// A flag that is raised once.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Shutdown {
    /// Raises the flag.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it is raised.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is raised.
    pub async fn stopping(&self) {
        // The sender is held by `self`, so this cannot fail.
        let _ = self.0.subscribe().wait_for(|stopping| *stopping).await;
    }
}
