//! People, and the devices with which they approve.

pub mod admission;
pub mod device;
pub mod lockout;
pub mod notice;
pub mod passkey;
pub mod password;
pub mod phone_session;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{clock::Time, oidc::claims::Claims};

/// Longest account name, in characters.
pub const NAME_LENGTH: usize = 64;

/// Identifies an account for ever; the `sub` that public clients get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub Uuid);

/// A person who can approve logins.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The name used to sign in; unique, lower case.
    pub name: AccountName,
    /// The password's hash, if the account has one: who is vouched for by a company needs none.
    pub password: Option<password::PasswordHash>,
    /// What is known of the person, for sites whose scopes ask for it.
    pub claims: Claims,
    /// When the account was made.
    pub created_at: Time,
}

impl Account {
    /// The name shown to people: the `name` claim, or else the account's name.
    pub fn display_name(&self) -> &str {
        self.claims.text("name").unwrap_or(self.name.as_str())
    }

    /// Whether a site may mean this person by that text: their name here, their email address or their phone number.
    pub fn may_be(&self, hint: &str) -> bool {
        let said = |claim| self.claims.text(claim).is_some_and(|text| text.eq_ignore_ascii_case(hint));
        AccountName::parse(hint).as_ref() == Some(&self.name) || said("email") || said("phone_number")
    }

    /// The account as its owner sees it.
    pub fn summary(&self) -> protocol::phone::AccountSummary {
        protocol::phone::AccountSummary {
            name: self.name.as_str().to_owned(),
            display_name: self.display_name().to_owned(),
        }
    }
}

/// An account's name: 1 to 64 letters, digits, or `.`, `_`, `-`, `@`, `+`, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let good = |c: char| c.is_alphanumeric() || ".-_@+".contains(c);
        let fits = (1..=NAME_LENGTH).contains(&text.chars().count()) && text.chars().all(good);
        fits.then_some(Self(text))
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_lower_case() {
        assert_eq!(AccountName::parse(" Demo ").unwrap().as_str(), "demo");
        assert_eq!(AccountName::parse("小明").unwrap().as_str(), "小明");
    }

    #[test]
    fn odd_names_are_refused() {
        for odd in ["", "   ", "a b", "a\nb", "<script>", &"a".repeat(65)] {
            assert!(AccountName::parse(odd).is_none(), "{odd:?}");
        }
    }
}
