//! A table of counts in a fixed amount of memory, by the generic cell rate algorithm (ITU-T I.371 annex A, the virtual scheduling
//! form).
//!
//! 1. Of each caller one time is kept: when the calls admitted so far would have been due, had they come evenly. A call is admitted while
//!    that lies less than a minute ahead, and moves it on by a minute's share. Once it has passed, the caller is as good as new.
//! 2. A caller's fingerprint, a keyed hash, names a set of [`WAYS`] places; theirs is among them. Without the key nobody can tell
//!    who shares a set with whom.
//! 3. Where a set is full, the caller in it whose time comes first is forgotten, who had the least to be held back for. To forget
//!    somebody only ever lets them do more: so whoever fills the table, with however many addresses, takes nothing from
//!    anybody, and cannot shake off what is counted against themselves except by being counted as much elsewhere.
//! 4. A clock that is set back would hold callers back for as long; no time is believed that lies more than a minute ahead.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::hmac;

use super::TooMany;
use crate::clock::Time;

/// Sets in a table.
const SETS: usize = 4096;

/// Places in a set.
const WAYS: usize = 8;

/// What a rate is counted in, in microseconds.
const MINUTE: i64 = 60_000_000;

/// Who is counted: a place and a name, told by a keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint {
    set: usize,
    tag: u64,
}

impl Fingerprint {
    /// Of a caller that is known by these bytes: HMAC-SHA256 (RFC 2104), the first 16 bytes.
    pub(super) fn of(key: &[u8; 32], who: &[u8]) -> Self {
        let hash = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), who);
        let word = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash.as_ref()[at..at + 8]);
            u64::from_be_bytes(bytes)
        };
        let set = usize::try_from(word(0) % SETS as u64).unwrap_or(0);
        // Nought is the tag of an empty place.
        Self { set, tag: word(8).max(1) }
    }
}

/// The callers' names and times, side by side.
struct Places {
    tags: Box<[[u64; WAYS]]>,
    due: Box<[[i64; WAYS]]>,
}

/// Counts of one rule.
pub(super) struct Table {
    /// Microseconds from one call to the next, if they come evenly; none: no limit.
    interval: Option<i64>,
    places: Mutex<Places>,
}

impl Table {
    /// A table for this many calls a minute, and as many at once; 0: no limit.
    pub(super) fn new(calls: u32) -> Self {
        let interval = (calls > 0).then(|| (MINUTE / i64::from(calls)).max(1));
        let sets = if interval.is_some() { SETS } else { 0 };
        let places = Places {
            tags: vec![[0; WAYS]; sets].into_boxed_slice(),
            due: vec![[0; WAYS]; sets].into_boxed_slice(),
        };
        Self { interval, places: Mutex::new(places) }
    }

    /// Counts a call, if there is room for it.
    pub(super) fn admit(&self, who: Fingerprint, now: Time) -> Result<(), TooMany> {
        let Some(interval) = self.interval else { return Ok(()) };
        let now = now.millis().saturating_mul(1000);
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let Places { tags, due } = &mut *places;
        let (tags, due) = (&mut tags[who.set], &mut due[who.set]);
        let known = tags.iter().position(|tag| *tag == who.tag);
        let due_at = known.map_or(now, |place| {
            due[place] = due[place].min(now + MINUTE);
            due[place].max(now)
        });
        let next = due_at + interval;
        if next > now + MINUTE {
            let wait = u64::try_from(next - now - MINUTE).unwrap_or(0);
            return Err(TooMany { retry_after: Duration::from_micros(wait) });
        }
        let place = known.unwrap_or_else(|| (0..WAYS).min_by_key(|place| due[*place]).unwrap_or(0));
        (tags[place], due[place]) = (who.tag, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const START: Time = Time::from_millis(1_767_225_600_000);

    fn who(name: &str) -> Fingerprint {
        Fingerprint::of(&KEY, name.as_bytes())
    }

    fn admitted(table: &Table, name: &str, calls: u32, now: Time) -> u32 {
        (0..calls).filter(|_| table.admit(who(name), now).is_ok()).count().try_into().unwrap()
    }

    #[test]
    fn so_many_pass_at_once_and_as_many_again_in_each_minute() {
        let table = Table::new(60);
        assert_eq!(admitted(&table, "a", 100, START), 60);
        assert_eq!(admitted(&table, "a", 100, START + Duration::from_secs(10)), 10);
        assert_eq!(admitted(&table, "b", 100, START), 60, "others are counted by themselves");
        assert_eq!(admitted(&table, "a", 100, START + Duration::from_mins(2)), 60);
    }

    #[test]
    fn whoever_waits_as_long_as_told_is_admitted() {
        let table = Table::new(7);
        let mut now = START;
        assert_eq!(admitted(&table, "a", 8, now), 7);
        for _ in 0..20 {
            let refused = table.admit(who("a"), now).unwrap_err();
            let early = now + refused.retry_after.saturating_sub(Duration::from_millis(2));
            assert!(table.admit(who("a"), early).is_err(), "not sooner");
            now = now + refused.retry_after + Duration::from_millis(1);
            assert!(table.admit(who("a"), now).is_ok());
        }
    }

    #[test]
    fn to_be_refused_costs_nothing_more() {
        let table = Table::new(60);
        admitted(&table, "a", 60, START);
        let first = table.admit(who("a"), START).unwrap_err();
        admitted(&table, "a", 10_000, START);
        assert_eq!(table.admit(who("a"), START).unwrap_err(), first);
    }

    #[test]
    fn nought_is_no_limit_and_takes_no_memory() {
        let table = Table::new(0);
        assert_eq!(admitted(&table, "a", 10_000, START), 10_000);
        assert!(table.places.lock().unwrap().tags.is_empty());
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_back_for_longer_than_a_minute() {
        let table = Table::new(10);
        admitted(&table, "a", 10, START);
        let back = Time::from_millis(START.millis() - 86_400_000);
        assert!(table.admit(who("a"), back).is_err());
        assert!(table.admit(who("a"), back + Duration::from_secs(7)).is_ok());
    }

    /// A flood from three times as many addresses as the table has places for.
    fn flood(table: &Table, now: Time) {
        for n in 0..3 * SETS * WAYS {
            assert!(
                table.admit(who(&format!("flood {n}")), now).is_ok(),
                "who has not called is never refused"
            );
        }
    }

    #[test]
    fn a_flood_of_callers_takes_no_more_memory_and_nothing_from_others() {
        let table = Table::new(60);
        admitted(&table, "victim", 30, START);
        flood(&table, START);
        assert!(admitted(&table, "victim", 30, START) == 30, "what was theirs is theirs");
        assert_eq!(table.places.lock().unwrap().tags.len(), SETS);
    }

    #[test]
    fn a_flood_of_callers_does_not_wash_away_what_is_counted_against_one() {
        let table = Table::new(60);
        assert_eq!(admitted(&table, "offender", 100, START), 60);
        flood(&table, START);
        assert_eq!(admitted(&table, "offender", 100, START), 0);
    }

    #[test]
    fn where_somebody_is_counted_takes_the_key_to_tell() {
        assert_eq!(who("a"), who("a"));
        assert_ne!(who("a"), who("b"));
        assert_ne!(who("a"), Fingerprint::of(&[8; 32], b"a"));
    }
}
