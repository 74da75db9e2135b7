//! How the phone gets its account by a company's word (RFC 7523 section 2.1), in place of a password.

use std::sync::Arc;

use protocol::paths;
use protocol::phone::{Me, PhoneTokens, SignedIn};
use serde::Deserialize;

use super::{MockPhone, SignedInAs};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::key::DeviceKey;
use crate::mock_phone::secret::Secret;
use crate::mock_phone::server::{Call, Credentials, Server, ServerUrl};

/// The grant type of an assertion.
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What the token endpoint answers to an assertion.
#[derive(Deserialize)]
struct Enrolled {
    device_id: String,
    refresh_token: String,
    #[serde(flatten)]
    tokens: PhoneTokens,
}

impl MockPhone {
    /// Brings an assertion, by which a company vouches for its user, and enrols a new device under a new key; then asks whose it
    /// is. Who was signed in here before is forgotten here, and stays enrolled at the server.
    ///
    /// An assertion is good once, also if the answer is lost: the next try needs another.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NotGranted`] with `invalid_grant` and the like; those of every call.
    pub async fn enrol(&self, server: &str, assertion: &Secret) -> Result<SignedInAs, PhoneError> {
        let url: ServerUrl = server.parse()?;
        let server = Server::new(url.clone(), self.authority.as_ref())?;
        let key = DeviceKey::generate()?;
        let form = vec![("grant_type", JWT_BEARER.to_owned()), ("assertion", assertion.expose().to_owned())];
        let now = (self.clock)();
        let credentials = Credentials { key: &key, access_token: None, now };
        let enrolled: Enrolled = server.call(&Call::post_form(paths::TOKEN, form), credentials).await?;
        let Enrolled { device_id, refresh_token, tokens } = enrolled;
        let token = Secret::new(tokens.access_token.clone());
        let credentials = Credentials { key: &key, access_token: Some(&token), now: (self.clock)() };
        let Me { account, .. } = server.call(&Call::get(paths::PHONE_ME), credentials).await?;
        self.keep(url, server, Arc::new(key), SignedIn { device_id, account, refresh_token, tokens }, now)
    }
}
