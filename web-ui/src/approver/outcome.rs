//! What came of a scan or an answer, and what to do next.

use protocol::ProblemCode;
use saoma_web_ui::lang::fill;

use super::trouble::Trouble;
use super::words::Words;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Confirmed; the name is the site's.
    Confirmed(String),
    /// Declined; the name is the site's.
    Declined(String),
    /// It did not come to a decision.
    Failed(Trouble),
}

/// How it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A tick.
    Good,
    /// A cross.
    Declined,
    /// An exclamation mark.
    Bad,
}

impl Outcome {
    /// How it looks.
    pub(crate) fn tone(&self) -> Tone {
        match self {
            Self::Confirmed(_) => Tone::Good,
            Self::Declined(_) => Tone::Declined,
            Self::Failed(_) => Tone::Bad,
        }
    }

    /// What happened, and what to do next.
    pub(crate) fn texts(&self, words: &Words) -> (&'static str, String) {
        match self {
            Self::Confirmed(site) => (words.confirmed, fill(words.confirmed_next, site)),
            Self::Declined(site) => (words.declined, fill(words.declined_next, site)),
            Self::Failed(trouble) => {
                let (title, next) = trouble_texts(*trouble, words);
                (title, next.into())
            }
        }
    }

    /// Whether there is a reason to scan again.
    pub(crate) fn may_scan_again(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// What trouble is called, and what to do about it.
pub(crate) fn trouble_texts(trouble: Trouble, words: &Words) -> (&'static str, &'static str) {
    use ProblemCode as Code;
    match trouble {
        Trouble::Offline => (words.no_network, words.no_network_next),
        Trouble::SignedOut => (words.sign_in, words.notice_signed_out),
        Trouble::NoKeys => (words.no_keys, words.no_keys_next),
        Trouble::PasskeyUnmade => (words.passkey_unmade, words.passkey_unmade_next),
        Trouble::PasskeyUnused => (words.passkey_unused, words.passkey_unused_next),
        Trouble::NoPasskeys => (words.no_passkeys, words.no_passkeys_next),
        Trouble::Refused(code) => match code {
            Code::MalformedQr => (words.malformed, words.malformed_next),
            Code::ForeignQr => (words.foreign, words.foreign_next),
            Code::UnknownQr | Code::LoginExpired | Code::UnknownLogin | Code::InvalidTicket => {
                (words.expired, words.expired_next)
            }
            Code::StaleQr => (words.stale, words.stale_next),
            Code::AlreadyScanned => (words.taken, words.taken_next),
            Code::AlreadyDecided => (words.decided, words.decided_next),
            Code::LoginCancelled => (words.called_off, words.called_off_next),
            Code::WrongCredentials => (words.wrong_credentials, words.wrong_credentials_next),
            Code::TooManyRequests | Code::TooManyAttempts => (words.too_often, words.too_often_next),
            Code::TooManyDevices => (words.too_many_devices, words.too_many_devices_next),
            Code::OtherAccount => (words.other_account, words.other_account_next),
            Code::NeededScope => (words.needed_scope, words.needed_scope_next),
            Code::WrongMatchCode => (words.wrong_digits, words.wrong_digits_next),
            Code::WrongPassword => (words.wrong_password, words.wrong_password_next),
            Code::TooManyTries => (words.not_unlocked, words.not_unlocked_next),
            Code::ScanNeeded => (words.scan_needed, words.scan_needed_next),
            Code::UnknownSite => (words.unknown_site, words.unknown_site_next),
            Code::UnknownDevice => (words.unknown_device, words.unknown_device_next),
            Code::WrongPasskey => (words.wrong_passkey, words.wrong_passkey_next),
            Code::InvalidPasskey | Code::PasskeysUnavailable => (words.no_passkeys, words.no_passkeys_next),
            Code::PasskeyTaken => (words.passkey_taken, words.passkey_taken_next),
            Code::TooManyPasskeys => (words.too_many_passkeys, words.too_many_passkeys_next),
            Code::UnknownPasskey => (words.unknown_passkey, words.unknown_device_next),
            Code::InvalidRequest | Code::BodyTooLarge => (words.invalid, words.invalid_next),
            _ => (words.server, words.server_next),
        },
        Trouble::Server => (words.server, words.server_next),
    }
}

/// The same in sentences, for a line of a screen.
pub(crate) fn sentences(trouble: Trouble, words: &Words) -> String {
    let (title, next) = trouble_texts(trouble, words);
    [title, words.stop, next].concat()
}

#[cfg(test)]
mod tests {
    use saoma_web_ui::lang::Lang;

    use super::*;

    #[test]
    fn problems_each_have_their_own_words() {
        let words = Words::of(Lang::En);
        let mut titles: Vec<_> = [
            ProblemCode::MalformedQr,
            ProblemCode::ForeignQr,
            ProblemCode::UnknownQr,
            ProblemCode::StaleQr,
            ProblemCode::AlreadyScanned,
            ProblemCode::AlreadyDecided,
            ProblemCode::LoginCancelled,
            ProblemCode::OtherAccount,
            ProblemCode::NeededScope,
            ProblemCode::TooManyRequests,
            ProblemCode::WrongMatchCode,
            ProblemCode::TooManyTries,
            ProblemCode::ScanNeeded,
            ProblemCode::WrongPasskey,
            ProblemCode::PasskeyTaken,
            ProblemCode::TooManyPasskeys,
            ProblemCode::UnknownPasskey,
        ]
        .map(|code| trouble_texts(Trouble::Refused(code), words).0)
        .into();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), 17);
    }

    #[test]
    fn the_site_is_named_in_what_was_decided() {
        let words = Words::of(Lang::En);
        assert!(Outcome::Confirmed("Demo".into()).texts(words).1.starts_with("Demo"));
        assert!(Outcome::Declined("Demo".into()).texts(words).1.contains("Demo"));
    }

    #[test]
    fn only_what_failed_is_worth_another_scan() {
        assert!(!Outcome::Confirmed(String::new()).may_scan_again());
        assert!(!Outcome::Declined(String::new()).may_scan_again());
        assert!(Outcome::Failed(Trouble::Offline).may_scan_again());
    }

    #[test]
    fn sentences_end_as_the_language_has_it() {
        let said = |lang| sentences(Trouble::PasskeyUnused, Words::of(lang));
        assert_eq!(said(Lang::En), "No passkey was used. Try again, or use your password.");
        assert_eq!(said(Lang::Zh), "没有使用通行密钥。请重试，或改用密码。");
    }

    #[test]
    fn what_is_the_server_s_fault_is_said_to_be_so() {
        let words = Words::of(Lang::En);
        for code in [ProblemCode::Internal, ProblemCode::Busy, ProblemCode::NotFound] {
            assert_eq!(trouble_texts(Trouble::Refused(code), words).0, words.server);
        }
    }
}
