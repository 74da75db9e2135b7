//! What is on the screen, as signals: the session writes them, the view reads them.

use leptos::prelude::*;
use protocol::login::{DeniedReason, LoginStatus};
use saoma_web_ui::lang::Lang;

use super::code::Code;
use super::words::Words;

/// Where the panel stands: the login's states, and what can be before and beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// There is no code yet.
    Starting,
    /// A login is under way, or has ended.
    Login(LoginStatus),
    /// It was declined, and not by the person.
    Refused(DeniedReason),
    /// The login did not start because of the connection or the server; trying again may help.
    Unreached,
    /// The login did not start because the page asks for it wrongly.
    Misused,
}

impl Phase {
    /// The name for `data-state` and for the event `saoma-state`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Login(LoginStatus::Waiting) => "waiting",
            Self::Login(LoginStatus::Scanned) => "scanned",
            Self::Login(LoginStatus::Confirmed) => "confirmed",
            Self::Login(LoginStatus::Denied) | Self::Refused(_) => "denied",
            Self::Login(LoginStatus::Cancelled) => "cancelled",
            Self::Login(LoginStatus::Expired) => "expired",
            Self::Unreached | Self::Misused => "failed",
        }
    }

    /// Whether the login is neither decided nor over.
    pub(crate) fn is_under_way(self) -> bool {
        matches!(self, Self::Login(LoginStatus::Waiting | LoginStatus::Scanned))
    }

    /// Whether a click makes a new code.
    pub(crate) fn may_renew(self) -> bool {
        matches!(
            self,
            Self::Unreached
                | Self::Refused(_)
                | Self::Login(LoginStatus::Denied | LoginStatus::Cancelled | LoginStatus::Expired)
        )
    }

    /// The line above the code.
    pub(crate) fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Starting | Self::Login(LoginStatus::Waiting) => words.scan,
            Self::Login(LoginStatus::Scanned) => words.scanned,
            Self::Login(LoginStatus::Confirmed) => words.confirmed,
            Self::Login(LoginStatus::Denied) => words.denied,
            Self::Refused(DeniedReason::WrongDigits) => words.wrong_digits,
            Self::Refused(DeniedReason::NotUnlocked) => words.not_unlocked,
            Self::Login(LoginStatus::Cancelled) => words.cancelled,
            Self::Login(LoginStatus::Expired) => words.expired,
            Self::Unreached | Self::Misused => words.failed,
        }
    }

    /// The line below the code, with `{}` for the site's name.
    pub(crate) fn status(self, words: &Words) -> &'static str {
        match self {
            Self::Starting => words.getting_code,
            Self::Login(LoginStatus::Waiting) => words.good_for,
            Self::Login(LoginStatus::Scanned) => words.waiting_for_you,
            Self::Login(LoginStatus::Confirmed) => words.going_on,
            Self::Login(LoginStatus::Denied | LoginStatus::Cancelled) | Self::Refused(_) => {
                words.nothing_shared
            }
            Self::Login(LoginStatus::Expired) => words.get_new_code,
            Self::Unreached => words.try_later,
            Self::Misused => words.ask_site,
        }
    }

    /// The line below the code while there is no connection: what is under way is tried again by itself, the rest by a click.
    pub(crate) fn offline_status(self, words: &Words) -> &'static str {
        let by_itself =
            self == Self::Starting || self.is_under_way() || self == Self::Login(LoginStatus::Confirmed);
        if by_itself { words.offline } else { words.try_later }
    }
}

/// The signals.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    /// Whether the page stays when the login is over; else it goes to the site.
    pub(crate) stays: bool,
    /// The language.
    pub(crate) lang: RwSignal<Lang>,
    /// Where the panel stands.
    pub(crate) phase: RwSignal<Phase>,
    /// The QR code.
    pub(crate) qr: RwSignal<Code>,
    /// The site's name; empty until it is known.
    pub(crate) site: RwSignal<String>,
    /// Whether somebody asked for more time.
    pub(crate) extended: RwSignal<bool>,
    /// Whether a code can be typed in place of a scan.
    pub(crate) may_type: RwSignal<bool>,
    /// That code, once it was asked for.
    pub(crate) user_code: RwSignal<Option<String>>,
    /// Seconds left, where there is a limit.
    pub(crate) seconds: RwSignal<Option<u32>>,
    /// Whether the connection is down.
    pub(crate) offline: RwSignal<bool>,
    /// The digits to type on the phone, while it waits for them.
    pub(crate) digits: RwSignal<Option<String>>,
    /// The link back to the site, after an end without result.
    pub(crate) return_to: RwSignal<Option<String>>,
    /// Whether a click is being answered.
    pub(crate) busy: RwSignal<bool>,
}

impl Panel {
    /// An empty panel.
    pub(crate) fn new(lang: Lang, stays: bool) -> Self {
        Self {
            stays,
            lang: RwSignal::new(lang),
            phase: RwSignal::new(Phase::Starting),
            qr: RwSignal::new(Code::of("")),
            site: RwSignal::new(String::new()),
            extended: RwSignal::new(false),
            may_type: RwSignal::new(true),
            user_code: RwSignal::new(None),
            seconds: RwSignal::new(None),
            offline: RwSignal::new(false),
            digits: RwSignal::new(None),
            return_to: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// The words of the language that is set.
    pub(crate) fn words(self) -> &'static Words {
        Words::of(self.lang.get())
    }

    /// Whether the site's name is known.
    pub(crate) fn has_site(self) -> bool {
        !self.site.read().is_empty()
    }

    /// The site's name, or "the site" until it is known.
    pub(crate) fn site_name(self) -> String {
        let name = self.site.get();
        if name.is_empty() { self.words().the_site.into() } else { name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [LoginStatus; 6] = [
        LoginStatus::Waiting,
        LoginStatus::Scanned,
        LoginStatus::Confirmed,
        LoginStatus::Denied,
        LoginStatus::Cancelled,
        LoginStatus::Expired,
    ];

    #[test]
    fn names_are_the_wire_s() {
        for state in STATES {
            let wire = serde_json::to_value(state).unwrap();
            assert_eq!(Phase::Login(state).name(), wire);
        }
    }

    #[test]
    fn each_state_says_something_else() {
        let words = Words::of(Lang::En);
        let mut titles = STATES.map(|state| Phase::Login(state).title(words)).to_vec();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), STATES.len());
    }

    #[test]
    fn without_a_connection_only_what_is_tried_again_is_said_to_be() {
        let words = Words::of(Lang::En);
        assert_eq!(Phase::Login(LoginStatus::Waiting).offline_status(words), words.offline);
        assert_eq!(Phase::Login(LoginStatus::Expired).offline_status(words), words.try_later);
    }

    #[test]
    fn a_login_can_be_cancelled_or_renewed_but_not_both() {
        for state in STATES {
            let phase = Phase::Login(state);
            assert!(!(phase.is_under_way() && phase.may_renew()), "{phase:?}");
        }
        assert!(!Phase::Login(LoginStatus::Confirmed).may_renew() && !Phase::Misused.may_renew());
    }
}
