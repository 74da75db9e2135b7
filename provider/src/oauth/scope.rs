//! Scopes: what a site may ask for (RFC 6749 section 3.3).

use std::fmt;

/// A scope that this server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The site wants to know who signs in (OpenID Connect Core section 3.1.2.1).
    OpenId,
    /// Name, picture and the like (section 5.4).
    Profile,
    /// The email address (section 5.4).
    Email,
    /// A refresh token (section 11).
    OfflineAccess,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenId, Self::Profile, Self::Email, Self::OfflineAccess];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
        }
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads a list separated by spaces. What is not understood is left out (OpenID Connect Core section 3.1.2.1).
    pub fn parse(text: &str) -> Self {
        let asked: Vec<&str> = text.split(' ').collect();
        Self(Scope::ALL.into_iter().filter(|scope| asked.contains(&scope.as_str())).collect())
    }

    /// Reads a list of which every name must be known; `None` if one is not, or there is none.
    pub fn parse_strictly(text: &str) -> Option<Self> {
        let known = |name: &str| Scope::ALL.iter().any(|scope| scope.as_str() == name);
        text.split(' ').all(known).then(|| Self::parse(text))
    }

    /// The set without this scope.
    #[must_use]
    pub fn without(mut self, scope: Scope) -> Self {
        self.0.retain(|other| *other != scope);
        self
    }

    /// Every scope there is.
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// Whether the set has this scope.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether all of `other` is in this set.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|scope| self.contains(*scope))
    }

    /// What both sets have.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        Self(self.0.iter().copied().filter(|scope| other.contains(*scope)).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, in a fixed order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|scope| scope.as_str().to_owned()).collect()
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
    fn unknown_scopes_are_left_out() {
        assert_eq!(Scopes::parse("email openid admin openid").to_string(), "openid email");
        assert!(Scopes::parse("").is_empty());
        assert_eq!(Scopes::parse_strictly("email openid").unwrap().to_string(), "openid email");
        assert!(Scopes::parse_strictly("openid admin").is_none() && Scopes::parse_strictly("").is_none());
    }

    #[test]
    fn sets_are_compared() {
        let all = Scopes::all();
        let some = Scopes::parse("openid email");
        assert!(all.covers(&some) && !some.covers(&all));
        assert_eq!(some.intersect(&Scopes::parse("email profile")).to_string(), "email");
    }
}
