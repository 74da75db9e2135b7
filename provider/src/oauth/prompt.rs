//! The `prompt` parameter (OpenID Connect Core section 3.1.2.1): what the person must be asked, or that they must not be.

use serde::{Deserialize, Serialize};

/// One thing to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Ask nothing: answer from what is known, or fail.
    None,
    /// Authenticate, also where somebody is signed in.
    Login,
    /// Ask what the site is allowed, also where that is known.
    Consent,
    /// Ask which account.
    SelectAccount,
}

impl Prompt {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What a request wants asked. In JSON it is one text, as on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Prompts(Vec<Prompt>);

impl Prompts {
    /// Reads a list separated by spaces. Names that are not known are left out; `None` if `none` is not alone.
    pub fn parse(text: &str) -> Option<Self> {
        let names: Vec<&str> = text.split(' ').filter(|name| !name.is_empty()).collect();
        let alone = !names.contains(&Prompt::None.as_str()) || names.len() == 1;
        let asked = Prompt::ALL.into_iter().filter(|prompt| names.contains(&prompt.as_str()));
        alone.then(|| Self(asked.collect()))
    }

    /// Whether this is to be asked.
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    /// Whether the request says nothing of it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Prompts {
    fn from(text: String) -> Self {
        Self::parse(&text).unwrap_or_default()
    }
}

impl From<Prompts> for String {
    fn from(prompts: Prompts) -> Self {
        prompts.0.iter().map(|prompt| prompt.as_str()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        assert!(Prompts::parse("none").unwrap().contains(Prompt::None));
        assert!(Prompts::parse("none login").is_none() && Prompts::parse("none create").is_none());
        assert!(Prompts::parse("").unwrap().is_empty());
        assert_eq!(String::from(Prompts::parse("consent create login").unwrap()), "login consent");
    }
}
