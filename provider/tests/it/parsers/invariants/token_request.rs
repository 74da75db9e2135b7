//! The token request, as far as no store is needed: who asks, by which grant, for which scopes.
//!
//! The input is the form; a line before it is the `Authorization` header, in which what follows `Basic ` is encoded.

use base64::{Engine, engine::general_purpose::STANDARD};
use provider::oauth::{
    client::GrantType,
    client_auth::{Credential, read},
    parameters::Parameters,
    scope::Scopes,
};

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let (header, form) = text.split_once('\n').map_or((None, &*text), |(header, form)| (Some(header), form));
    let encoded = header.map(|header| match header.strip_prefix("Basic ") {
        Some(joined) => format!("Basic {}", STANDARD.encode(joined)),
        None => header.to_owned(),
    });
    let Ok(form) = Parameters::from_urlencoded(form) else { return "unreadable" };
    if let Some(kind) = form.get("grant_type").and_then(GrantType::parse) {
        assert_eq!(form.get("grant_type"), Some(kind.as_str()));
    }
    if let Some((text, scopes)) =
        form.get("scope").and_then(|text| Some((text, Scopes::parse_strictly(text)?)))
    {
        assert!(text.split(' ').count() <= 32 && !scopes.is_empty());
        assert!(text.split(' ').all(|name| scopes.names().iter().any(|known| known == name)), "{text}");
        assert_eq!(Scopes::parse_strictly(&scopes.to_string()), Some(scopes), "it is written as it is read");
    }
    let Ok(credential) = read(encoded.as_deref(), &form) else { return "refused" };
    assert!(form.get("client_id").is_none_or(|id| id == credential.id()), "two clients in one request");
    let used =
        [encoded.is_some(), form.get("client_secret").is_some(), form.get("client_assertion").is_some()];
    let (expected, word) = match credential {
        Credential::Basic { .. } => ([true, false, false], "basic"),
        Credential::Post { .. } => ([false, true, false], "post"),
        Credential::Assertion { .. } => ([false, false, true], "assertion"),
        Credential::None { .. } => ([false, false, false], "none"),
    };
    assert_eq!(used, expected, "one way of client authentication, and the one that was used");
    word
}
