//! Limits: how often anybody may ask, so that nobody can keep the server from the others.
//!
//! 1. Each route belongs to a [`Rule`] that counts by the caller's **address** before anything else is done, the store included
//!    (`crate::http` has the layer). Of IPv6 the first 64 bits count: a subscriber has that many addresses (RFC 6177 section 2).
//! 2. Once callers have proved who they are, they are counted by that, too: a **client** at the token endpoint, a **device** and its
//!    **account** at the phone API. Only then: what is merely claimed is not counted, for strangers could use up what is another's.
//! 3. Each rule admits so many calls at once and as many again in each minute, evenly ([`table`]). Who asks more gets `429` and
//!    `Retry-After` (RFC 6585 section 4).
//! 4. Beside that, only so many logins may be open at a time, of one network and in all ([`Limiter::admits_login`]). What is open
//!    already is never pushed out: who comes too late waits.
//!
//! The memory is made at the start and never grows. Several servers on one store count each by itself, but for open logins.

mod rule;
mod table;

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

pub use rule::Rule;
use table::{Fingerprint, Table};

use crate::{
    clock::Time,
    config::Limits,
    keys::KeyRing,
    store::{LoginStore, StoreError},
};

/// How long a count of all open logins is believed.
const COUNT_FOR: Duration = Duration::from_secs(1);

/// When to try again where too many logins are open: some will have ended by then.
const TOO_MANY_OPEN: Duration = Duration::from_secs(10);

/// Too many calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How long to wait before the next.
    pub retry_after: Duration,
}

impl TooMany {
    /// The wait in whole seconds, rounded up: what `Retry-After` takes (RFC 9110 section 10.2.3).
    pub fn seconds(self) -> u64 {
        self.retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
    }
}

/// Counts calls.
pub struct Limiter {
    key: [u8; 32],
    tables: [Table; Rule::ALL.len()],
    open_logins: u32,
    open_logins_per_network: u32,
    counted_at: AtomicI64,
    counted: AtomicU64,
    complained: AtomicBool,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limiter(…)")
    }
}

impl Limiter {
    /// Makes room for all counts. Where a caller is counted follows from a secret, so that nobody can aim at another's place.
    pub fn new(limits: &Limits, keys: &KeyRing) -> Self {
        Self {
            key: keys.derive("limits", b""),
            tables: Rule::ALL.map(|rule| Table::new(limits.rates.of(rule))),
            open_logins: limits.open_logins,
            open_logins_per_network: limits.open_logins_per_network,
            counted_at: AtomicI64::new(i64::MIN),
            counted: AtomicU64::new(0),
            complained: AtomicBool::new(false),
        }
    }

    /// Counts a call from an address.
    pub fn admit_address(&self, rule: Rule, address: IpAddr, now: Time) -> Result<(), TooMany> {
        match network(address) {
            IpAddr::V4(address) => self.admit(rule, &address.octets(), now),
            IpAddr::V6(address) => self.admit(rule, &address.octets(), now),
        }
    }

    /// Counts a call of somebody who is known by these bytes.
    pub fn admit(&self, rule: Rule, who: &[u8], now: Time) -> Result<(), TooMany> {
        self.tables[rule as usize].admit(Fingerprint::of(&self.key, who), now)
    }

    /// Whether nobody has asked this before: what the operator should know is logged once, not at each refusal.
    pub fn is_first_complaint(&self) -> bool {
        !self.complained.swap(true, Ordering::Relaxed)
    }

    /// Whether one more login may be opened from this address. Of calls at the same moment, a few more than the number may pass.
    pub async fn admits_login(
        &self,
        store: &dyn LoginStore,
        address: IpAddr,
        now: Time,
    ) -> Result<Result<(), TooMany>, StoreError> {
        let too_many = Ok(Err(TooMany { retry_after: TOO_MANY_OPEN }));
        let most = self.open_logins_per_network;
        if most > 0 && store.open_logins_of(network(address), most, now).await? >= most {
            return too_many;
        }
        if self.open_logins > 0 && self.open_logins_now(store, now).await? > u64::from(self.open_logins) {
            return too_many;
        }
        Ok(Ok(()))
    }

    /// How many logins are open, with this one. Counted once a second; what starts in between is added.
    async fn open_logins_now(&self, store: &dyn LoginStore, now: Time) -> Result<u64, StoreError> {
        let fresh_until = self.counted_at.load(Ordering::Relaxed).saturating_add(millis(COUNT_FOR));
        if now.millis() >= fresh_until {
            let counted = store.open_logins(self.open_logins, now).await?;
            self.counted.store(u64::from(counted), Ordering::Relaxed);
            self.counted_at.store(now.millis(), Ordering::Relaxed);
        }
        Ok(self.counted.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The network that counts as one caller: an IPv4 address, or the first 64 bits of an IPv6 address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ipv6_the_first_64_bits_count() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2:ffff::1"), of("2001:db8:1:2::"));
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
    }

    #[test]
    fn of_ipv4_all_counts_in_both_its_forms() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_as_none() {
        let seconds = |millis| TooMany { retry_after: Duration::from_millis(millis) }.seconds();
        assert_eq!((seconds(0), seconds(1), seconds(1000), seconds(1001)), (1, 1, 1, 2));
    }
}
