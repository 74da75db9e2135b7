//! The match code: after the scan the browser shows two digits, and the phone asks to type them. Who was led to scan a code of somebody
//! else's browser, and who looks at a copy of it, has no digits in front of them.
//!
//! 1. At the scan it is decided whether they are asked for: by the site's policy, by the risk ([`super::risk`]), or because only such an
//!    authentication would do (an essential `acr`). A device has no page to show them on, and is never asked.
//! 2. They follow from the master secret, the login, the ticket and the phone, so that nothing of them is stored, and another phone's scan
//!    would have other digits.
//! 3. The right ones pass the check by a conditional write. Wrong ones end the login by another: there is one try.
//! 4. `confirm` demands a passed check in its own condition.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Check, Checks, Denial, Login, LoginError, LoginState, Step, approve};
use crate::{
    account::{device::DeviceId, phone_session::PhoneSession},
    app::App,
    clock::Time,
    oauth::{authorization_request::RequestOptions, client::Client},
    oidc::authentication::{Method, Methods},
    secret::{Digest, Ticket},
};

/// What the master secret is derived for.
const PURPOSE: &str = "match code";

/// When the digits are asked for. In the order of their strictness.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum MatchPolicy {
    /// Where an essential `acr` wants them, and nowhere else
    Never,
    /// Where something about a request is unusual
    #[default]
    OnRisk,
    /// At each scan
    Always,
}

/// Two digits.
#[derive(Clone, Copy)]
pub struct MatchCode([u8; 2]);

impl MatchCode {
    /// Reads what was typed; `None` if it is not two digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 2] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_digit).then_some(Self(bytes))
    }

    /// The digits of this scan.
    fn of(app: &App, login: &Login, ticket: &Digest, device: DeviceId) -> Self {
        let message = [login.id.0.as_bytes().as_slice(), ticket.as_bytes(), device.0.as_bytes()].concat();
        let derived = app.keys.derive(PURPOSE, &message);
        // Of 2³² values a hundred digits each get the same number but for one in 40 million.
        let number = u32::from_be_bytes([derived[0], derived[1], derived[2], derived[3]]) % 100;
        let digit = |value: u32| b'0' + u8::try_from(value % 10).unwrap_or(0);
        Self([digit(number / 10), digit(number)])
    }
}

impl PartialEq for MatchCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// As it is shown.
impl fmt::Display for MatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for MatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatchCode(…)")
    }
}

/// What a phone has to do before its owner may agree: step 1. `methods` is what its scan comes up to.
///
/// # Errors
///
/// [`LoginError::ScanNeeded`] if the site wants an authentication that no check can make of this one.
pub(super) fn checks(
    app: &App,
    client: &Client,
    login: &Login,
    (methods, risk): (&Methods, bool),
) -> Result<Checks, LoginError> {
    let has_page = login.request.redirect().is_some();
    let by_policy = match client.match_code.unwrap_or(app.config.match_code) {
        MatchPolicy::Always => true,
        MatchPolicy::OnRisk => risk,
        MatchPolicy::Never => false,
    };
    let by_policy = Wanted { matching: has_page && by_policy, unlock: client.require_unlock };
    let more = [(false, false), (has_page, false), (false, true)].map(|(matching, unlock)| Wanted {
        matching: by_policy.matching || matching,
        unlock: by_policy.unlock || unlock,
    });
    let enough = more.into_iter().find(|wanted| wanted.would_do(methods, &login.request.options));
    let Wanted { matching, unlock } = enough.ok_or(LoginError::ScanNeeded)?;
    Ok(Checks { matching: Check::asked(matching), unlock: Check::asked(unlock) })
}

/// Which checks a phone would pass.
#[derive(Clone, Copy)]
struct Wanted {
    matching: bool,
    unlock: bool,
}

impl Wanted {
    /// Whether a scan with these checks is an authentication that the site accepts.
    fn would_do(self, methods: &Methods, options: &RequestOptions) -> bool {
        let mut methods = methods.clone();
        if self.matching {
            methods = methods.and(Method::Match);
        }
        if self.unlock {
            methods = methods.and(Method::Password);
        }
        options.accepts(&methods)
    }
}

/// The digits that the login's browser shows at `now`: while a phone waits for them.
pub(super) fn to_show(app: &App, login: &Login, now: Time) -> Option<MatchCode> {
    match &login.state {
        LoginState::Scanned { approver, ticket, checks }
            if checks.matching == Check::Open && login.expires_at > now =>
        {
            Some(MatchCode::of(app, login, ticket, approver.device))
        }
        _ => None,
    }
}

/// The phone's owner has typed digits: step 3. Answers the login, whose time to decide begins anew. The right digits again are no
/// second try: an answer may be lost.
///
/// # Errors
///
/// [`LoginError::WrongMatchCode`] if they are others than the browser shows: the login is over.
pub async fn answer(
    app: &App,
    phone: &PhoneSession,
    ticket: &Ticket,
    digits: MatchCode,
) -> Result<Login, LoginError> {
    let (ticket, device) = (ticket.digest(), phone.device.id);
    let (login, checks) = approve::scanned(app, &ticket, device).await?;
    if checks.matching == Check::NotAsked {
        return Err(LoginError::NotAsked);
    }
    let now = app.clock.now();
    if digits != MatchCode::of(app, &login, &ticket, device) {
        return match app.store.fail_login(&ticket, phone.caller(), Denial::WrongDigits, now).await? {
            Some(login) => {
                app.bell.ring(login.id);
                Err(LoginError::WrongMatchCode)
            }
            None => Err(approve::after_all(app, &ticket, device).await?),
        };
    }
    if checks.matching == Check::Passed {
        return Ok(login);
    }
    let step = Step { now, expires_at: now + app.config.lifetimes.scanned };
    match app.store.pass_match(&ticket, phone.caller(), step).await? {
        Some(login) => {
            app.bell.ring(login.id);
            Ok(login)
        }
        None => match approve::scanned(app, &ticket, device).await? {
            // The same digits came twice at once.
            (login, checks) if checks.matching == Check::Passed => Ok(login),
            (login, _) => Err(approve::why_not(&login, now)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_and_nothing_else() {
        for good in ["00", "07", "99"] {
            assert_eq!(MatchCode::parse(good).unwrap().to_string(), good);
        }
        for odd in ["", "7", "007", "4a", " 7", "７７", "-1"] {
            assert!(MatchCode::parse(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn policies_are_in_the_order_of_their_strictness() {
        assert!(MatchPolicy::Never < MatchPolicy::OnRisk && MatchPolicy::OnRisk < MatchPolicy::Always);
    }
}
