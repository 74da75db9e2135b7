//! What can happen, drawn at random; and the move that it comes to once it is known which logins, tickets and codes there are.

use proptest::prelude::*;
use protocol::login::RenewReason;

/// Phones: the first two are of one account, the last of another.
pub(super) const PHONES: usize = 3;

/// Browsers.
const BROWSERS: u8 = 3;

/// A step as it is drawn. `pick` says which login, ticket or code; `twist` whether it comes with what belongs to it or with
/// somebody else's; `who` says which browser, phone or site.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) pick: u8,
    pub(super) twist: u8,
    pub(super) who: u8,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Start,
    Renew,
    Look,
    Scan,
    Confirm,
    Deny,
    Cancel,
    Collect,
    Redeem,
    Pass { seconds: u64 },
    Revoke,
    Refresh,
    Sweep,
}

/// Any step. Those that make a login go on are the likeliest, so that most interleavings get somewhere.
pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let seconds = prop_oneof![
        8 => Just(1), 3 => Just(30), 2 => Just(59), 3 => Just(60), 1 => Just(61), 3 => Just(120),
        1 => Just(600), 1 => Just(3_600), 1 => Just(90_000),
    ];
    let kind = prop_oneof![
        4 => Just(Kind::Start), 5 => Just(Kind::Renew), 4 => Just(Kind::Look), 9 => Just(Kind::Scan),
        9 => Just(Kind::Confirm), 2 => Just(Kind::Deny), 2 => Just(Kind::Cancel), 8 => Just(Kind::Collect),
        7 => Just(Kind::Redeem), 6 => seconds.prop_map(|seconds| Kind::Pass { seconds }),
        1 => Just(Kind::Revoke), 2 => Just(Kind::Refresh), 1 => Just(Kind::Sweep),
    ];
    (kind, any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(kind, pick, twist, who)| Step {
        kind,
        pick,
        twist,
        who,
    })
}

/// A step with all that belongs to it. Logins, tickets and phones are numbered in the order in which they came.
#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    Start { browser: u8, site: usize },
    Renew { login: usize, secret_of: usize, reason: RenewReason },
    Look { login: usize, secret_of: usize },
    Scan { phone: usize, session: Session, qr: Qr },
    Decide { phone: usize, session: Session, ticket: Option<usize>, verdict: Verdict },
    Cancel { login: usize, secret_of: usize },
    Collect { login: usize, secret_of: usize },
    Redeem { code_of: Option<usize>, site: usize, verifier: Verifier },
    Pass { seconds: u64 },
    Revoke { phone: usize },
    Refresh { phone: usize },
    Sweep,
}

/// How a phone comes to its call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Session {
    /// With its access token, now.
    Now,
    /// Its token was looked at long ago, and the call has been on its way since.
    Held,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Qr {
    Of(usize),
    Unknown,
    Foreign,
    Malformed,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Confirm,
    Deny,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verifier {
    Right,
    Wrong,
    Missing,
}

impl Step {
    /// One of so many; the latest for most draws.
    pub(super) fn picked(&self, count: usize) -> Option<usize> {
        let last = count.checked_sub(1)?;
        Some(if self.pick < 170 { last } else { usize::from(self.pick) % count })
    }

    /// What belongs there for most draws, else another of so many.
    pub(super) fn own_or_another(&self, own: usize, count: usize) -> usize {
        if self.twist < 220 { own } else { usize::from(self.twist) % count }
    }

    pub(super) fn browser(&self) -> u8 {
        self.who % BROWSERS
    }

    pub(super) fn site(&self) -> usize {
        usize::from(self.who / 8 % 2)
    }

    pub(super) fn phone(&self) -> usize {
        usize::from(self.who) % PHONES
    }

    pub(super) fn session(&self) -> Session {
        if self.who % 16 < 12 { Session::Now } else { Session::Held }
    }

    pub(super) fn reason(&self) -> RenewReason {
        if self.who % 16 < 8 { RenewReason::Expiry } else { RenewReason::Request }
    }

    pub(super) fn verifier(&self) -> Verifier {
        match self.who {
            0..200 => Verifier::Right,
            200..230 => Verifier::Wrong,
            _ => Verifier::Missing,
        }
    }
}
