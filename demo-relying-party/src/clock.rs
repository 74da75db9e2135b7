//! The one place that reads the time, so that tests can turn it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time as whole seconds since 1970 (the `NumericDate` of RFC 7519 section 2).
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's own clock.
    System,
    /// A clock that stands still until somebody turns it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now` (seconds since 1970).
    pub fn manual(now: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now)))
    }

    /// The time: seconds since 1970.
    pub fn now(&self) -> i64 {
        match self {
            Self::System => system_now(),
            Self::Manual(time) => time.load(Ordering::SeqCst),
        }
    }

    /// Turns a manual clock forward by `seconds`; does nothing to the machine's.
    pub fn turn(&self, seconds: i64) {
        if let Self::Manual(time) = self {
            time.fetch_add(seconds, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock function")]
fn system_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
