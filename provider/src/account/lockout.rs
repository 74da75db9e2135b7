//! Wrong passwords cost time, and the time of whoever tries them: nobody can lock somebody else out.
//!
//! 1. Tries are counted by the account's name **and** who tries: the network (an IPv4 address, or an IPv6 network of 64 bits), or a phone whose key
//!    the account knows. After [`Patience::free`] wrong ones each further one must wait twice as long as the one before, up to
//!    [`LONGEST`].
//! 2. So that many networks together do not guess what one may not, tries from all networks that the account has never been used from are counted
//!    together besides. What they use up is theirs alone: a phone that the account knows and a network that its phones have called
//!    from are not counted there.
//! 3. A try is counted **before** the password is looked at, by one transaction: of a hundred at once no more get through than of a hundred in a
//!    row. A right password takes its own back ([`Claim`]). One that only got as far as to wait for another phone's yes
//!    ([`super::admission`]) counts until that comes; a no counts as [`DECLINED`] wrong ones.
//! 4. A name that is no account's is counted the same, by its hash, so that the answers tell nothing.
//! 5. Counts are forgotten [`FORGOTTEN_AFTER`] the last try. There are at most [`MOST_ROWS`]; beyond that those with the fewest failures go first,
//!    which are the flood's own.
//!
//! A person who cannot wait signs in with a passkey, or on a phone that is known.

use std::{net::IpAddr, time::Duration};

use super::{AccountName, phone_session::PhoneError};
use crate::{app::App, clock::Time, limits::network, oauth::dpop::Thumbprint, secret::Digest};

/// Longest that a next try must wait.
pub const LONGEST: Duration = Duration::from_mins(15);

/// How long after the last try all is forgotten.
pub const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// As many wrong passwords it counts when the account's owner turns a device away that knew the right one.
pub const DECLINED: u32 = 5;

/// Most counts that are kept.
pub const MOST_ROWS: u32 = 100_000;

/// Most networks that are known of an account: the last used.
pub const MOST_NETWORKS: u32 = 20;

/// How long a network is known that is not used.
pub const NETWORK_KNOWN_FOR: Duration = Duration::from_hours(180 * 24);

/// How many wrong tries cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// So many.
    pub free: u32,
}

impl Patience {
    /// With one network, or one phone.
    pub const ONE: Self = Self { free: 5 };
    /// With all networks together that an account does not know.
    pub const STRANGERS: Self = Self { free: 30 };

    /// How long the next try must wait after so many wrong ones.
    pub const fn delay(self, failures: u32) -> Duration {
        if failures < self.free {
            return Duration::ZERO;
        }
        let doublings = failures - self.free;
        // 2^10 seconds are more than the longest.
        if doublings >= 10 { LONGEST } else { Duration::from_secs(1 << doublings) }
    }
}

/// Who tries what.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Hash of the account's name, or of nothing where what was typed can be none.
    pub name: Digest,
    /// The account's name, whether there is such an account or not.
    pub account: Option<AccountName>,
    /// The key of the phone that tries.
    pub key: Thumbprint,
    /// The network that it calls from.
    pub network: IpAddr,
}

impl Attempt {
    /// A try to sign in to this account.
    pub fn new(account: Option<&AccountName>, key: &Thumbprint, address: IpAddr) -> Self {
        let name = Digest::of(account.map_or("", AccountName::as_str));
        Self { name, account: account.cloned(), key: key.clone(), network: network(address) }
    }
}

/// A try that has been counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Rows that it is counted in, the tries of whoever makes it first.
    pub rows: Vec<i64>,
}

/// Whether a try may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may, and has been counted.
    Go(Claim),
    /// Not yet.
    Wait(Duration),
}

/// How a try that was counted went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The password was right: whoever tried starts anew.
    Right,
    /// It was not looked at.
    NotTried,
}

/// Counts a try: step 3.
///
/// # Errors
///
/// [`PhoneError::TooManyAttempts`] with the time to wait.
pub(super) async fn claim(app: &App, attempt: &Attempt) -> Result<Claim, PhoneError> {
    match app.store.claim_attempt(attempt, MOST_ROWS, app.clock.now()).await? {
        Verdict::Go(claim) => Ok(claim),
        Verdict::Wait(left) => Err(PhoneError::TooManyAttempts(left)),
    }
}

/// How long a count still holds the next try up.
pub fn left(patience: Patience, failures: u32, last_at: Time, now: Time) -> Duration {
    now.until(last_at + patience.delay(failures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_tries_are_free_and_the_rest_take_twice_as_long_each_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| Patience::ONE.delay(failures).as_secs();
        assert_eq!([0, 4, 5, 6, 7, 14, 15, 1000].map(seconds), [0, 0, 1, 2, 4, 512, 900, 900]);
        assert_eq!(Patience::STRANGERS.delay(29), Duration::ZERO);
        assert_eq!(Patience::STRANGERS.delay(u32::MAX), LONGEST);
    }

    #[test]
    fn a_delay_runs_from_the_last_try() {
        let at = |seconds: i64| Time::from_millis(seconds * 1000);
        assert_eq!(left(Patience::ONE, 7, at(100), at(101)), Duration::from_secs(3));
        assert_eq!(left(Patience::ONE, 7, at(100), at(104)), Duration::ZERO);
    }

    #[test]
    fn what_can_be_no_name_is_counted_together() {
        let attempt = |name| {
            let key = Thumbprint::from_stored("key".into());
            Attempt::new(AccountName::parse(name).as_ref(), &key, [192, 0, 2, 7].into()).name
        };
        assert_eq!(attempt("a b"), attempt("<>"));
        assert_eq!(attempt(" LIN"), attempt("lin"));
        assert_ne!(attempt("lin"), attempt("mei"));
    }
}
