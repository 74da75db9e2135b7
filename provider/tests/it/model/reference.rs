//! The reference: the login as `docs/protocol.md` tells it, in plain Rust, without a store.

use protocol::login::RenewReason;
use provider::clock::Time;

use super::step::{Kind, Move, PHONES, Qr, Session, Step, Verdict, Verifier};

/// Lifetimes, in seconds.
const WAITING: u64 = 120;
const SCANNED: u64 = 60;
const CONFIRMED: u64 = 60;
const DELIVERED: u64 = 60;
const PHONE_TOKEN: u64 = 600;
const RENEWABLE: u64 = 3_600;
const KEPT: u64 = 24 * 3_600;

const MOST_RENEWALS: u8 = 5;

/// Where a login stands. Expiry is no state: it follows from the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Waiting,
    Scanned { phone: usize },
    Confirmed { phone: usize },
    Delivered { phone: usize },
    Redeemed { live: bool },
    Denied,
    Cancelled,
}

/// What the store must hold of a login.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) version: u64,
    pub(super) renewals: u8,
    pub(super) expires_at: Time,
    pub(super) state: State,
}

#[derive(Debug)]
struct Login {
    /// The first login of the same authorization request.
    family: usize,
    browser: u8,
    site: usize,
    requested_at: Time,
    has_code: bool,
    /// Whose yes the code came from: with that phone it dies.
    approver: Option<usize>,
    swept: bool,
    stored: Stored,
}

#[derive(Debug, Clone, Copy)]
struct Phone {
    revoked: bool,
    token_until: Time,
}

#[derive(Debug)]
pub(super) struct Reference {
    now: Time,
    logins: Vec<Login>,
    /// The login and the phone of each ticket.
    tickets: Vec<(usize, usize)>,
    phones: [Phone; PHONES],
}

impl Login {
    /// Where its browser sees it.
    fn word(&self, now: Time) -> &'static str {
        match self.stored.state {
            State::Denied => "denied",
            State::Cancelled => "cancelled",
            State::Redeemed { .. } => "confirmed",
            _ if self.stored.expires_at <= now => "expired",
            State::Waiting => "waiting",
            State::Scanned { .. } => "scanned",
            State::Confirmed { .. } | State::Delivered { .. } => "confirmed",
        }
    }

    fn go(&mut self, state: State, expires_at: Time) {
        self.stored.state = state;
        self.stored.expires_at = expires_at;
        self.stored.version += 1;
    }

    /// What a phone is told of a login with which it can do nothing.
    fn why_over(&self, now: Time) -> &'static str {
        match self.word(now) {
            "expired" => "Expired",
            "cancelled" => "Cancelled",
            "confirmed" | "denied" => "AlreadyDecided",
            _ => "DeviceRevoked",
        }
    }
}

fn after(now: Time, seconds: u64) -> Time {
    now + std::time::Duration::from_secs(seconds)
}

impl Reference {
    pub(super) fn new(now: Time) -> Self {
        let phone = Phone { revoked: false, token_until: after(now, PHONE_TOKEN) };
        Self { now, logins: Vec::new(), tickets: Vec::new(), phones: [phone; PHONES] }
    }

    pub(super) fn logins(&self) -> usize {
        self.logins.len()
    }

    pub(super) fn stored(&self, login: usize) -> Option<Stored> {
        let login = &self.logins[login];
        (!login.swept).then(|| login.stored.clone())
    }

    /// The move that a step comes to, by which logins, tickets and codes there are.
    pub(super) fn resolve(&self, step: &Step) -> Move {
        let start = Move::Start { browser: step.browser(), site: step.site() };
        let Some(login) = step.picked(self.logins.len()) else {
            return if let Kind::Pass { seconds } = step.kind { Move::Pass { seconds } } else { start };
        };
        let secret_of = step.own_or_another(login, self.logins.len());
        let session = step.session();
        match step.kind {
            Kind::Start => start,
            Kind::Renew => Move::Renew { login, secret_of, reason: step.reason() },
            Kind::Look => Move::Look { login, secret_of },
            Kind::Scan => {
                let qr = match step.twist {
                    250..=251 => Qr::Unknown,
                    252..=253 => Qr::Foreign,
                    254.. => Qr::Malformed,
                    _ => Qr::Of(login),
                };
                Move::Scan { phone: step.phone(), session, qr }
            }
            Kind::Confirm | Kind::Deny if self.tickets.is_empty() && step.twist < 250 => {
                Move::Scan { phone: step.phone(), session, qr: Qr::Of(login) }
            }
            Kind::Confirm | Kind::Deny => {
                let ticket = step.picked(self.tickets.len());
                let own = ticket.map_or(0, |ticket| self.tickets[ticket].1);
                let phone = step.own_or_another(own, PHONES);
                let verdict = if let Kind::Confirm = step.kind { Verdict::Confirm } else { Verdict::Deny };
                Move::Decide { phone, session, ticket, verdict }
            }
            Kind::Cancel => Move::Cancel { login, secret_of },
            Kind::Collect => Move::Collect { login, secret_of },
            Kind::Redeem => {
                let with_code: Vec<_> = (0..self.logins.len()).filter(|l| self.logins[*l].has_code).collect();
                if with_code.is_empty() && step.twist < 250 {
                    return Move::Collect { login, secret_of };
                }
                let code_of = step.picked(with_code.len()).map(|at| with_code[at]);
                let own = code_of.map_or(0, |login| self.logins[login].site);
                Move::Redeem { code_of, site: step.own_or_another(own, 2), verifier: step.verifier() }
            }
            Kind::Pass { seconds } => Move::Pass { seconds },
            Kind::Revoke => Move::Revoke { phone: step.phone() },
            Kind::Refresh => Move::Refresh { phone: step.phone() },
            Kind::Sweep => Move::Sweep,
        }
    }

