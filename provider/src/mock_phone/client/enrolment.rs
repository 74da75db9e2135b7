//! How the phone gets its account: by the person's password, or by a company's word.

use std::sync::Arc;

use protocol::paths;
use protocol::phone::{AccountSummary, Me, PhoneTokens, SignIn, SignedIn};
use serde::{Deserialize, Serialize};

use super::{MockPhone, Session};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::home::{AccessToken, Device};
use crate::mock_phone::key::DeviceKey;
use crate::mock_phone::secret::Secret;
use crate::mock_phone::server::{Call, Credentials, Server, ServerUrl};

/// The grant type of an assertion (RFC 7523 section 2.1).
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The device that [`MockPhone::sign_in`] or [`MockPhone::enrol`] enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedInAs {
    /// What the server calls the device.
    pub device_id: String,
    /// Who is signed in.
    pub account: AccountSummary,
}

/// A device that its server does not know yet: a new key, and where it wants to be enrolled.
struct Newcomer {
    url: ServerUrl,
    server: Server,
    key: DeviceKey,
}

/// What the token endpoint answers to an assertion.
#[derive(Deserialize)]
struct Enrolled {
    device_id: String,
    refresh_token: String,
    #[serde(flatten)]
    tokens: PhoneTokens,
}

impl MockPhone {
    /// Signs in with account name and password, and enrols a new device under a new key. Who was signed in
    /// here before is forgotten here, and stays enrolled at the server.
    ///
    /// # Errors
    ///
    /// [`ProblemCode::WrongCredentials`](protocol::ProblemCode::WrongCredentials),
    /// [`ProblemCode::TooManyDevices`](protocol::ProblemCode::TooManyDevices); those of every call.
    pub async fn sign_in(
        &self,
        server: &str,
        account: &str,
        password: &str,
        device_name: &str,
    ) -> Result<SignedInAs, PhoneError> {
        let newcomer = self.newcomer(server)?;
        let body = SignIn {
            account: account.to_owned(),
            password: password.to_owned(),
            device_name: device_name.to_owned(),
        };
        let now = (self.clock)();
        let call = Call::post(paths::PHONE_SIGN_IN, &body)?;
        let signed_in: SignedIn = newcomer.server.call(&call, newcomer.credentials(None, now)).await?;
        let SignedIn { device_id, account, refresh_token, tokens } = signed_in;
        let access = AccessToken::issued(tokens, now);
        self.adopt(newcomer, SignedInAs { device_id, account }, Secret::new(refresh_token), access)
    }

    /// Brings an assertion, by which a company vouches for its user (RFC 7523 section 2.1), and enrols a new device under a
    /// new key; then asks whose it is. Who was signed in here before is forgotten here, as with [`MockPhone::sign_in`].
    ///
    /// An assertion is good once, also if the answer is lost: the next try needs another.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NotGranted`] with `invalid_grant` and the like; those of every call.
    pub async fn enrol(&self, server: &str, assertion: &Secret) -> Result<SignedInAs, PhoneError> {
        let newcomer = self.newcomer(server)?;
        let form = vec![("grant_type", JWT_BEARER.to_owned()), ("assertion", assertion.expose().to_owned())];
        let now = (self.clock)();
        let call = Call::post_form(paths::TOKEN, form);
        let enrolled: Enrolled = newcomer.server.call(&call, newcomer.credentials(None, now)).await?;
        let Enrolled { device_id, refresh_token, tokens } = enrolled;
        let access = AccessToken::issued(tokens, now);
        let credentials = newcomer.credentials(Some(&access.token), (self.clock)());
        let Me { account, .. } = newcomer.server.call(&Call::get(paths::PHONE_ME), credentials).await?;
        self.adopt(newcomer, SignedInAs { device_id, account }, Secret::new(refresh_token), access)
    }

    fn newcomer(&self, server: &str) -> Result<Newcomer, PhoneError> {
        let url: ServerUrl = server.parse()?;
        let server = Server::new(url.clone(), self.authority.as_ref())?;
        Ok(Newcomer { url, server, key: DeviceKey::generate()? })
    }

    /// Remembers a device that was enrolled, in place of whatever was here.
    fn adopt(
        &self,
        newcomer: Newcomer,
        who: SignedInAs,
        refresh_token: Secret,
        access: AccessToken,
    ) -> Result<SignedInAs, PhoneError> {
        let Newcomer { url, server, key } = newcomer;
        let device = Device {
            server: url,
            id: who.device_id.clone(),
            account: who.account.clone(),
            key: key.to_pkcs8()?,
            refresh_token,
            access,
            ticket: None,
            asked: Vec::new(),
        };
        self.home.save(&device)?;
        *self.lock() = Some(Session { device, key: Arc::new(key), server });
        Ok(who)
    }
}

impl Newcomer {
    fn credentials<'a>(&'a self, access_token: Option<&'a Secret>, now: i64) -> Credentials<'a> {
        Credentials { key: &self.key, access_token, now }
    }
}
