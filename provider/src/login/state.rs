//! A login and its states. The data lives inside the state: there is no account before Scanned and no code before
//! Delivered.

use protocol::{
    login::{DeniedReason, LoginStatus, LoginView},
    paths,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{context::BrowserContext, match_code, session::SessionId, user_code};
use crate::{
    account::{AccountId, device::DeviceId},
    app::App,
    clock::Time,
    config::Issuer,
    oauth::{
        authorization_request::{AuthorizationRequest, RedirectError, ResponseMode},
        error::AuthorizationErrorCode,
        grant::GrantId,
        scope::Scopes,
    },
    oidc::authentication::Authentication,
    secret::{BrowserSecret, Digest},
};

/// How many expired codes in a row are followed by another by themselves.
pub(super) const MOST_RENEWALS: u8 = 5;

/// Identifies a login. Not a secret: to know it is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoginId(pub Uuid);

impl LoginId {
    /// Reads an identifier; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self).filter(|id| id.to_string() == text)
    }
}

impl std::fmt::Display for LoginId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// A request for a person's approval.
#[derive(Debug, Clone, PartialEq)]
pub struct Login {
    /// Its identifier.
    pub id: LoginId,
    /// The first login of the same authorization request: itself, unless it is a successor. Of one family at most one login is
    /// open, and at most one is ever confirmed in time.
    pub family: LoginId,
    /// Grows by one with every transition.
    pub version: u64,
    /// Who asks, and for what.
    pub request: AuthorizationRequest,
    /// Hash of the secret of the browser, or device, that started it.
    pub browser_secret: Digest,
    /// Hash of the code that can be typed in place of a scan: a device grant has one (RFC 8628 section 3.2), and a browser's login once
    /// somebody has asked for it.
    pub user_code: Option<Digest>,
    /// Whether somebody asked for more time.
    pub extended: bool,
    /// What the server saw of that browser.
    pub browser: BrowserContext,
    /// How many expired codes came before this one by themselves.
    pub renewals: u8,
    /// When the site's request came: renewing ends an hour later.
    pub requested_at: Time,
    /// When this login started.
    pub started_at: Time,
    /// When its present state ends.
    pub expires_at: Time,
    /// Where it stands.
    pub state: LoginState,
}

/// Where a login stands.
#[derive(Debug, Clone, PartialEq)]
pub enum LoginState {
    /// The code is on the screen.
    Waiting {
        /// Hash of the QR code's handle.
        qr: Digest,
    },
    /// A phone has scanned the code.
    Scanned {
        /// Whose phone.
        approver: Approver,
        /// Hash of the ticket that it got.
        ticket: Digest,
        /// What has to be done before the person may agree.
        checks: Checks,
    },
    /// The person agreed.
    Confirmed {
        /// Who, and when.
        approval: Approval,
    },
    /// The browser has the code.
    Delivered {
        /// Who agreed, and when.
        approval: Approval,
    },
    /// The site has redeemed the code.
    Redeemed {
        /// What it got.
        grant: GrantId,
    },
    /// It was declined.
    Denied {
        /// How that came.
        because: Denial,
    },
    /// Somebody at the browser gave up.
    Cancelled,
}

/// Who holds the phone that scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approver {
    /// The account that is signed in on it.
    pub account: AccountId,
    /// The phone.
    pub device: DeviceId,
}

/// What the phone has to do between scan and consent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checks {
    /// To name the digits that the browser shows ([`super::match_code`]).
    pub matching: Check,
    /// To prove who holds it ([`super::unlock`]).
    pub unlock: Check,
}

/// Where a check stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Check {
    /// It is not asked for.
    #[default]
    NotAsked,
    /// It is asked for, and not passed: nobody can agree.
    Open,
    /// It was passed.
    Passed,
}

impl Check {
    /// Asked for, or not.
    pub const fn asked(asked: bool) -> Self {
        if asked { Self::Open } else { Self::NotAsked }
    }

    /// Its word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Open => "open",
            Self::Passed => "passed",
        }
    }

    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::NotAsked, Self::Open, Self::Passed].into_iter().find(|check| check.as_str() == word)
    }
}

/// How a no came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// The person said so.
    Declined,
    /// Other digits were typed than the browser shows.
    WrongDigits,
    /// Whoever holds the phone could not prove who they are.
    NotUnlocked,
}

impl Denial {
    /// Its word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::WrongDigits => "wrong_digits",
            Self::NotUnlocked => "not_unlocked",
        }
    }

    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Declined, Self::WrongDigits, Self::NotUnlocked]
            .into_iter()
            .find(|denial| denial.as_str() == word)
    }

    /// What the browser is told of it.
    pub const fn reason(self) -> Option<DeniedReason> {
        match self {
            Self::Declined => None,
            Self::WrongDigits => Some(DeniedReason::WrongDigits),
            Self::NotUnlocked => Some(DeniedReason::NotUnlocked),
        }
    }
}

