//! What must hold whatever happens, checked by itself and not against the reference.

use protocol::login::{LoginStatus, LoginView};

/// What has been seen of one login.
#[derive(Debug, Default)]
pub(super) struct Witness {
    version: u64,
    end: Option<LoginStatus>,
    confirmed: bool,
    code: Option<String>,
    redeemed: bool,
}

/// The members that a view may have: nothing about the person.
const MEMBERS: [&str; 8] =
    ["state", "version", "expires_in", "renewals_left", "age_ms", "extended", "user_code", "return_to"];

impl Witness {
    /// Its browser saw this. The version never falls, and no end state is ever left. (`Confirmed` is no end yet.)
    pub(super) fn saw(&mut self, view: &LoginView) {
        assert!(view.version >= self.version, "{view:?} after version {}", self.version);
        self.version = view.version;
        assert!(self.end.is_none_or(|end| end == view.state), "{view:?} after {:?}", self.end);
        if matches!(view.state, LoginStatus::Denied | LoginStatus::Cancelled | LoginStatus::Expired) {
            self.end = Some(view.state);
        }
        let json = serde_json::to_value(view).unwrap();
        assert!(json.as_object().unwrap().keys().all(|name| MEMBERS.contains(&name.as_str())), "{json}");
    }

    /// A phone confirmed it: once, and not after an end.
    pub(super) fn confirmed(&mut self) {
        assert!(!self.confirmed && self.end.is_none(), "confirmed, after {self:?}");
        self.confirmed = true;
    }

    /// Its browser collected this code: none without a confirmation, and never another one.
    pub(super) fn collected(&mut self, code: &str) {
        assert!(self.confirmed, "a code without a confirmation");
        assert!(self.end.is_none() && !self.redeemed, "a code after the end: {self:?}");
        let first = self.code.get_or_insert_with(|| code.to_owned());
        assert_eq!(first, code, "a second code");
    }

    /// The site redeemed its code: once.
    pub(super) fn redeemed(&mut self) {
        assert!(self.code.is_some() && self.end.is_none() && !self.redeemed, "redeemed, after {self:?}");
        self.redeemed = true;
    }
}
