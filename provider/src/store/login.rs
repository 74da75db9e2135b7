//! Logins: each transition is one conditional write.

use std::net::IpAddr;

use async_trait::async_trait;

use crate::{
    account::device::DeviceId,
    clock::Time,
    login::{
        Approver, Checks, CodeSalt, Login, LoginId, Step,
        device::Pace,
        session::{Session, SessionId},
    },
    oauth::{
        dpop::Thumbprint,
        grant::{Grant, GrantId},
        scope::Scopes,
    },
    oidc::authentication::Methods,
    secret::Digest,
    store::{NewRefreshToken, StoreError},
};

/// Logins and their transitions. Each transition also demands that the state before has not expired.
#[async_trait]
pub trait LoginStore: Send + Sync {
    /// Keeps a login that has just started, and cancels what else is open of its family: answers those. `None`: a login of the
    /// family has been confirmed, so this call changed nothing.
    async fn insert_login(&self, login: &Login) -> Result<Option<Vec<LoginId>>, StoreError>;
    /// How many logins of a network are open, counted no further than `most`. `network` is what [`crate::limits::network`] makes of an address.
    async fn open_logins_of(&self, network: IpAddr, most: u32, now: Time) -> Result<u32, StoreError>;
    /// How many logins are under way in all, counted no further than `most`.
    async fn open_logins(&self, most: u32, now: Time) -> Result<u32, StoreError>;
    /// By identifier.
    async fn login(&self, id: LoginId) -> Result<Option<Login>, StoreError>;
    /// By the hash of its QR code's handle or of its code to type, whatever its state.
    async fn login_by_qr(&self, qr: &Digest) -> Result<Option<Login>, StoreError>;
    /// By the ticket that this device got for it, whatever its state.
    async fn login_by_ticket(&self, ticket: &Digest, device: DeviceId) -> Result<Option<Login>, StoreError>;
    /// By its authorization code, whatever its state.
    async fn login_by_code(&self, code: &Digest) -> Result<Option<Login>, StoreError>;
    /// Binds a login that waits, and is not bound, to its browser's key; `false`: this call changed nothing.
    async fn bind_login(&self, id: LoginId, key: &Thumbprint, now: Time) -> Result<bool, StoreError>;
    /// Gives a login that waits, and has had none, more time: until `step.expires_at`. `None`: this call changed nothing.
    async fn extend_login(&self, id: LoginId, step: Step) -> Result<Option<Login>, StoreError>;
    /// Gives a login that waits, and has none, a code to type. `None`: this call changed nothing.
    async fn offer_user_code(
        &self,
        id: LoginId,
        code: &Digest,
        now: Time,
    ) -> Result<Option<Login>, StoreError>;
    /// Waiting → Scanned, if the device is not revoked. `qr` is the hash of the QR code's handle or of the code to type.
    /// `None`: this call changed nothing.
    async fn scan_login(&self, qr: &Digest, scan: &NewScan, step: Step) -> Result<Option<Login>, StoreError>;
    /// Scanned → Confirmed, by the device that scanned, if it is not revoked and no check is open. `None`: this call changed nothing.
    async fn confirm_login(
        &self,
        ticket: &Digest,
        device: DeviceId,
        confirmation: &NewConfirmation,
        step: Step,
    ) -> Result<Option<Login>, StoreError>;
    /// Waiting → Confirmed, by a session that lasts. `None`: this call changed nothing.
    async fn confirm_login_by_session(
        &self,
        id: LoginId,
        session: &Session,
        confirmation: &NewConfirmation,
        step: Step,
    ) -> Result<Option<Login>, StoreError>;
    /// Scanned → Denied, by the device that scanned, from this address. `None`: this call changed nothing.
    async fn deny_login(
        &self,
        ticket: &Digest,
        device: DeviceId,
        address: IpAddr,
        now: Time,
    ) -> Result<Option<Login>, StoreError>;
    /// Waiting or Scanned → Cancelled. `None`: this call changed nothing.
    async fn cancel_login(&self, id: LoginId, now: Time) -> Result<Option<Login>, StoreError>;
    /// Confirmed → Delivered, with the code, and the session that begins, if the phone that approved is not revoked. `None`: this call
    /// changed nothing.
    async fn deliver_login(
        &self,
        id: LoginId,
        code: &Digest,
        begin: Option<&NewSession>,
        step: Step,
    ) -> Result<Option<Login>, StoreError>;
    /// Delivered → Redeemed, and with it the grant and its first refresh token.
    async fn redeem_login(
        &self,
        code: &Digest,
        grant: &Grant,
        refresh_token: Option<&NewRefreshToken>,
        now: Time,
    ) -> Result<Redemption, StoreError>;
    /// Confirmed → Redeemed, for the device that started the login, and with it the grant and its first refresh token.
    async fn redeem_device_login(
        &self,
        id: LoginId,
        grant: &Grant,
        refresh_token: Option<&NewRefreshToken>,
        now: Time,
    ) -> Result<Redemption, StoreError>;
    /// Notes that a device asked; `false`, and its login's interval made longer, if it had asked within that.
    async fn note_poll(&self, id: LoginId, now: Time, pace: Pace) -> Result<bool, StoreError>;
}

/// What a scan brings.
#[derive(Debug, Clone)]
pub struct NewScan {
    /// Whose phone.
    pub approver: Approver,
    /// How its owner will have been authenticated.
    pub methods: Methods,
    /// Hash of the ticket that the phone gets.
    pub ticket: Digest,
    /// Where the phone calls from.
    pub address: IpAddr,
    /// What it has to do before its owner may agree.
    pub checks: Checks,
}

/// What a yes brings.
#[derive(Debug, Clone)]
pub struct NewConfirmation {
    /// What the person agreed to.
    pub scopes: Scopes,
    /// What they were asked, and did not agree to.
    pub declined: Scopes,
    /// With the browser secret it makes the code.
    pub salt: CodeSalt,
    /// Whether to remember it, so that the person is not asked again.
    pub remember: bool,
    /// Where the phone calls from; `None`: it was said in the browser that asks.
    pub address: Option<IpAddr>,
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The one that the browser has: if it is the same person's and lasts, it goes on with the new one's secret and
    /// authentication.
    pub goes_on: Option<SessionId>,
}

/// What came of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// This call redeemed the code.
    Redeemed,
    /// Another call did before, and got this grant.
    Replayed(GrantId),
    /// The code is unknown or expired.
    Gone,
}
