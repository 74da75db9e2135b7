//! What the account's owner has to hear of, and what they say to it.

use protocol::notice::{AllowDevice, Notices};
use protocol::paths;

use super::{MockPhone, plain};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::server::Call;

impl MockPhone {
    /// What the account's owner has to hear of, and devices that wait to be let in.
    pub async fn notices(&self) -> Result<Notices, PhoneError> {
        self.call(Call::get(paths::PHONE_NOTICES)).await
    }

    /// Says that a notice was seen.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownNotice`]; those of every call.
    pub async fn notice_seen(&self, id: &str) -> Result<(), PhoneError> {
        self.call(Call::bare_post(&paths::phone_notice_seen(plain(id)?))).await
    }

    /// Says that what a notice tells of was somebody else: it is taken back.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownNotice`]; those of every call.
    pub async fn not_me(&self, id: &str) -> Result<(), PhoneError> {
        self.call(Call::bare_post(&paths::phone_notice_not_me(plain(id)?))).await
    }

    /// Lets in a device that waits, by the digits on its screen.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownWaiting`], [`protocol::ProblemCode::WrongDigits`]; those of every call.
    pub async fn allow_device(&self, id: &str, digits: &str) -> Result<(), PhoneError> {
        let path = paths::phone_waiting_allow(plain(id)?);
        self.call(Call::post(&path, &AllowDevice { digits: digits.to_owned() })?).await
    }

    /// Turns away a device that waits.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownWaiting`]; those of every call.
    pub async fn deny_device(&self, id: &str) -> Result<(), PhoneError> {
        self.call(Call::bare_post(&paths::phone_waiting_deny(plain(id)?))).await
    }
}
