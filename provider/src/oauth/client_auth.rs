//! How a client proves who it is at the token endpoint (RFC 6749 section 2.3).

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    client::{Client, ClientAuth, ClientId},
    error::TokenError,
    parameters::Parameters,
};
use crate::{app::App, clock::Time, secret::Digest};

/// What a request brought to prove who it is from.
enum Credential {
    Basic { id: String, secret: [Digest; 2] },
    Post { id: String, secret: Digest },
    None { id: String },
}

/// Finds out which client asks. Exactly one method may be used, and it must be the one that is registered.
pub async fn authenticate(
    app: &App,
    authorization: Option<&str>,
    form: &Parameters,
) -> Result<Client, TokenError> {
    let credential = read(authorization, form)?;
    let (Credential::Basic { id, .. } | Credential::Post { id, .. } | Credential::None { id }) = &credential;
    let client = match ClientId::parse(id) {
        Some(id) => app.store.client(&id).await?,
        None => None,
    };
    let now = app.clock.now();
    client.filter(|client| proves(&credential, client, now)).ok_or(TokenError::InvalidClient)
}

fn proves(credential: &Credential, client: &Client, now: Time) -> bool {
    match (credential, client.auth) {
        (Credential::Basic { secret, .. }, ClientAuth::ClientSecretBasic) => {
            secret.iter().any(|secret| client.has_secret(secret, now))
        }
        (Credential::Post { secret, .. }, ClientAuth::ClientSecretPost) => client.has_secret(secret, now),
        (Credential::None { .. }, ClientAuth::Public) => true,
        _ => false,
    }
}

fn read(authorization: Option<&str>, form: &Parameters) -> Result<Credential, TokenError> {
    let (id, secret) = (form.get("client_id"), form.get("client_secret"));
    let Some(authorization) = authorization else {
        let id = id.ok_or(TokenError::InvalidClient)?.to_owned();
        return Ok(match secret {
            Some(secret) => Credential::Post { id, secret: Digest::of(secret) },
            None => Credential::None { id },
        });
    };
    if secret.is_some() {
        return Err(TokenError::InvalidRequest("use one way of client authentication, not two".into()));
    }
    let (basic_id, basic_secret) = read_basic(authorization).ok_or(TokenError::InvalidClient)?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(TokenError::InvalidRequest("two different client_id".into()));
    }
    // The RFC has it form-encoded; `curl -u` and many libraries send it as it is. A hash tells which.
    let secret = [Digest::of(&form_decode(&basic_secret)), Digest::of(&basic_secret)];
    Ok(Credential::Basic { id: basic_id, secret })
}

/// `Basic` credentials: the identifier, form-decoded (RFC 6749 section 2.3.1), and the secret as it was sent.
fn read_basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decode(id), secret.to_owned()))
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
    fn basic_credentials_are_taken_apart() {
        assert_eq!(basic("a%3Ab:c%26d+e"), Some(("a:b".into(), "c%26d+e".into())));
        assert_eq!(form_decode("c%26d+e"), "c&d e");
    }

    #[test]
    fn a_secret_may_be_form_encoded_or_not() {
        for sent in ["a+b/c==", "a%2Bb%2Fc%3D%3D"] {
            let header = format!("Basic {}", STANDARD.encode(format!("site:{sent}")));
            let read = read(Some(&header), &Parameters::default());
            let Ok(Credential::Basic { secret, .. }) = read else { panic!("{sent}") };
            assert!(secret.contains(&Digest::of("a+b/c==")), "{sent}");
        }
    }

    #[test]
    fn other_schemes_and_broken_text_are_refused() {
        assert_eq!(read_basic("Bearer abc"), None);
        assert_eq!(read_basic("Basic !!!"), None);
        assert_eq!(basic("no-colon"), None);
    }
}
