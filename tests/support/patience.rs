//! Waiting with an end.

use std::time::{Duration, Instant};

/// How long anything may take before it counts as never. Generous: it is only spent by a test that fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until there is something to see, and answers it.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "this did not happen in {PATIENCE:?}: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What a future yields, if it does so within this time.
pub async fn within<T>(time: Duration, what: &str, future: impl Future<Output = T>) -> T {
    let yielded = tokio::time::timeout(time, future).await;
    yielded.unwrap_or_else(|_| panic!("this did not happen in {time:?}: {what}"))
}
