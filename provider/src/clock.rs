//! The one source of time.
//!
//! Production reads the system's clock; tests hold one that stands still until they turn it, and that wakes
//! whoever sleeps on it.

use std::{
    ops::{Add, Sub},
    sync::Arc,
    time::Duration,
};

use tokio::sync::watch;

/// A point in time: milliseconds since 1970 UTC, as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From milliseconds since 1970 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC, as JWTs count (RFC 7519 section 2, `NumericDate`).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long until `later`; zero if that has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0 - self.0).unwrap_or(0))
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Tells the time and sleeps by it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that tests turn.
    Manual(ManualClock),
}

impl Clock {
    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    pub fn now(&self) -> Time {
        match self {
            Self::System => {
                let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Time(since_1970.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
            }
            Self::Manual(clock) => *clock.now.borrow(),
        }
    }

    /// Returns once this clock shows `wake` or later.
    pub async fn sleep_until(&self, wake: Time) {
        match self {
            Self::System => tokio::time::sleep(self.now().until(wake)).await,
            Self::Manual(clock) => {
                let mut now = clock.now.subscribe();
                // The sender lives in `clock`, which is borrowed here, so this cannot fail.
                let _ = now.wait_for(|now| *now >= wake).await;
            }
        }
    }
}

/// A clock that stands still until it is turned.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<watch::Sender<Time>>,
}

impl ManualClock {
    /// Stands at `now`.
    pub fn at(now: Time) -> Self {
        Self { now: Arc::new(watch::Sender::new(now)) }
    }

    /// Turns the clock forward and wakes the sleepers whose time has come.
    pub fn advance(&self, span: Duration) {
        self.now.send_modify(|now| *now = *now + span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_never_negative() {
        assert_eq!(Time(5_000).until(Time(7_500)), Duration::from_millis(2_500));
        assert_eq!(Time(7_500).until(Time(5_000)), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers() {
        let manual = ManualClock::at(Time(0));
        let clock = Clock::Manual(manual.clone());
        let sleeper = tokio::spawn(async move {
            clock.sleep_until(Time(60_000)).await;
            clock.now()
        });
        manual.advance(Duration::from_secs(59));
        assert!(!sleeper.is_finished());
        manual.advance(Duration::from_secs(1));
        assert_eq!(sleeper.await.unwrap(), Time(60_000));
    }
}