/// A person's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who said it.
    pub approver: Approver,
    /// Where they said it.
    pub given: Given,
    /// How and when they were authenticated: by this login, or before, by the one that began the session.
    pub authentication: Authentication,
    /// What they agreed to.
    pub scopes: Scopes,
    /// The browser session that approved, or that was made by delivery.
    pub session: Option<SessionId>,
    /// With the browser secret it makes the code.
    pub salt: CodeSalt,
}

/// Where a person said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// On the phone that scanned.
    OnPhone,
    /// In the browser, where they were signed in.
    InBrowser,
}

/// Half of what the authorization code is made from; the other half is the browser secret. One salt and one secret
/// make one code, so a result that is collected twice is the same twice, and the store alone yields none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeSalt(pub [u8; 32]);

impl std::fmt::Debug for CodeSalt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeSalt(…)")
    }
}

/// When a transition happens, and when the state that it leads to ends.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The transition's time: the state before must not have expired by then.
    pub now: Time,
    /// The next state's end.
    pub expires_at: Time,
}

/// A login that has just started, with the secret to hand to its browser.
#[derive(Debug, Clone)]
pub struct Started {
    /// The login.
    pub login: Login,
    /// For the browser alone.
    pub browser_secret: BrowserSecret,
}

impl Login {
    /// Where it stands at `now`, in the words that its browser gets.
    pub fn status(&self, now: Time) -> LoginStatus {
        match self.state {
            LoginState::Denied { .. } => LoginStatus::Denied,
            LoginState::Cancelled => LoginStatus::Cancelled,
            LoginState::Redeemed { .. } => LoginStatus::Confirmed,
            _ if self.expires_at <= now => LoginStatus::Expired,
            LoginState::Waiting { .. } => LoginStatus::Waiting,
            LoginState::Scanned { .. } => LoginStatus::Scanned,
            LoginState::Confirmed { .. } | LoginState::Delivered { .. } => LoginStatus::Confirmed,
        }
    }

    /// How old it is at `now`, in milliseconds.
    pub fn age_ms(&self, now: Time) -> u64 {
        u64::try_from(self.started_at.until(now).as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds until its state ends, rounded up.
    pub fn seconds_left(&self, now: Time) -> u64 {
        u64::try_from(now.until(self.expires_at).as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
    }

    /// What its browser may know of it at `now`: nothing about the person.
    pub fn view(&self, app: &App, now: Time) -> LoginView {
        let state = self.status(now);
        let return_to = state.is_refusal().then(|| self.return_to(state, &app.config.issuer)).flatten();
        let reason = if let LoginState::Denied { because } = self.state { because.reason() } else { None };
        let typed = self.user_code.filter(|_| state == LoginStatus::Waiting);
        LoginView {
            state,
            // Expiry changes what is seen without a write; nothing can follow it, so the next number is free.
            version: self.version + u64::from(state == LoginStatus::Expired),
            expires_in: if state.is_final() { 0 } else { self.seconds_left(now) },
            renewals_left: MOST_RENEWALS.saturating_sub(self.renewals),
            match_code: match_code::to_show(app, self, now).map(|code| code.to_string()),
            reason,
            age_ms: self.age_ms(now),
            extended: self.extended,
            user_code: typed.map(|_| user_code::show(&user_code::of_login(app, self.id))),
            return_to,
        }
    }
}

impl Login {
    /// Where the browser tells the site that nothing came of it. What has to go as a form needs a page of ours to send it.
    fn return_to(&self, state: LoginStatus, issuer: &Issuer) -> Option<String> {
        let error = self.refusal(state)?;
        Some(match error.redirect.mode {
            ResponseMode::Query => error.location(issuer.as_str()),
            ResponseMode::FormPost => issuer.url(&paths::login_return(&self.id.to_string())),
        })
    }

    /// What the site is told where nothing came of it.
    pub fn refusal(&self, state: LoginStatus) -> Option<RedirectError> {
        self.request.error(AuthorizationErrorCode::AccessDenied, self.reason(state))
    }

    const fn reason(&self, state: LoginStatus) -> &'static str {
        match (state, &self.state) {
            (_, LoginState::Denied { because: Denial::WrongDigits }) => {
                "other digits were typed on the phone than the browser showed"
            }
            (_, LoginState::Denied { because: Denial::NotUnlocked }) => {
                "whoever held the phone could not prove who they are"
            }
            (LoginStatus::Denied, _) => "the sign-in was declined on the phone",
            (LoginStatus::Cancelled, _) => "the sign-in was cancelled in the browser",
            _ => "nobody confirmed the sign-in in time",
        }
    }
}
