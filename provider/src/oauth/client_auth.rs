//! How a client proves who it is at the token endpoint (RFC 6749 section 2.3).

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    client::{Client, ClientAuth, ClientId},
    error::TokenError,
    parameters::Parameters,
};
use crate::{secret::Digest, store::ClientStore};

/// What a request brought to prove who it is from.
enum Credential {
    Basic { id: String, secret: Digest },
    Post { id: String, secret: Digest },
    None { id: String },
}

/// Finds out which client asks. Exactly one method may be used, and it must be the one that is registered.
pub async fn authenticate(
    store: &dyn ClientStore,
    authorization: Option<&str>,
    form: &Parameters,
) -> Result<Client, TokenError> {
    let credential = read(authorization, form)?;
    let (id, basic) = match &credential {
        Credential::Basic { id, .. } => (id, true),
        Credential::Post { id, .. } | Credential::None { id } => (id, false),
    };
    let client = match ClientId::parse(id) {
        Some(id) => store.client(&id).await?,
        None => None,
    };
    client.filter(|client| proves(&credential, client)).ok_or(TokenError::InvalidClient { basic })
}

fn proves(credential: &Credential, client: &Client) -> bool {
    match (credential, &client.auth) {
        (Credential::Basic { secret, .. }, ClientAuth::Basic(registered))
        | (Credential::Post { secret, .. }, ClientAuth::Post(registered)) => secret == registered,
        (Credential::None { .. }, ClientAuth::Public) => true,
        _ => false,
    }
}

fn read(authorization: Option<&str>, form: &Parameters) -> Result<Credential, TokenError> {
    let (id, secret) = (form.get("client_id"), form.get("client_secret"));
    let Some(authorization) = authorization else {
        let id = id.ok_or(TokenError::InvalidClient { basic: false })?.to_owned();
        return Ok(match secret {
            Some(secret) => Credential::Post { id, secret: Digest::of(secret) },
            None => Credential::None { id },
        });
    };
    if secret.is_some() {
        return Err(TokenError::InvalidRequest("use one way of client authentication, not two".into()));
    }
    let (basic_id, basic_secret) =
        read_basic(authorization).ok_or(TokenError::InvalidClient { basic: true })?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(TokenError::InvalidRequest("two different client_id".into()));
    }
    Ok(Credential::Basic { id: basic_id, secret: Digest::of(&basic_secret) })
}

/// `Basic` credentials, each half form-encoded before it was joined (RFC 6749 section 2.3.1).
fn read_basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    // A value with its `=` and `&` encoded parses as the one name of a pair without value.
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(joined: &str) -> Option<(String, String)> {
        read_basic(&format!("Basic {}", STANDARD.encode(joined)))
    }

    #[test]
    fn basic_credentials_are_form_encoded() {
        assert_eq!(basic("a%3Ab:c%26d+e"), Some(("a:b".into(), "c&d e".into())));
        assert_eq!(basic("site:secret_-x"), Some(("site".into(), "secret_-x".into())));
    }

    #[test]
    fn other_schemes_and_broken_text_are_refused() {
        assert_eq!(read_basic("Bearer abc"), None);
        assert_eq!(read_basic("Basic !!!"), None);
        assert_eq!(basic("no-colon"), None);
    }
}
