//! The `claims` parameter (OpenID Connect Core section 5.5): single claims that a site asks for, beside what its scopes give.
//!
//! A claim that is asked for by name is still the person's to give: it belongs to a scope (section 5.4), is shown with that scope on the phone,
//! and is left out if that is declined. Of the ID token's own claims three can carry a demand: `sub` (which person), `acr` (how they
//! signed in) and `auth_time`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{authentication::ContextClass, claims};
use crate::{
    nesting::is_too_deep,
    oauth::{jose::strict_json, scope::Scopes},
};

/// Longest parameter, in bytes.
const LENGTH: usize = 4096;

/// Claims that are asked for by name. Names that are not known here are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Wish>,
    /// For the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Wish>,
}

/// How a claim is asked for (section 5.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// The site cannot well do without it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// It should have this value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// It should have one of these values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

impl Wish {
    /// The values that would do; none: any would.
    pub fn accepted(&self) -> Vec<&Value> {
        self.value.iter().chain(self.values.iter().flatten()).collect()
    }
}

impl ClaimsRequest {
    /// Reads the parameter; `None` if it is not a JSON object of the shape of section 5.5, or has a member twice. A pure function.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LENGTH {
            return None;
        }
        let request: RawRequest = serde_json::from_value(strict_json(text.as_bytes())?).ok()?;
        let mut wishes =
            request.userinfo.iter().chain(&request.id_token).flat_map(BTreeMap::values).flatten();
        if wishes.any(|wish| wish.accepted().into_iter().any(is_too_deep)) {
            return None;
        }
        let known = |part: Option<BTreeMap<String, Option<Wish>>>, also: &[&str]| {
            let wishes = part.unwrap_or_default();
            let keep = |name: &str| claims::scope_of(name).is_some() || also.contains(&name);
            wishes
                .into_iter()
                .filter(|(name, _)| keep(name))
                .map(|(n, w)| (n, w.unwrap_or_default()))
                .collect()
        };
        Some(Self {
            userinfo: known(request.userinfo, &["sub"]),
            id_token: known(request.id_token, &["sub", "acr", "auth_time"]),
        })
    }

    /// The same, with these authentication classes wished for, the best liked first (`acr_values`, OpenID Connect Core section
    /// 3.1.2.1): a wish and no demand, and none where the claim `acr` itself is asked for. Names that are not known here are left out.
    #[must_use]
    pub fn preferring<'a>(mut self, classes: impl Iterator<Item = &'a str>) -> Self {
        let known: Vec<Value> =
            classes.filter_map(ContextClass::parse).map(|class| Value::from(class.as_str())).collect();
        if !known.is_empty() {
            self.id_token
                .entry("acr".to_owned())
                .or_insert_with(|| Wish { values: Some(known), ..Wish::default() });
        }
        self
    }

    /// The scopes that the claims belong to.
    pub fn scopes(&self) -> Scopes {
        self.userinfo.keys().chain(self.id_token.keys()).filter_map(|name| claims::scope_of(name)).collect()
    }

    /// The part of it that a person who agreed to these scopes agreed to.
    #[must_use]
    pub fn agreed(&self, scopes: &Scopes) -> Self {
        let keep = |part: &BTreeMap<String, Wish>| {
            let agreed = |name: &str| claims::scope_of(name).is_none_or(|scope| scopes.contains(&scope));
            part.iter().filter(|(name, _)| agreed(name)).map(|(n, w)| (n.clone(), w.clone())).collect()
        };
        Self { userinfo: keep(&self.userinfo), id_token: keep(&self.id_token) }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }
}

/// As it comes: a wish may be `null`, which is to say "if you please".
#[derive(Deserialize)]
struct RawRequest {
    userinfo: Option<BTreeMap<String, Option<Wish>>>,
    id_token: Option<BTreeMap<String, Option<Wish>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_claims_are_kept_with_their_wishes() {
        let request = ClaimsRequest::parse(
            r#"{"userinfo":{"email":{"essential":true},"name":null,"shoe_size":null},
                "id_token":{"acr":{"values":["a","b"]},"sub":{"value":"x"}}}"#,
        )
        .unwrap();
        assert!(request.userinfo["email"].essential && !request.userinfo["name"].essential);
        assert!(!request.userinfo.contains_key("shoe_size"));
        assert_eq!(request.id_token["acr"].accepted(), ["a", "b"]);
        assert_eq!(request.scopes().to_string(), "profile email");
    }

    #[test]
    fn the_store_gives_back_what_it_was_given() {
        let request = ClaimsRequest::parse(r#"{"userinfo":{"email":{"essential":true}}}"#).unwrap();
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
        assert_eq!(serde_json::from_str::<ClaimsRequest>("{}").unwrap(), ClaimsRequest::default());
    }

    #[test]
    fn what_could_not_be_read_again_is_refused() {
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        for part in ["value", "values"] {
            let deep = format!(r#"{{"userinfo":{{"email":{{"{part}":{}}}}}}}"#, nested(124));
            assert!(ClaimsRequest::parse(&deep).is_none(), "{part}");
        }
    }

    #[test]
    fn classes_that_are_wished_for_give_way_to_the_claim_itself() {
        let wished = |text: &str| {
            let request =
                ClaimsRequest::parse(text).unwrap().preferring("gold urn:saoma:acr:scan".split(' '));
            request.id_token["acr"].clone()
        };
        let none = wished("{}");
        assert!(!none.essential && none.accepted() == ["urn:saoma:acr:scan"]);
        let own = wished(r#"{"id_token":{"acr":{"essential":true,"value":"a"}}}"#);
        assert!(own.essential && own.accepted() == ["a"]);
        assert!(ClaimsRequest::default().preferring(["gold"].into_iter()).is_empty());
    }

    #[test]
    fn another_shape_is_refused() {
        let twice = r#"{"id_token":{"acr":null,"acr":{"essential":true}}}"#;
        for odd in
            ["", "[]", "null", r#"{"userinfo":[]}"#, r#"{"id_token":{"acr":"x"}}"#, twice, &" ".repeat(5000)]
        {
            assert!(ClaimsRequest::parse(odd).is_none(), "{odd}");
        }
    }
}
