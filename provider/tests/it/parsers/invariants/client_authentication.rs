//! Who asks: the `Authorization` header and the form, as far as no store is needed.
//!
//! The input is the form; a line before it is the header, in which what follows `Basic ` is encoded.

use base64::{Engine, engine::general_purpose::STANDARD};
use provider::oauth::{
    client_auth::{Credential, is_tried, read},
    parameters::Parameters,
};

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let (header, form) = text.split_once('\n').map_or((None, &*text), |(header, form)| (Some(header), form));
    let encoded = header.map(|header| match header.strip_prefix("Basic ") {
        Some(joined) => format!("Basic {}", STANDARD.encode(joined)),
        None => header.to_owned(),
    });
    let Ok(form) = Parameters::from_urlencoded(form) else { return "unreadable" };
    let Ok(credential) = read(encoded.as_deref(), &form) else { return "refused" };
    assert!(is_tried(encoded.as_deref(), &form), "it came from somewhere");
    assert!(form.get("client_id").is_none_or(|id| id == credential.id()), "two clients in one request");
    let used =
        [encoded.is_some(), form.get("client_secret").is_some(), form.get("client_assertion").is_some()];
    let (expected, word) = match credential {
        Credential::Basic { .. } => ([true, false, false], "basic"),
        Credential::Post { .. } => ([false, true, false], "post"),
        Credential::Assertion(_) => ([false, false, true], "assertion"),
        Credential::None { .. } => ([false, false, false], "none"),
    };
    assert_eq!(used, expected, "one way of client authentication, and the one that was used");
    word
}
