//! Scopes: what a site may ask for (RFC 6749 section 3.3).
//!
//! Some this server knows itself; any other belongs to somebody's API, and counts only for the clients that are registered for it.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

/// Most scopes in one set, and the longest name of one, in bytes.
const MOST: usize = 32;
const LENGTH: usize = 64;

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The site wants to know who signs in (OpenID Connect Core section 3.1.2.1).
    OpenId,
    /// Name, picture and the like (section 5.4).
    Profile,
    /// The email address (section 5.4).
    Email,
    /// The phone number (section 5.4).
    Phone,
    /// The postal address (section 5.4).
    Address,
    /// A refresh token (section 11).
    OfflineAccess,
    /// One of an API that is not ours.
    Other(String),
}

impl Scope {
    /// Those that this server knows itself.
    pub const STANDARD: [Self; 6] =
        [Self::OpenId, Self::Profile, Self::Email, Self::Phone, Self::Address, Self::OfflineAccess];

    /// Reads a name of printable ASCII without quotation mark and backslash (RFC 6749 appendix A.4), bounded.
    pub fn parse(name: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        let standard = Self::STANDARD.into_iter().find(|scope| scope.as_str() == name);
        let other = || {
            ((1..=LENGTH).contains(&name.len()) && name.bytes().all(fits))
                .then(|| Self::Other(name.to_owned()))
        };
        standard.or_else(other)
    }

    /// Its name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::OfflineAccess => "offline_access",
            Self::Other(name) => name,
        }
    }
}

/// A set of scopes. In JSON it is one text, as on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

impl From<String> for Scopes {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl Scopes {
    /// Reads a list separated by spaces. What cannot be a scope is left out, and so is what comes after the first 32.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(Scope::parse).take(MOST).collect()
    }

    /// Reads a list of which every name must be one; `None` if one is not, or there is none.
    pub fn parse_strictly(text: &str) -> Option<Self> {
        let names: Vec<&str> = text.split(' ').collect();
        let fits = names.len() <= MOST && names.iter().all(|name| Scope::parse(name).is_some());
        fits.then(|| Self::parse(text))
    }

    /// Every scope that this server knows itself.
    pub fn standard() -> Self {
        Scope::STANDARD.into_iter().collect()
    }

    /// The set without this scope.
    #[must_use]
    pub fn without(mut self, scope: &Scope) -> Self {
        self.0.remove(scope);
        self
    }

    /// Whether the set has this scope.
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether all of `other` is in this set.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.is_subset(&self.0)
    }

    /// What both sets have.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// What either set has.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// What this set has and the other has not.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// Each of them, in a fixed order: ours first.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, in a fixed order.
    pub fn names(&self) -> Vec<String> {
        self.iter().map(|scope| scope.as_str().to_owned()).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_scope_is_left_out() {
        assert_eq!(
            Scopes::parse("email  orders:read openid \"x\" openid é").to_string(),
            "openid email orders:read"
        );
        assert!(Scopes::parse("").is_empty());
        assert_eq!(Scopes::parse_strictly("email openid").unwrap().to_string(), "openid email");
        assert!(Scopes::parse_strictly("openid \\").is_none() && Scopes::parse_strictly("").is_none());
    }

    #[test]
    fn a_set_is_bounded() {
        let many: Vec<String> = (0..100).map(|n| format!("s{n}")).collect();
        assert_eq!(Scopes::parse(&many.join(" ")).names().len(), MOST);
        assert!(Scopes::parse_strictly(&many.join(" ")).is_none());
        assert!(Scope::parse(&"a".repeat(65)).is_none());
    }

    #[test]
    fn sets_are_compared() {
        let all = Scopes::standard();
        let some = Scopes::parse("openid email");
        assert!(all.covers(&some) && !some.covers(&all));
        assert_eq!(some.intersect(&Scopes::parse("email profile")).to_string(), "email");
        assert_eq!(some.union(&Scopes::parse("phone profile")).to_string(), "openid profile email phone");
        assert_eq!(some.minus(&Scopes::parse("openid phone")).to_string(), "email");
    }
}
