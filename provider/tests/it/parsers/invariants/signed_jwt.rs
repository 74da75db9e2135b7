//! A JWT that somebody else signed, taken apart: there is one way only to read it.
//!
//! The input is header and claims, a line each, which are encoded; or one line that is the whole JWT.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::oauth::jose::{Jws, strict_json};
use serde_json::Value;

const LONGEST: usize = 4096;

pub(super) fn hold(data: &[u8]) -> &'static str {
    if let Some(json) = strict_json(data) {
        assert_eq!(
            serde_json::from_slice::<Value>(data).ok(),
            Some(json),
            "another reader reads it otherwise"
        );
    }
    let text = String::from_utf8_lossy(data);
    let jwt = match text.split_once('\n') {
        Some((header, claims)) => {
            format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
        }
        None => text.into_owned(),
    };
    let Some(jws) = Jws::parse(&jwt, LONGEST) else { return "refused" };
    assert!(jwt.len() <= LONGEST && !jws.header.contains_key("crit"));
    let parts: Vec<Vec<u8>> =
        jwt.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).expect("a part is base64url")).collect();
    let [header, claims, _] = parts.as_slice() else { panic!("{} parts", parts.len()) };
    let read = |part: &[u8]| serde_json::from_slice::<Value>(part).expect("a part is JSON");
    assert_eq!((read(header), read(claims)), (jws.header.into(), jws.claims.into()));
    let encoded: Vec<String> = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
    assert_eq!(encoded.join("."), jwt, "it could have been spelt otherwise");
    "accepted"
}
