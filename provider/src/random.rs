//! The one source of randomness.

use std::sync::Mutex;

use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::clock::Time;

/// Fills bytes with randomness: the operating system's, or in tests a seeded generator's.
#[derive(Debug)]
pub enum Random {
    /// The operating system's generator.
    System,
    /// Repeatable: for tests only.
    Seeded(Box<Mutex<StdRng>>),
}

impl Random {
    /// A generator that yields the same bytes for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    ///
    /// If the operating system cannot give randomness, for then nothing here is safe.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness"),
            Self::Seeded(rng) => {
                rng.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// A version 7 UUID (RFC 9562 section 5.7): sorts by the time that is given.
    pub fn uuid(&self, now: Time) -> Uuid {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_repeat_and_the_system_does_not() {
        assert_eq!(Random::seeded(7).bytes::<32>(), Random::seeded(7).bytes::<32>());
        assert_ne!(Random::System.bytes::<32>(), Random::System.bytes::<32>());
    }

    #[test]
    fn identifiers_sort_by_time() {
        let earlier = Random::System.uuid(Time::from_millis(1_000));
        let later = Random::System.uuid(Time::from_millis(2_000));
        assert!(earlier < later);
        assert_eq!(earlier.get_version_num(), 7);
    }
}
