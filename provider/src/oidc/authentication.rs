//! How a person was authenticated, told truthfully: `auth_time`, `amr` and `acr` (OpenID Connect Core section 2).
//!
//! What is recorded is what happened, as a set of [`Method`]s. `amr` and `acr` follow from it, and nothing else does.

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

use crate::clock::Time;

/// One thing that a person, or their phone, did to prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The phone proved possession of the key that it was enrolled with, which its software keeps.
    DeviceKey,
    /// The phone read the code from the screen: a second channel.
    Scan,
    /// The person typed the code from the screen into the phone: a second channel, too.
    TypedCode,
    /// The person typed into the phone the two digits that the browser showed after the scan.
    Match,
    /// The person typed their password into the phone, for this login.
    Password,
    /// The person used a passkey on the phone, for this login (WebAuthn, with user verification).
    Passkey,
}

impl Method {
    const ALL: [Self; 6] =
        [Self::DeviceKey, Self::Scan, Self::TypedCode, Self::Match, Self::Password, Self::Passkey];

    /// Its word in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeviceKey => "device_key",
            Self::Scan => "scan",
            Self::TypedCode => "typed_code",
            Self::Match => "match",
            Self::Password => "pwd",
            Self::Passkey => "passkey",
        }
    }

    /// The name in `amr`: of RFC 8176 section 2 where that has one, else our own.
    const fn reference(self) -> &'static str {
        match self {
            Self::DeviceKey => "swk",
            Self::Scan | Self::TypedCode => "mca",
            Self::Match => "match",
            Self::Password => "pwd",
            Self::Passkey => "passkey",
        }
    }
}

/// An authentication context class: how much an authentication is worth (OpenID Connect Core section 2, `acr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextClass {
    /// An enrolled phone scanned the code, and its owner confirmed.
    Scan,
    /// The code was typed into an enrolled phone, and its owner confirmed.
    TypedCode,
    /// An enrolled phone scanned the code, its owner typed the digits that the browser then showed, and confirmed.
    ScanMatch,
    /// The phone's owner proved who they are by password or passkey, for this login, and confirmed.
    Unlocked,
}

impl ContextClass {
    /// All of them, the one that is worth most first.
    pub const ALL: [Self; 4] = [Self::Unlocked, Self::ScanMatch, Self::Scan, Self::TypedCode];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "urn:saoma:acr:scan",
            Self::TypedCode => "urn:saoma:acr:typed-code",
            Self::ScanMatch => "urn:saoma:acr:scan-match",
            Self::Unlocked => "urn:saoma:acr:unlocked",
        }
    }

    /// The class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Methods(BTreeSet<Method>);

impl Methods {
    /// An enrolled phone scanned the code.
    pub fn scan() -> Self {
        Self([Method::DeviceKey, Method::Scan].into())
    }

    /// The code was typed into an enrolled phone.
    pub fn typed_code() -> Self {
        Self([Method::DeviceKey, Method::TypedCode].into())
    }

    /// The same, and this besides.
    #[must_use]
    pub fn and(&self, method: Method) -> Self {
        let mut all = self.0.clone();
        all.insert(method);
        Self(all)
    }

    /// Whether this was done.
    pub fn has(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// From the store; `None` if it holds what no code of ours wrote.
    pub fn from_stored(text: &str) -> Option<Self> {
        let named = |name| Method::ALL.into_iter().find(|method| method.as_str() == name);
        text.split(' ').map(named).collect::<Option<_>>().map(Self)
    }

    /// The values of `amr`.
    pub fn references(&self) -> Vec<&'static str> {
        self.0.iter().map(|method| method.reference()).collect()
    }

    /// Every class that this comes up to, the one that is worth most first.
    pub fn classes(&self) -> impl Iterator<Item = ContextClass> {
        ContextClass::ALL.into_iter().filter(|class| match class {
            ContextClass::Unlocked => self.has(Method::Password) || self.has(Method::Passkey),
            ContextClass::ScanMatch => self.has(Method::Scan) && self.has(Method::Match),
            ContextClass::Scan => self.has(Method::Scan),
            ContextClass::TypedCode => self.has(Method::TypedCode),
        })
    }

    /// The value of `acr` for a site that asked for these: the first of them that this comes up to, else the one that is worth
    /// most (OpenID Connect Core section 2).
    pub fn context_class(&self, asked: &[&Value]) -> ContextClass {
        let named = |value: &&Value| self.classes().find(|class| *value == class.as_str());
        asked.iter().find_map(named).or_else(|| self.classes().next()).unwrap_or(ContextClass::TypedCode)
    }
}

/// For the store.
impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|method| method.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}

/// An authentication: what was done, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// When: the `auth_time`.
    pub at: Time,
    /// What was done.
    pub methods: Methods,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_follows_from_what_was_done() {
        assert_eq!(Methods::scan().references(), ["swk", "mca"]);
        assert_eq!(Methods::scan().context_class(&[]).as_str(), "urn:saoma:acr:scan");
        assert_eq!(Methods::typed_code().context_class(&[]), ContextClass::TypedCode);
        let matched = Methods::scan().and(Method::Match);
        assert_eq!(matched.references(), ["swk", "mca", "match"]);
        assert_eq!(matched.context_class(&[]), ContextClass::ScanMatch);
        assert_eq!(matched.and(Method::Password).context_class(&[]), ContextClass::Unlocked);
        assert_eq!(Methods::typed_code().and(Method::Match).context_class(&[]), ContextClass::TypedCode);
    }

    #[test]
    fn a_site_is_told_the_class_that_it_asked_for_if_that_is_true() {
        let strong = Methods::scan().and(Method::Match).and(Method::Passkey);
        let asked = |names: &[&str]| {
            let values: Vec<Value> = names.iter().map(|name| Value::from(*name)).collect();
            strong.context_class(&values.iter().collect::<Vec<_>>())
        };
        assert_eq!(asked(&["urn:saoma:acr:scan", "urn:saoma:acr:unlocked"]), ContextClass::Scan);
        assert_eq!(asked(&["urn:else", "urn:saoma:acr:scan-match"]), ContextClass::ScanMatch);
        assert_eq!(asked(&["urn:saoma:acr:typed-code"]), ContextClass::Unlocked, "it was not typed");
    }

    #[test]
    fn the_store_gives_back_what_it_was_given() {
        let all = Methods::scan().and(Method::Match).and(Method::Password).and(Method::Passkey);
        for methods in [Methods::scan(), Methods::typed_code(), all] {
            assert_eq!(Methods::from_stored(&methods.to_string()), Some(methods));
        }
        assert_eq!(Methods::from_stored("scan magic"), None);
    }
}
