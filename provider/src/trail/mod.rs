//! The audit trail: who started, scanned, confirmed, denied, signed in, enrolled and revoked what, when, and from where.
//!
//! 1. An entry is written **by the transaction that makes what it tells of**: neither is there without the other.
//! 2. It is append-only: the database itself refuses to change an entry, and to delete one that is younger than the retention
//!    (`provider/migrations/0070_trail.sql`).
//! 3. What strangers can make happen as often as they like ([`Event::is_cheap`]) is told for the first [`MOST_TOLD`] times of each hour
//!    and client or account; all of it is counted, hour by hour. So nobody can fill the disk, and nothing goes unseen.
//! 4. The sweeper deletes what is older than the retention ([`crate::config::Lifetimes::trail`]).
//!
//! An entry names things by their identifiers, and holds nothing secret: no token, no code, no hash of one. The operator exports it with
//! `saoma trail export`; a person sees their own part in the app.

mod activity;
mod export;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use activity::{Page, activity};
pub use export::line;

use crate::{
    account::{AccountId, device::DeviceId},
    clock::Time,
    login::{Denial, LoginId, session::SessionId},
    oauth::client::ClientId,
};

/// How many cheap events of a kind are told one by one in an hour, for each client or account.
pub const MOST_TOLD: u32 = 100;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "details", rename_all = "snake_case")]
pub enum Event {
    /// A browser, or a device, asked for a login.
    LoginStarted {},
    /// A phone scanned its code, or its owner typed it.
    LoginScanned {
        /// Where the browser was that had started it.
        browser: IpAddr,
        /// How the person is authenticated by it, as `amr`-like words.
        methods: String,
    },
    /// The person agreed: on the phone, or in a browser where they were signed in.
    LoginConfirmed {
        /// To these scopes.
        scopes: String,
    },
    /// What lay between scan and consent was passed.
    LoginChecked {
        /// How.
        by: String,
    },
    /// The person declined, or did not pass what lay between scan and consent.
    LoginDenied {
        /// Which of these.
        because: Denial,
    },
    /// Somebody at the browser gave up after the scan.
    LoginCancelled {},
    /// The browser collected the result, and is signed in.
    SignedIn {},
    /// A site got tokens.
    GrantMade {
        /// The grant.
        grant: Uuid,
        /// What it allows.
        scopes: String,
    },
    /// A site's tokens ended.
    GrantRevoked {
        /// The grant.
        grant: Uuid,
        /// Why.
        why: Revocation,
    },
    /// Somebody tried to sign in on a phone and was not let in.
    SignInFailed {},
    /// A phone was enrolled.
    DeviceEnrolled {
        /// What its owner calls it.
        name: String,
    },
    /// A phone that knows the account's password asked to be let in.
    DeviceAsked {
        /// What it calls itself.
        name: String,
    },
    /// A phone that asked was let in by another: it is enrolled when it comes for the answer.
    DeviceAllowed {
        /// What it calls itself.
        name: String,
    },
    /// A phone that asked was turned away: by its owner's word, or by wrong digits.
    DeviceTurnedAway {
        /// What it calls itself.
        name: String,
    },
    /// A passkey was added.
    PasskeyAdded {
        /// What its owner calls it.
        name: String,
    },
    /// A passkey was removed.
    PasskeyRemoved {
        /// What its owner called it.
        name: String,
    },
    /// The operator lets the account's next phone in on its password alone.
    NextDeviceAllowed {},
    /// The person said of a login, a phone or a passkey that it was not them, and all of it was taken back.
    TakenBack {
        /// Of what.
        what: String,
    },
    /// A phone was revoked, and all that it vouched for.
    DeviceRevoked {
        /// From this device; absent if the operator did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Uuid>,
    },
    /// The person took back what they had allowed a site.
    ConsentWithdrawn {},
    /// A browser was signed out.
    SessionEnded {
        /// Whether the person signed out; else the phone that vouched for it was revoked.
        by_person: bool,
    },
    /// The operator signed the person out of everything.
    SignedOutEverywhere {
        /// How many browsers.
        sessions: u64,
        /// How many phones.
        devices: u64,
    },
    /// A person was added.
    AccountAdded {},
    /// A client was added or changed by the operator.
    ClientImported {},
    /// A client registered itself.
    ClientRegistered {},
    /// A client changed its registration.
    ClientUpdated {},
    /// A client was removed.
    ClientRemoved {
        /// By itself; else by the operator.
        by_itself: bool,
    },
    /// A client got another secret.
    ClientSecretRotated {},
    /// A signing key was made.
    SigningKeyMade {
        /// Its algorithm.
        algorithm: String,
        /// Its number among those of the algorithm.
        number: u32,
    },
}

impl Event {
    /// Whether strangers can make it happen as often as they like. Who has found out a password is one, still.
    pub const fn is_cheap(&self) -> bool {
        matches!(self, Self::LoginStarted {} | Self::SignInFailed {} | Self::DeviceAsked { .. })
    }
}

/// Why a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// The site asked for it (RFC 7009).
    BySite,
    /// An authorization code came back after its redemption (RFC 6749 section 4.1.2).
    CodeReplayed,
    /// A refresh token came back after its use (RFC 9700 section 4.14.2).
    RefreshTokenReplayed,
}

/// Whom and what an event is about, and where it came from, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The person.
    pub account: Option<AccountId>,
    /// The phone.
    pub device: Option<DeviceId>,
    /// The site.
    pub client: Option<ClientId>,
    /// The login.
    pub login: Option<LoginId>,
    /// The browser session.
    pub session: Option<SessionId>,
    /// The address from which it was done.
    pub address: Option<IpAddr>,
}

/// An event to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// What.
    pub event: Event,
    /// About whom and what, from where.
    pub subject: Subject,
}

/// The name of an entry outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryId(pub Uuid);

/// An entry that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the order of events.
    pub number: i64,
    /// Its name outside.
    pub id: EntryId,
    /// What it says.
    pub entry: Entry,
}

/// How often a cheap event happened in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The hour's beginning.
    pub hour: Time,
    /// The event's kind.
    pub kind: String,
    /// The client or account; empty if it is unknown.
    pub subject: String,
    /// How often.
    pub count: u64,
}

/// Which part of the trail.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part {
    /// What happened then or later.
    pub since: Option<Time>,
    /// Of this account alone.
    pub account: Option<AccountId>,
    /// What comes after this number.
    pub after: i64,
}

/// Who does something that is told, and from where, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Actor {
    /// The phone.
    pub device: Option<DeviceId>,
    /// The address.
    pub address: Option<IpAddr>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_a_word_and_its_details() {
        let event = Event::GrantRevoked { grant: Uuid::nil(), why: Revocation::CodeReplayed };
        let written = json!({"kind": "grant_revoked",
            "details": {"grant": Uuid::nil(), "why": "code_replayed"}});
        assert_eq!(serde_json::to_value(&event).unwrap(), written);
        assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
    }

    #[test]
    fn only_what_strangers_can_do_is_cheap() {
        assert!(Event::LoginStarted {}.is_cheap() && Event::SignInFailed {}.is_cheap());
        assert!(Event::DeviceAsked { name: "A phone".into() }.is_cheap());
        assert!(!Event::DeviceAllowed { name: "A phone".into() }.is_cheap());
        assert!(!Event::LoginDenied { because: Denial::Declined }.is_cheap());
    }
}
