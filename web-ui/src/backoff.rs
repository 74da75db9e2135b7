//! How long to wait before trying again: exponential, with jitter, bounded.

/// The wait after the first failure, in milliseconds, before jitter.
const FIRST_MS: f64 = 500.0;
/// The longest wait, in milliseconds.
const LONGEST_MS: f64 = 15_000.0;

/// How long to wait after `failures` failures in a row.
///
/// Takes the count (1 after the first failure) and a random number in `0.0..1.0`; returns milliseconds between half
/// and all of `500 · 2^(failures − 1)`, at most 15 s. The jitter keeps a thousand widgets from coming back in step
/// after a restart of the server.
pub fn delay_ms(failures: u32, random: f64) -> f64 {
    let doublings = i32::try_from(failures.saturating_sub(1).min(16)).unwrap_or(16);
    let ceiling = (FIRST_MS * 2f64.powi(doublings)).min(LONGEST_MS);
    ceiling * f64::midpoint(1.0, random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wait_is_short() {
        assert!((delay_ms(1, 0.0) - 250.0).abs() < 1e-9);
        assert!((delay_ms(1, 1.0) - 500.0).abs() < 1e-9);
    }

    #[test]
    fn waits_double() {
        assert!((delay_ms(3, 1.0) - 2000.0).abs() < 1e-9);
    }

    #[test]
    fn waits_are_bounded_however_often_it_fails() {
        for failures in [6, 20, u32::MAX] {
            assert!(delay_ms(failures, 1.0) <= 15_000.0);
            assert!(delay_ms(failures, 0.0) >= 7_500.0);
        }
    }
}
