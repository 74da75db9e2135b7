//! The frames of a login's QR code: which one is of this moment.
//!
//! The server says how old the login is with every view; in between the browser's own monotonic clock counts on. That clock stands
//! still while a computer sleeps, which the session notices ([`super::session`]), and looks again.

use std::cell::Cell;

use protocol::login::QrSeed;
use protocol::qr::{FRAME_MS, FrameKey, dated};

/// A login's code.
pub(crate) struct Frames {
    prefix: String,
    key: FrameKey,
    /// When the login started, on the scale of the browser's monotonic clock in milliseconds.
    born_ms: Cell<f64>,
    /// The frame that was drawn last.
    drawn: Cell<Option<u64>>,
}

impl Frames {
    /// From what the server gave, at `now_ms`; `None` if that is no key.
    pub(crate) fn new(seed: &QrSeed, now_ms: f64) -> Option<Self> {
        let frames = Self {
            prefix: seed.prefix.clone(),
            key: FrameKey::parse(&seed.key)?,
            born_ms: Cell::new(0.0),
            drawn: Cell::new(None),
        };
        frames.set_age(seed.age_ms, now_ms);
        Some(frames)
    }

    /// Takes the server's word for how old the login is at `now_ms`.
    pub(crate) fn set_age(&self, age_ms: u64, now_ms: f64) {
        // What a login's age can be fits a float to the millisecond.
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        self.born_ms.set(now_ms - age_ms as f64);
    }

    /// How old the login is at `now_ms`, in milliseconds.
    pub(crate) fn age_ms(&self, now_ms: f64) -> u64 {
        // Saturates at 0, should the clock be set back before the login's start.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let age = (now_ms - self.born_ms.get()) as u64;
        age
    }

    /// What the code says at `now_ms`, if that is not what was drawn last. `calm`: every second frame is enough, for who is disturbed by
    /// what moves.
    pub(crate) fn next(&self, now_ms: f64, calm: bool) -> Option<String> {
        let frame = (self.age_ms(now_ms) / FRAME_MS) & if calm { !1 } else { !0 };
        (self.drawn.replace(Some(frame)) != Some(frame))
            .then(|| dated(&self.prefix, &self.key, frame * FRAME_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    fn frames(age_ms: u64) -> Frames {
        let seed = QrSeed { prefix: "https://l.example/q/x".into(), key: KEY.into(), age_ms };
        Frames::new(&seed, 1_000.0).unwrap()
    }

    fn code(age_ms: u64) -> String {
        dated("https://l.example/q/x", &FrameKey::parse(KEY).unwrap(), age_ms)
    }

    #[test]
    fn it_is_drawn_anew_every_two_seconds_and_not_in_between() {
        let frames = frames(0);
        assert_eq!(frames.next(1_000.0, false), Some(code(0)));
        assert_eq!(frames.next(2_999.0, false), None);
        assert_eq!(frames.next(3_000.0, false), Some(code(2_000)));
        assert_eq!(frames.next(3_250.0, false), None);
    }

    #[test]
    fn where_motion_disturbs_every_four() {
        let frames = frames(3_000);
        assert_eq!(frames.next(1_000.0, true), Some(code(0)));
        assert_eq!(frames.next(1_999.0, true), None);
        assert_eq!(frames.next(2_000.0, true), Some(code(4_000)));
    }

    #[test]
    fn it_begins_at_the_age_that_the_server_says_and_is_set_right_by_it() {
        let frames = frames(61_000);
        assert_eq!(frames.next(1_500.0, false), Some(code(60_000)));
        // The computer has slept: the monotonic clock went on by one second, the server's by a minute.
        frames.set_age(122_500, 2_500.0);
        assert_eq!(frames.next(2_500.0, false), Some(code(122_000)));
        assert_eq!(frames.age_ms(0.0), 120_000);
    }

    #[test]
    fn without_a_key_there_are_none() {
        let seed = QrSeed { prefix: String::new(), key: "?".into(), age_ms: 0 };
        assert!(Frames::new(&seed, 0.0).is_none());
    }
}