    /// What comes of a move.
    pub(super) fn take(&mut self, next: Move) -> String {
        match next {
            Move::Start { browser, site } => self.start(self.logins.len(), browser, site, 0, self.now),
            Move::Renew { login, secret_of, reason } => {
                format!("renew: {}", self.renew(login, secret_of, reason))
            }
            Move::Look { login, secret_of } => format!("look: {}", self.look(login, secret_of)),
            Move::Scan { phone, session, qr } => format!("scan: {}", self.scan(phone, session, qr)),
            Move::Decide { phone, session, ticket, verdict } => {
                let word = if verdict == Verdict::Confirm { "confirm" } else { "deny" };
                format!("{word}: {}", self.decide(phone, session, ticket, verdict))
            }
            Move::Cancel { login, secret_of } => format!("cancel: {}", self.cancel(login, secret_of)),
            Move::Collect { login, secret_of } => format!("collect: {}", self.collect(login, secret_of)),
            Move::Redeem { code_of, site, verifier } => {
                format!("redeem: {}", self.redeem(code_of, site, verifier))
            }
            Move::Pass { seconds } => {
                self.now = after(self.now, seconds);
                "pass: ok".into()
            }
            Move::Revoke { phone } => {
                let revoked = std::mem::replace(&mut self.phones[phone].revoked, true);
                // What it approved ends with it.
                for login in self.logins.iter_mut().filter(|login| login.approver == Some(phone)) {
                    if let State::Redeemed { live } = &mut login.stored.state {
                        *live = false;
                    }
                }
                format!("revoke: {}", if revoked { "gone" } else { "ok" })
            }
            Move::Refresh { phone } => format!("refresh: {}", self.refresh(phone)),
            Move::Sweep => {
                for login in &mut self.logins {
                    let redeemed = matches!(login.stored.state, State::Redeemed { .. });
                    let forgotten = !redeemed && after(login.requested_at, 2 * RENEWABLE) <= self.now;
                    login.swept |= forgotten || after(login.stored.expires_at, KEPT) <= self.now;
                }
                "sweep: ok".into()
            }
        }
    }

    fn start(&mut self, family: usize, browser: u8, site: usize, renewals: u8, requested_at: Time) -> String {
        let expires_at = after(self.now, WAITING);
        let stored = Stored { version: 1, renewals, expires_at, state: State::Waiting };
        let login = Login {
            family,
            browser,
            site,
            requested_at,
            has_code: false,
            approver: None,
            swept: false,
            stored,
        };
        self.logins.push(login);
        "start: ok".into()
    }

    /// Only its own browser sees a login, and only until it is swept.
    fn sees(&self, login: usize, secret_of: usize) -> bool {
        login == secret_of && !self.logins[login].swept
    }

