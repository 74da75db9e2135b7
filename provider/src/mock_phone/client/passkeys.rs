//! Passkeys: made on this phone, and used on it or, copied, on another.

use std::sync::Arc;

use protocol::passkey::{
    AddPasskey, CreationOptions, MakePasskey, PasskeySignIn, PasskeySummary, Passkeys, RenamePasskey,
    RequestOptions,
};
use protocol::paths;
use protocol::phone::{SignedIn, StepDone, UnlockWith};
use reqwest::Method;

use super::{MockPhone, SignedInAs, plain};
use crate::mock_phone::error::PhoneError;
use crate::mock_phone::passkey::Passkey;
use crate::mock_phone::server::{Call, Credentials, Server, ServerUrl};

impl MockPhone {
    /// The account's passkeys.
    pub async fn passkeys(&self) -> Result<Vec<PasskeySummary>, PhoneError> {
        let Passkeys { passkeys, .. } = self.call(Call::get(paths::PHONE_PASSKEYS)).await?;
        Ok(passkeys)
    }

    /// Makes a passkey, has the server keep it under this name, and keeps it in `passkey.json` in this phone's memory, in place of another that
    /// was there.
    ///
    /// # Errors
    ///
    /// [`protocol::ProblemCode::WrongPassword`], [`protocol::ProblemCode::TooManyPasskeys`]; those of every call.
    pub async fn add_passkey(
        &self,
        name: &str,
        password: Option<&str>,
    ) -> Result<PasskeySummary, PhoneError> {
        let ask = MakePasskey { password: password.map(str::to_owned) };
        let options: CreationOptions = self.call(Call::post(paths::PHONE_PASSKEY_OPTIONS, &ask)?).await?;
        let origin = self.server().ok_or(PhoneError::NotSignedIn)?;
        let (passkey, credential) = Passkey::make(&options, &origin)?;
        let body = AddPasskey { name: name.to_owned(), credential };
        let kept = self.call(Call::post(paths::PHONE_PASSKEYS, &body)?).await?;
        self.home.save_passkey(&passkey)?;
        Ok(kept)
    }

    /// Gives one of the account's passkeys another name.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownPasskey`]; those of every call.
    pub async fn rename_passkey(&self, id: &str, name: &str) -> Result<PasskeySummary, PhoneError> {
        let (path, body) = (paths::phone_passkey(plain(id)?), RenamePasskey { name: name.to_owned() });
        self.call(Call::with_body(Method::PATCH, &path, &body)?).await
    }

    /// Removes one of the account's passkeys at the server.
    ///
    /// # Errors
    ///
    /// [`PhoneError::DeviceId`], [`protocol::ProblemCode::UnknownPasskey`]; those of every call.
    pub async fn remove_passkey(&self, id: &str) -> Result<(), PhoneError> {
        let path = paths::phone_passkey(plain(id)?);
        self.call(Call { method: Method::DELETE, path: &path, body: None }).await
    }

    /// Signs in with a passkey and enrols this phone: no other phone has to let it in.
    ///
    /// # Errors
    ///
    /// [`PhoneError::OtherPasskey`], [`protocol::ProblemCode::WrongPasskey`], [`protocol::ProblemCode::TooManyDevices`]; those of every call.
    pub async fn sign_in_with_passkey(
        &self,
        server: &str,
        passkey: &Passkey,
        device_name: &str,
    ) -> Result<SignedInAs, PhoneError> {
        let url: ServerUrl = server.parse()?;
        let server = Server::new(url.clone(), self.authority.as_ref())?;
        let key = self.key_for(&url)?;
        let ask = Call::bare_post(paths::PHONE_PASSKEY_SIGN_IN_OPTIONS);
        let now = (self.clock)();
        let credentials = || Credentials { key: &key, access_token: None, now };
        let options: RequestOptions = server.call(&ask, credentials()).await?;
        let credential = passkey.sign(&options, url.as_str())?;
        let body = PasskeySignIn { device_name: device_name.to_owned(), credential };
        let signed_in: SignedIn =
            server.call(&Call::post(paths::PHONE_PASSKEY_SIGN_IN, &body)?, credentials()).await?;
        self.keep(url, server, Arc::clone(&key), signed_in, now)
    }

    /// Proves by this phone's passkey who holds it, for the login scanned last.
    ///
    /// # Errors
    ///
    /// [`PhoneError::NothingScanned`], [`PhoneError::NoPasskey`], [`PhoneError::OtherPasskey`]; those of [`MockPhone::unlock`].
    pub async fn unlock_with_passkey(&self) -> Result<StepDone, PhoneError> {
        let device = self.session()?.device;
        let ticket = device.ticket.ok_or(PhoneError::NothingScanned)?;
        let passkey = self.home.load_passkey()?;
        let options = device.passkey_options.as_deref().ok_or(PhoneError::NoPasskey)?;
        let options: RequestOptions = serde_json::from_str(options).map_err(|_| PhoneError::NoPasskey)?;
        let signed = passkey.sign(&options, device.server.as_str())?;
        let body = UnlockWith { ticket: ticket.expose().to_owned(), password: None, passkey: Some(signed) };
        self.send_unlock(&ticket, &body).await
    }
}
