//! How a client proves who it is at the token endpoint (RFC 6749 section 2.3), and wherever else it has to.
//!
//! 1. Its secret in the `Authorization` header (`client_secret_basic`) or in the form (`client_secret_post`).
//! 2. A JWT signed by its own key (`private_key_jwt`, RFC 7523 section 2.2): `client_assertion_type` says that it is one,
//!    `client_assertion` is it. `client_id` is optional then, and must be the same (RFC 7521 section 4.2).
//! 3. Nothing but its `client_id` (`none`): PKCE ties the code to it.

use base64::{Engine, engine::general_purpose::STANDARD};

use protocol::paths;

use super::{
    assertion::{self, Assertion, AssertionError, Expectations, Subject},
    client::{Client, ClientAuth, ClientId},
    error::TokenError,
    parameters::Parameters,
};
use crate::{app::App, clock::Time, secret::Digest};

/// `client_assertion_type` of a JWT (RFC 7523 section 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request brought to prove who it is from.
pub enum Credential {
    /// A secret in the Authorization header.
    Basic {
        /// Who it says it is.
        id: String,
        /// The secret, form-decoded and as it was sent.
        secret: [Digest; 2],
    },
    /// A secret in the form.
    Post {
        /// Who it says it is.
        id: String,
        /// The secret.
        secret: Digest,
    },
    /// A JWT signed by its own key.
    Assertion(Assertion),
    /// Nothing.
    None {
        /// Who it says it is.
        id: String,
    },
}

impl Credential {
    /// Who it says it is.
    pub fn id(&self) -> &str {
        match self {
            Self::Basic { id, .. } | Self::Post { id, .. } | Self::None { id } => id,
            Self::Assertion(assertion) => assertion.issuer().as_str(),
        }
    }
}

/// Whether a request brings anything to prove who it is from, be it its `client_id` alone.
pub fn is_tried(authorization: Option<&str>, form: &Parameters) -> bool {
    let named = |name: &&str| form.get(name).is_some();
    authorization.is_some()
        || ["client_id", "client_secret", "client_assertion", "client_assertion_type"].iter().any(named)
}

/// Finds out which client asks. Exactly one method may be used, and it must be the one that is registered.
pub async fn authenticate(
    app: &App,
    authorization: Option<&str>,
    form: &Parameters,
) -> Result<Client, TokenError> {
    let credential = read(authorization, form)?;
    let client = match ClientId::parse(credential.id()) {
        Some(id) => app.store.client(&id).await?,
        None => None,
    };
    let now = app.clock.now();
    let client = client.filter(|client| proves(&credential, client, now)).ok_or(TokenError::InvalidClient)?;
    if let Credential::Assertion(assertion) = &credential {
        let verified = assertion::verify(app, &client, assertion, &expectations(app)).await;
        verified.map_err(|error| match error {
            AssertionError::Store(error) => error.into(),
            refused => TokenError::ClientAssertion(refused),
        })?;
    }
    Ok(client)
}

/// The issuer (FAPI 2.0 Security Profile section 5.3.2.1), the token endpoint (RFC 7523 section 3) or that for pushed requests
/// (RFC 9126 section 2): a library may use one of them at every endpoint.
fn expectations(app: &App) -> Expectations {
    let issuer = &app.config.issuer;
    let endpoints = [paths::TOKEN, paths::PUSHED_AUTHORIZATION_REQUEST].map(|path| issuer.url(path));
    Expectations {
        audiences: std::iter::once(issuer.as_str().to_owned()).chain(endpoints).collect(),
        subject: Subject::Client,
    }
}

/// Whether the credential is of the registered kind and, if it is a secret, the right one.
fn proves(credential: &Credential, client: &Client, now: Time) -> bool {
    match (credential, client.auth) {
        (Credential::Basic { secret, .. }, ClientAuth::ClientSecretBasic) => {
            secret.iter().any(|secret| client.has_secret(secret, now))
        }
        (Credential::Post { secret, .. }, ClientAuth::ClientSecretPost) => client.has_secret(secret, now),
        (Credential::Assertion(_), ClientAuth::PrivateKeyJwt)
        | (Credential::None { .. }, ClientAuth::Public) => true,
        _ => false,
    }
}

/// Reads what a request brought, from its `Authorization` header and its form. A pure function.
///
/// # Errors
///
/// [`TokenError::InvalidRequest`] if it brought two things that contradict each other, [`TokenError::InvalidClient`] if nothing.
pub fn read(authorization: Option<&str>, form: &Parameters) -> Result<Credential, TokenError> {
    let (id, secret, jwt) = (form.get("client_id"), form.get("client_secret"), form.get("client_assertion"));
    let kind = form.get("client_assertion_type");
    let ways = [authorization.is_some(), secret.is_some(), jwt.is_some() || kind.is_some()];
    if ways.into_iter().filter(|used| *used).count() > 1 {
        return Err(TokenError::InvalidRequest("use one way of client authentication, not two".into()));
    }
    if jwt.is_some() || kind.is_some() {
        return read_assertion(id, jwt, kind);
    }
    let Some(authorization) = authorization else {
        let id = id.ok_or(TokenError::InvalidClient)?.to_owned();
        return Ok(match secret {
            Some(secret) => Credential::Post { id, secret: Digest::of(secret) },
            None => Credential::None { id },
        });
    };
    let (basic_id, basic_secret) = read_basic(authorization).ok_or(TokenError::InvalidClient)?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(TokenError::InvalidRequest("two different client_id".into()));
    }
    // The RFC has it form-encoded; `curl -u` and many libraries send it as it is. A hash tells which.
    let secret = [Digest::of(&form_decode(&basic_secret)), Digest::of(&basic_secret)];
    Ok(Credential::Basic { id: basic_id, secret })
}

fn read_assertion(id: Option<&str>, jwt: Option<&str>, kind: Option<&str>) -> Result<Credential, TokenError> {
    let (Some(jwt), Some(JWT_BEARER)) = (jwt, kind) else {
        let wanted = format!("client_assertion goes with client_assertion_type={JWT_BEARER}");
        return Err(TokenError::InvalidRequest(wanted));
    };
    let assertion = Assertion::parse(jwt).map_err(TokenError::ClientAssertion)?;
    if id.is_some_and(|id| id != assertion.issuer().as_str()) {
        return Err(TokenError::InvalidRequest("client_id is not the client_assertion's iss".into()));
    }
    Ok(Credential::Assertion(assertion))
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