    fn renew(&mut self, login: usize, secret_of: usize, reason: RenewReason) -> &'static str {
        if !self.sees(login, secret_of) {
            return "UnknownLogin";
        }
        let old = &self.logins[login];
        let (family, browser, site, requested_at) = (old.family, old.browser, old.site, old.requested_at);
        let renewals = match (old.word(self.now), reason) {
            ("waiting" | "scanned" | "confirmed", _) => return "StillActive",
            (_, RenewReason::Request) => 0,
            ("expired", RenewReason::Expiry) if old.stored.renewals < MOST_RENEWALS => {
                old.stored.renewals + 1
            }
            (_, RenewReason::Expiry) => return "Expired",
        };
        if self.now >= after(requested_at, RENEWABLE) {
            return "Expired";
        }
        let now = self.now;
        let of_family = |login: &&mut Login| login.family == family && !login.swept;
        if self.logins.iter_mut().filter(of_family).any(|login| login.word(now) == "confirmed") {
            return "AlreadyDecided";
        }
        for open in self.logins.iter_mut().filter(of_family) {
            if matches!(open.word(now), "waiting" | "scanned") {
                open.go(State::Cancelled, now);
            }
        }
        self.start(family, browser, site, renewals, requested_at);
        "ok"
    }

    fn look(&self, login: usize, secret_of: usize) -> String {
        if !self.sees(login, secret_of) {
            return "UnknownLogin".into();
        }
        let login = &self.logins[login];
        let word = login.word(self.now);
        let version = login.stored.version + u64::from(word == "expired");
        let open = matches!(word, "waiting" | "scanned");
        let left = if open { self.now.until(login.stored.expires_at).as_secs() } else { 0 };
        let renewals = MOST_RENEWALS - login.stored.renewals;
        let returns = matches!(word, "denied" | "cancelled" | "expired");
        format!("ok | {word}, version {version}, {left} s, {renewals} renewals, returns: {returns}")
    }

    fn lets_in(&self, phone: usize, session: Session) -> bool {
        let phone = &self.phones[phone];
        session == Session::Held || (!phone.revoked && self.now < phone.token_until)
    }

    fn scan(&mut self, phone: usize, session: Session, qr: Qr) -> &'static str {
        if !self.lets_in(phone, session) {
            return "InvalidToken";
        }
        let number = match qr {
            Qr::Malformed => return "MalformedQr",
            Qr::Foreign => return "ForeignQr",
            Qr::Unknown => return "UnknownQr",
            Qr::Of(login) => login,
        };
        let login = &mut self.logins[number];
        match login.word(self.now) {
            _ if login.swept => "UnknownQr",
            "waiting" if !self.phones[phone].revoked => {
                login.go(State::Scanned { phone }, after(self.now, SCANNED));
                self.tickets.push((number, phone));
                "ok"
            }
            "scanned" => "AlreadyScanned",
            _ => login.why_over(self.now),
        }
    }

    fn decide(
        &mut self,
        phone: usize,
        session: Session,
        ticket: Option<usize>,
        verdict: Verdict,
    ) -> &'static str {
        if !self.lets_in(phone, session) {
            return "InvalidToken";
        }
        let Some((login, owner)) = ticket.map(|ticket| self.tickets[ticket]) else { return "InvalidTicket" };
        let login = &mut self.logins[login];
        if login.swept || owner != phone {
            return "InvalidTicket";
        }
        match (login.word(self.now), verdict) {
            ("scanned", Verdict::Confirm) if !self.phones[phone].revoked => {
                login.go(State::Confirmed { phone }, after(self.now, CONFIRMED));
                "ok"
            }
            // A lost phone may still say no.
            ("scanned", Verdict::Deny) => {
                login.go(State::Denied, self.now);
                "ok"
            }
            _ => login.why_over(self.now),
        }
    }

    fn cancel(&mut self, login: usize, secret_of: usize) -> String {
        if !self.sees(login, secret_of) {
            return "UnknownLogin".into();
        }
        let login = &mut self.logins[login];
        if let "waiting" | "scanned" = login.word(self.now) {
            login.go(State::Cancelled, self.now);
        }
        format!("ok {}", login.word(self.now))
    }

    fn collect(&mut self, login: usize, secret_of: usize) -> &'static str {
        if !self.sees(login, secret_of) {
            return "UnknownLogin";
        }
        let login = &mut self.logins[login];
        let expired = login.word(self.now) == "expired";
        match login.stored.state {
            State::Confirmed { phone } if !expired && !self.phones[phone].revoked => {
                login.go(State::Delivered { phone }, after(self.now, DELIVERED));
                (login.has_code, login.approver) = (true, Some(phone));
                "ok"
            }
            State::Delivered { .. } if !expired => "ok",
            State::Confirmed { .. } | State::Delivered { .. } | State::Redeemed { .. } => "ResultGone",
            _ if expired => "Expired",
            _ => "NotConfirmed",
        }
    }

    fn redeem(&mut self, code_of: Option<usize>, site: usize, verifier: Verifier) -> &'static str {
        let Some(login) = code_of else { return "invalid_grant" };
        let login = &mut self.logins[login];
        if login.swept || login.site != site {
            return "invalid_grant";
        }
        match (login.stored.state, verifier) {
            (State::Redeemed { .. }, _) => {
                login.stored.state = State::Redeemed { live: false };
                "invalid_grant"
            }
            (State::Delivered { phone }, Verifier::Right)
                if login.word(self.now) == "confirmed" && !self.phones[phone].revoked =>
            {
                login.go(State::Redeemed { live: true }, self.now);
                "ok"
            }
            _ => "invalid_grant",
        }
    }

    fn refresh(&mut self, phone: usize) -> &'static str {
        let phone = &mut self.phones[phone];
        if phone.revoked {
            return "InvalidToken";
        }
        phone.token_until = after(self.now, PHONE_TOKEN);
        "ok"
    }
}
