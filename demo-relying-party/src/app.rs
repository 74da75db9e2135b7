//! The site: everything that a request may touch.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::http;
use crate::oidc::{Provider, TransportError};
use crate::session::{Limits, Sessions};

/// The name on the masthead, and the client's name at the provider (`client.json`).
pub const NAME: &str = "The Gnomon";

/// The site's parts.
#[derive(Debug)]
pub struct App {
    /// What the operator decided.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Who says so.
    pub provider: Provider,
}

impl App {
    /// Puts the site together. Nothing is asked of the provider yet.
    pub fn new(config: Config, clock: Clock, limits: Limits) -> Result<Arc<Self>, TransportError> {
        let config = Arc::new(config);
        let provider = Provider::new(config.clone(), clock.clone())?;
        Ok(Arc::new(Self { config, clock, sessions: Sessions::new(limits), provider }))
    }

    /// The site's routes.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        http::router(self.clone())
    }
}
