//! How the phone gets its account by a company's word (RFC 7523 section 2.1), in place of a password.

use std::sync::Arc;

use protocol::paths;
use protocol::phone::{Me, PhoneTokens};
use serde::Deserialize;

use super::{MockPhone, Session, SignedInAs};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::home::{AccessToken, Device};
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
        let access = AccessToken::issued(enrolled.tokens, now);
        let credentials = Credentials { key: &key, access_token: Some(&access.token), now: (self.clock)() };
        let Me { account, .. } = server.call(&Call::get(paths::PHONE_ME), credentials).await?;
        let device = Device {
            server: url,
            id: enrolled.device_id,
            account,
            key: key.to_pkcs8()?,
            refresh_token: Secret::new(enrolled.refresh_token),
            access,
            ticket: None,
            asked: Vec::new(),
            passkey_options: None,
        };
        self.home.save(&device)?;
        let who = SignedInAs { device_id: device.id.clone(), account: device.account.clone() };
        *self.lock() = Some(Session { device, key: Arc::new(key), server });
        Ok(who)
    }
}
