//! Time left, counted from the moment of an answer by the browser's own monotonic clock. The wall clock, which may
//! be hours off, has no say.

/// A moment that comes, on the scale of `performance.now()` in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadline(f64);

impl Deadline {
    /// The moment `expires_in` seconds after `now_ms`.
    pub fn after(now_ms: f64, expires_in: u64) -> Self {
        let seconds = u32::try_from(expires_in).unwrap_or(u32::MAX);
        Self(now_ms + f64::from(seconds) * 1000.0)
    }

    /// Whole seconds left at `now_ms`, rounded up; 0 once it has passed.
    pub fn seconds_left(self, now_ms: f64) -> u32 {
        // A float that is clamped to 0..=u32::MAX first loses nothing but its fraction, which `ceil` has taken.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u32's range")]
        let seconds = ((self.0 - now_ms) / 1000.0).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
        seconds
    }

    /// Milliseconds left at `now_ms`; negative once it has passed.
    pub fn ms_left(self, now_ms: f64) -> f64 {
        self.0 - now_ms
    }
}

/// Seconds as people write them on a clock: `1:58`, `0:09`.
pub fn clock(seconds: u32) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let zero = if rest < 10 { "0" } else { "" };
    [minutes.to_string().as_str(), ":", zero, rest.to_string().as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_up_as_the_server_s_do() {
        let deadline = Deadline::after(1_000.0, 120);
        assert_eq!(deadline.seconds_left(1_000.0), 120);
        assert_eq!(deadline.seconds_left(1_001.0), 120);
        assert_eq!(deadline.seconds_left(2_000.0), 119);
    }

    #[test]
    fn time_left_stops_at_zero() {
        let deadline = Deadline::after(0.0, 1);
        assert_eq!(deadline.seconds_left(1_000.0), 0);
        assert_eq!(deadline.seconds_left(99_000.0), 0);
    }

    #[test]
    fn milliseconds_go_on_below_zero() {
        let deadline = Deadline::after(0.0, 1);
        assert!((deadline.ms_left(250.0) - 750.0).abs() < 1e-9);
        assert!((deadline.ms_left(1_500.0) + 500.0).abs() < 1e-9);
    }

    #[test]
    fn the_clock_has_two_digits_of_seconds() {
        assert_eq!(clock(118), "1:58");
        assert_eq!(clock(60), "1:00");
        assert_eq!(clock(9), "0:09");
        assert_eq!(clock(0), "0:00");
    }
}
