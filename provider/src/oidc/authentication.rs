//! How a person was authenticated, told truthfully: `auth_time`, `amr` and `acr` (OpenID Connect Core section 2).
//!
//! What is recorded is what happened, as a set of [`Method`]s. `amr` and `acr` follow from it, and nothing else does.

use std::{collections::BTreeSet, fmt};

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
}

impl Method {
    const ALL: [Self; 3] = [Self::DeviceKey, Self::Scan, Self::TypedCode];

    const fn as_str(self) -> &'static str {
        match self {
            Self::DeviceKey => "device_key",
            Self::Scan => "scan",
            Self::TypedCode => "typed_code",
        }
    }

    /// The name in `amr` (RFC 8176 section 2).
    const fn reference(self) -> &'static str {
        match self {
            Self::DeviceKey => "swk",
            Self::Scan | Self::TypedCode => "mca",
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
}

impl ContextClass {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Scan, Self::TypedCode];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "urn:saoma:acr:scan",
            Self::TypedCode => "urn:saoma:acr:typed-code",
        }
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

    /// From the store; `None` if it holds what no code of ours wrote.
    pub fn from_stored(text: &str) -> Option<Self> {
        let named = |name| Method::ALL.into_iter().find(|method| method.as_str() == name);
        text.split(' ').map(named).collect::<Option<_>>().map(Self)
    }

    /// The values of `amr`.
    pub fn references(&self) -> Vec<&'static str> {
        self.0.iter().map(|method| method.reference()).collect()
    }

    /// The value of `acr`.
    pub fn context_class(&self) -> ContextClass {
        if self.0.contains(&Method::Scan) { ContextClass::Scan } else { ContextClass::TypedCode }
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
        assert_eq!(Methods::scan().context_class().as_str(), "urn:saoma:acr:scan");
        assert_eq!(Methods::typed_code().context_class(), ContextClass::TypedCode);
    }

    #[test]
    fn the_store_gives_back_what_it_was_given() {
        for methods in [Methods::scan(), Methods::typed_code()] {
            assert_eq!(Methods::from_stored(&methods.to_string()), Some(methods));
        }
        assert_eq!(Methods::from_stored("scan magic"), None);
    }
}
