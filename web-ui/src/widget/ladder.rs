//! Which of the three ways to follow a login is used, and when to try again.
//!
//! 1. Server-sent events come first: one connection, news at once.
//! 2. Where a proxy holds the stream back or breaks it, long-poll: one request per change.
//! 3. Where that is cut off too, plain poll, every two seconds.
//!
//! A stream that gets no answer at all says little: perhaps there is no network, perhaps something on the way resets
//! streams. So after a few of them a plain poll is sent ahead. Once it is answered, the stream has one more chance.
//!
//! The ladder is only climbed down, silently. Each way resumes from the version that was read last, so nothing is
//! missed between two attempts.

use saoma_web_ui::backoff;

/// Pause between plain polls, in milliseconds.
const POLL_MS: f64 = 2_000.0;
/// Pause after an answer, so that a server that answers at once (one that is shutting down) is not hammered.
const PAUSE_MS: f64 = 300.0;
/// So many broken attempts in a row, and the next rung is tried.
const PATIENCE: u32 = 3;

/// A way to read the login's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Server-sent events.
    Events,
    /// `?after=<version>`.
    LongPoll,
    /// One look at a time.
    Poll,
}

/// What became of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It answered and ended in order.
    Answered,
    /// It was taken, but nothing came through in time: something on the way holds the stream back.
    Silent,
    /// It was answered in a way that this transport does not understand, or with an error.
    Refused,
    /// It began to answer and broke.
    Broken,
    /// No answer came at all.
    Unreachable,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    /// Milliseconds to wait before the next attempt.
    pub(crate) wait_ms: f64,
    /// Whether to tell the person that there is no connection.
    pub(crate) offline: bool,
}

/// Where on the ladder the widget stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ladder {
    rung: Transport,
    failures: u32,
    /// Whether a poll that was sent ahead has just been answered.
    heard: bool,
}

impl Ladder {
    /// The top rung.
    pub(crate) fn new() -> Self {
        Self::at(Transport::Events)
    }

    fn at(rung: Transport) -> Self {
        Self { rung, failures: 0, heard: false }
    }

    /// The way to use for the next attempt.
    pub(crate) fn transport(self) -> Transport {
        if self.polls_ahead() { Transport::Poll } else { self.rung }
    }

    fn polls_ahead(self) -> bool {
        self.rung == Transport::Events && self.failures >= PATIENCE
    }

    /// Learns from an attempt. `random` in `0.0..1.0` is for the jitter.
    pub(crate) fn after(&mut self, outcome: Outcome, random: f64) -> Step {
        if outcome == Outcome::Answered {
            self.heard = self.polls_ahead();
            self.failures = 0;
            let wait_ms = if self.rung == Transport::Poll { POLL_MS } else { PAUSE_MS };
            return Step { wait_ms, offline: false };
        }
        let transport = self.transport();
        self.failures += 1;
        if self.gives_up(transport, outcome) {
            let offline = outcome == Outcome::Unreachable && !self.heard;
            *self = Self::at(match transport {
                Transport::Events => Transport::LongPoll,
                Transport::LongPoll | Transport::Poll => Transport::Poll,
            });
            return Step { wait_ms: PAUSE_MS, offline };
        }
        self.heard = false;
        let offline = outcome == Outcome::Unreachable || self.failures > 1;
        Step { wait_ms: backoff::delay_ms(self.failures, random), offline }
    }

    /// Whether this outcome speaks against the transport and not against the network.
    fn gives_up(self, transport: Transport, outcome: Outcome) -> bool {
        let out_of_patience = self.failures >= PATIENCE;
        match (transport, outcome) {
            (Transport::Poll, _) | (_, Outcome::Answered) => false,
            (Transport::Events, Outcome::Unreachable) => self.heard,
            (_, Outcome::Silent | Outcome::Refused) => true,
            // A long-poll's head comes late: a proxy that cuts it off looks like no network.
            (_, Outcome::Broken) | (Transport::LongPoll, Outcome::Unreachable) => out_of_patience,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_ends_in_order_is_opened_again_soon() {
        let mut ladder = Ladder::new();
        let step = ladder.after(Outcome::Answered, 0.5);
        assert_eq!((ladder.transport(), step.offline), (Transport::Events, false));
        assert!(step.wait_ms < 1_000.0);
    }

    #[test]
    fn a_silent_stream_gives_way_to_long_poll_and_that_to_plain_poll() {
        let mut ladder = Ladder::new();
        assert!(!ladder.after(Outcome::Silent, 0.5).offline);
        assert_eq!(ladder.transport(), Transport::LongPoll);
        assert!(!ladder.after(Outcome::Refused, 0.5).offline);
        assert_eq!(ladder.transport(), Transport::Poll);
    }

    /// A ladder whose stream has been out of reach until a poll was sent ahead, and answered.
    fn heard() -> Ladder {
        let mut ladder = Ladder::new();
        for _ in 0..20 {
            assert!(ladder.after(Outcome::Unreachable, 0.5).offline);
        }
        assert_eq!(ladder.transport(), Transport::Poll);
        assert!(ladder.after(Outcome::Unreachable, 1.0).wait_ms <= 15_000.0);
        assert!(!ladder.after(Outcome::Answered, 0.5).offline);
        assert_eq!(ladder.transport(), Transport::Events);
        ladder
    }

    #[test]
    fn the_stream_is_back_when_the_network_is() {
        let mut ladder = heard();
        ladder.after(Outcome::Answered, 0.5);
        assert_eq!(ladder, Ladder::new());
    }

    #[test]
    fn a_stream_that_is_out_of_reach_while_a_poll_is_not_gives_way() {
        let mut ladder = heard();
        assert!(!ladder.after(Outcome::Unreachable, 0.5).offline);
        assert_eq!(ladder.transport(), Transport::LongPoll);
    }

    #[test]
    fn one_broken_stream_is_no_news_but_three_are_too_many() {
        let mut ladder = Ladder::new();
        assert!(!ladder.after(Outcome::Broken, 0.5).offline);
        ladder.after(Outcome::Broken, 0.5);
        ladder.after(Outcome::Broken, 0.5);
        assert_eq!(ladder.transport(), Transport::LongPoll);
    }

    #[test]
    fn an_answer_in_between_restores_patience() {
        let mut ladder = Ladder::new();
        for _ in 0..9 {
            ladder.after(Outcome::Broken, 0.5);
            ladder.after(Outcome::Answered, 0.5);
        }
        assert_eq!(ladder.transport(), Transport::Events);
    }

    #[test]
    fn a_long_poll_that_is_cut_off_gives_way() {
        let mut ladder = Ladder::at(Transport::LongPoll);
        for _ in 0..3 {
            ladder.after(Outcome::Unreachable, 0.5);
        }
        assert_eq!(ladder.transport(), Transport::Poll);
    }

    #[test]
    fn plain_poll_is_the_last_rung_and_keeps_its_pace() {
        let mut ladder = Ladder::at(Transport::Poll);
        assert!((ladder.after(Outcome::Answered, 0.5).wait_ms - 2_000.0).abs() < 1e-9);
        for outcome in [Outcome::Silent, Outcome::Refused, Outcome::Broken, Outcome::Unreachable] {
            ladder.after(outcome, 0.5);
            assert_eq!(ladder.transport(), Transport::Poll);
        }
    }

    #[test]
    fn errors_are_met_with_growing_waits() {
        let mut ladder = Ladder::at(Transport::Poll);
        let waits: Vec<f64> = (0..4).map(|_| ladder.after(Outcome::Refused, 1.0).wait_ms).collect();
        assert!(waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
    }
}
