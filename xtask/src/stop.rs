//! Being asked to stop: Ctrl-C (SIGINT), SIGTERM, or the terminal going away (SIGHUP).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Says whether somebody asked this program to stop. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for the signals from now on.
    pub(crate) fn listen() -> Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop.0)).context("cannot listen for signals")?;
        }
        Ok(stop)
    }

    /// Whether a signal has come.
    pub(crate) fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Err([`Stopped`]) once a signal has come.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self.requested() { Err(Stopped) } else { Ok(()) }
    }
}

/// The error that ends a chore when somebody asked for its end. It is not reported: they know.
#[derive(Debug)]
pub(crate) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_stop_lets_work_go_on() {
        assert!(Stop::default().check().is_ok());
    }

    #[test]
    fn clones_see_the_same_request() {
        let stop = Stop::default();
        let clone = stop.clone();
        stop.0.store(true, Ordering::Relaxed);
        assert!(clone.check().is_err());
    }
}
