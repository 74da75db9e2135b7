//! Signed JWTs as they arrive from outside (RFC 7515 section 3.1, RFC 7519), read strictly.
//!
//! Two readers that disagree about a token are a hole, so there is one way only to read one: three parts of canonical base64url,
//! and JSON objects of which no member is there twice (RFC 7515 section 4, RFC 8725 section 2.4). `crit` names nothing that
//! we understand, so it is refused (RFC 7515 section 4.1.11). Our own tokens, when they come back, are read the same way.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A signed JWT, taken apart. Nothing of it is to be believed before [`Jws::is_signed_by`] has said yes.
#[derive(Debug)]
pub struct Jws<'a> {
    /// Its header.
    pub header: Map<String, Value>,
    /// Its claims.
    pub claims: Map<String, Value>,
    message: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    /// Takes a compact JWT of at most `longest` bytes apart; `None` if it is none, or has a member twice, or `crit`.
    pub fn parse(jwt: &'a str, longest: usize) -> Option<Self> {
        if jwt.len() > longest {
            return None;
        }
        let (message, signature) = jwt.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header = object(header)?;
        let whole = !header.contains_key("crit") && URL_SAFE_NO_PAD.decode(signature).is_ok();
        whole.then_some(Self { header, claims: object(claims)?, message, signature })
    }

    /// A member of the header that is text.
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    /// Whether it brings a key along or points to one (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5 and 4.1.6). Where keys are known
    /// beforehand, that is an attempt to have another one used.
    pub fn brings_a_key(&self) -> bool {
        ["jwk", "jku", "x5u", "x5c"].iter().any(|member| self.header.contains_key(*member))
    }

    /// Whether the signature is this key's. The algorithm is the caller's decision, never the header's alone.
    pub fn is_signed_by(&self, key: &DecodingKey, algorithm: Algorithm) -> bool {
        jsonwebtoken::crypto::verify(self.signature, self.message.as_bytes(), key, algorithm).unwrap_or(false)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match strict_json(&URL_SAFE_NO_PAD.decode(part).ok()?)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Reads JSON in which no object, however deep, has a member twice; `None` for anything else.
pub fn strict_json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Strict>(bytes).ok().map(|strict| strict.0)
}

/// A JSON value whose objects name each member once.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader.deserialize(deserializer).map(Self)
    }
}

struct Reader;

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a member is there twice"));
            }
            object.insert(name, members.next_value_seed(Self)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(header: &str, claims: &str) -> String {
        let part = |text| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(header), part(claims), part("signature"))
    }

    #[test]
    fn json_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,3.5,true,null,{"b":"c\n"}],"d":18446744073709551615}"#;
        assert_eq!(strict_json(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn rfc7515_4_no_member_is_there_twice() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"b":{"a":1,"a":2}}]"#, "{} {}", ""] {
            assert_eq!(strict_json(text.as_bytes()), None, "{text}");
        }
        assert!(Jws::parse(&encoded(r#"{"alg":"none","alg":"ES256"}"#, "{}"), 1000).is_none());
        assert!(Jws::parse(&encoded(r#"{"alg":"ES256"}"#, r#"{"sub":"a","sub":"b"}"#), 1000).is_none());
    }

    #[test]
    fn depth_and_length_are_bounded() {
        assert_eq!(strict_json("[".repeat(100_000).as_bytes()), None);
        let jwt = encoded("{}", "{}");
        assert!(Jws::parse(&jwt, jwt.len()).is_some() && Jws::parse(&jwt, jwt.len() - 1).is_none());
    }

    #[test]
    fn base64url_is_canonical_and_there_are_three_parts() {
        for broken in [
            "",
            ".",
            "..",
            "e30.e30",
            "e30.e30.AA.AA",
            "e30=.e30.AA",
            "e30.e30.AB",
            "e31.e30.AA",
            "e30.W10.AA",
        ] {
            assert!(Jws::parse(broken, 1000).is_none(), "{broken}");
        }
        assert!(Jws::parse("e30.e30.AA", 1000).is_some());
        assert!(Jws::parse(&encoded(r#"{"crit":[]}"#, "{}"), 1000).is_none(), "crit");
    }
}
