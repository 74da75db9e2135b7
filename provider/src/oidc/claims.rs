//! What is known of a person, and which scope gives a site which part of it (OpenID Connect Core section 5).

use serde_json::{Map, Value};

use crate::oauth::scope::{Scope, Scopes};

/// Claims of the `profile` scope (section 5.4).
const PROFILE: [&str; 14] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// Claims of the `email` scope (section 5.4).
const EMAIL: [&str; 2] = ["email", "email_verified"];

/// Claims of the `phone` scope (section 5.4).
const PHONE: [&str; 2] = ["phone_number", "phone_number_verified"];

/// The claim of the `address` scope (section 5.1.1), and its members.
const ADDRESS: &str = "address";
const ADDRESS_MEMBERS: [&str; 6] =
    ["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// The scope that gives a claim (section 5.4); `None` if it is not a standard claim of a scope.
pub fn scope_of(claim: &str) -> Option<Scope> {
    if PROFILE.contains(&claim) {
        Some(Scope::Profile)
    } else if EMAIL.contains(&claim) {
        Some(Scope::Email)
    } else if PHONE.contains(&claim) {
        Some(Scope::Phone)
    } else {
        (claim == ADDRESS).then_some(Scope::Address)
    }
}

/// A person's claims, as a JSON object. Only standard claims are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

/// Why a set of claims is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// It is not a JSON object.
    #[error("claims are a JSON object")]
    NotAnObject,
    /// A name that is not a standard claim.
    #[error("`{0}` is not a standard claim of the profile, email, phone or address scope")]
    Unknown(String),
    /// A value of the wrong type.
    #[error("`{0}` must be a {1}")]
    WrongType(String, &'static str),
}

impl Claims {
    /// Reads claims from JSON, and refuses what a site could not use.
    pub fn from_json(json: Value) -> Result<Self, ClaimsError> {
        let Value::Object(members) = json else { return Err(ClaimsError::NotAnObject) };
        for (name, value) in &members {
            if scope_of(name).is_none() {
                return Err(ClaimsError::Unknown(name.clone()));
            }
            let (good, kind) = match name.as_str() {
                "updated_at" => (value.is_number(), "number"),
                "email_verified" | "phone_number_verified" => (value.is_boolean(), "boolean"),
                ADDRESS => (
                    is_address(value),
                    "object of formatted, street_address, locality, region, postal_code or country, all text",
                ),
                _ => (value.is_string(), "string"),
            };
            if !good {
                return Err(ClaimsError::WrongType(name.clone(), kind));
            }
        }
        Ok(Self(members))
    }

    /// All of them, for the store.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// A claim that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The part that these scopes give.
    pub fn for_scopes(&self, scopes: &Scopes) -> Map<String, Value> {
        self.part(|name| scope_of(name).is_some_and(|scope| scopes.contains(&scope)))
    }

    /// The part that was asked for by these names.
    pub fn named<'a>(&self, names: impl Iterator<Item = &'a String>) -> Map<String, Value> {
        let names: Vec<&String> = names.collect();
        self.part(|name| names.iter().any(|asked| *asked == name))
    }

    fn part(&self, given: impl Fn(&str) -> bool) -> Map<String, Value> {
        self.0.iter().filter(|(name, _)| given(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
    }

    /// Names of the claims that can be had, for discovery.
    pub fn supported() -> Vec<&'static str> {
        PROFILE.iter().chain(&EMAIL).chain(&PHONE).chain([&ADDRESS]).copied().collect()
    }
}

fn is_address(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        members.iter().all(|(name, value)| ADDRESS_MEMBERS.contains(&name.as_str()) && value.is_string())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_decide_what_a_site_sees() {
        let claims = Claims::from_json(json!({"name": "Lin", "email": "lin@example.com"})).unwrap();
        let seen = |scopes: &str| Value::Object(claims.for_scopes(&Scopes::parse(scopes)));
        assert_eq!(seen("openid"), json!({}));
        assert_eq!(seen("openid profile"), json!({"name": "Lin"}));
        assert_eq!(seen("openid phone address"), json!({}));
        assert_eq!(seen("openid email profile"), json!({"name": "Lin", "email": "lin@example.com"}));
    }

    #[test]
    fn claims_that_no_site_could_use_are_refused() {
        let refused = |json| Claims::from_json(json).unwrap_err();
        assert_eq!(refused(json!([])), ClaimsError::NotAnObject);
        assert!(matches!(refused(json!({"address": {"planet": "Mars"}})), ClaimsError::WrongType(..)));
        assert_eq!(refused(json!({"sub": "x"})), ClaimsError::Unknown("sub".into()));
        assert_eq!(
            refused(json!({"updated_at": "now"})),
            ClaimsError::WrongType("updated_at".into(), "number")
        );
    }
}
