//! What must be remembered, in verbs of the domain.
//!
//! Every verb that changes something is one conditional write (or one transaction around it), and its answer says whether
//! this call was the one that changed it. Once a verb has answered, its change is durable.

mod safety;
mod sqlite;

use std::time::Duration;

use async_trait::async_trait;
pub use safety::{Enrolment, EnrolmentStore, NewDevice, NoticeStore};
pub use sqlite::SqliteStore;

use crate::{
    account::{
        Account, AccountId, AccountName,
        device::{Device, DeviceId, DeviceName},
        phone_session::PhoneSession,
    },
    clock::Time,
    keys::{KeptKey, Place, sealing::Sealed},
    login::{
        Approver, CodeSalt, Login, LoginId, Step,
        consent::Consent,
        session::{Ending, Session, SessionId},
    },
    oauth::{
        client::{Client, ClientId, SigningAlgorithm},
        grant::{Grant, GrantId},
        scope::Scopes,
    },
    oidc::{
        authentication::Methods,
        logout::{Claim, LogoutNotice},
    },
    secret::Digest,
};

/// The store failed; the caller did nothing wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did.
    #[error("the database failed")]
    Database(#[source] Cause),
    /// Its schema could not be brought up to date.
    #[error("the store's schema cannot be brought up to date")]
    Migration(#[source] Cause),
    /// A row holds what no code of ours wrote.
    #[error("the store holds a `{0}` that cannot be read")]
    Corrupt(&'static str),
    /// The data directory cannot be used.
    #[error("the data directory cannot be used")]
    Directory(#[from] std::io::Error),
}

/// A database's own error, whichever database it is.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Logins and their transitions. Each transition also demands that the state before has not expired.
#[async_trait]
pub trait LoginStore: Send + Sync {
    /// Keeps a login that has just started, and cancels what else is open of its family: answers those. `None`: a login of the
    /// family has been confirmed, so this call changed nothing.
    async fn insert_login(&self, login: &Login) -> Result<Option<Vec<LoginId>>, StoreError>;
    /// By identifier.
    async fn login(&self, id: LoginId) -> Result<Option<Login>, StoreError>;
    /// By the hash of its QR code's secret or of its code to type, whatever its state.
    async fn login_by_qr(&self, qr: &Digest) -> Result<Option<Login>, StoreError>;
    /// By the ticket that this device got for it, whatever its state.
    async fn login_by_ticket(&self, ticket: &Digest, device: DeviceId) -> Result<Option<Login>, StoreError>;
    /// By its authorization code, whatever its state.
    async fn login_by_code(&self, code: &Digest) -> Result<Option<Login>, StoreError>;
    /// Waiting → Scanned, if the device is not revoked. `qr` is the hash of the QR code's secret or of the code to type.
    /// `None`: this call changed nothing.
    async fn scan_login(&self, qr: &Digest, scan: &NewScan, step: Step) -> Result<Option<Login>, StoreError>;
    /// Scanned → Confirmed, by the device that scanned, if it is not revoked. `None`: this call changed nothing.
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
    /// Scanned → Denied, by the device that scanned. `None`: this call changed nothing.
    async fn deny_login(
        &self,
        ticket: &Digest,
        device: DeviceId,
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
    /// Notes that a device asked; `false`, and nothing noted, if it had asked within `interval`.
    async fn note_poll(&self, id: LoginId, now: Time, interval: Duration) -> Result<bool, StoreError>;
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
}

/// What a yes brings.
#[derive(Debug, Clone)]
pub struct NewConfirmation {
    /// What the person agreed to.
    pub scopes: Scopes,
    /// With the browser secret it makes the code.
    pub salt: CodeSalt,
    /// Whether to remember it, so that the person is not asked again.
    pub remember: bool,
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

/// Browser sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// By its secret, if it lasts.
    async fn session(&self, secret: &Digest, now: Time) -> Result<Option<Session>, StoreError>;
    /// By its name at a client, if it lasts.
    async fn session_by_sid(
        &self,
        client: &ClientId,
        sid: &str,
        now: Time,
    ) -> Result<Option<Session>, StoreError>;
    /// Ends a session, and with it the grants that do not outlast it; `false` if it had ended.
    async fn end_session(&self, id: SessionId, ending: Ending, now: Time) -> Result<bool, StoreError>;
}

/// What sites have yet to be told: the queue of back-channel logout. What ends a session, takes back a consent or revokes a
/// device fills it, by the same transaction.
#[async_trait]
pub trait LogoutStore: Send + Sync {
    /// Claims notices that are due, the oldest first: until the claim ends, nobody else gets them.
    async fn claim_logout_notices(&self, claim: Claim) -> Result<Vec<LogoutNotice>, StoreError>;
    /// When the next notice is due; `None` if there is none.
    async fn next_logout_notice(&self) -> Result<Option<Time>, StoreError>;
    /// Takes a claimed notice out of the queue.
    async fn finish_logout_notice(&self, notice: &LogoutNotice) -> Result<(), StoreError>;
    /// Puts a claimed notice back until `due_at`.
    async fn postpone_logout_notice(&self, notice: &LogoutNotice, due_at: Time) -> Result<(), StoreError>;
    /// Ends all sessions of an account, all its grants, and revokes its devices.
    async fn sign_out_everywhere(&self, account: AccountId, now: Time) -> Result<SignedOut, StoreError>;
}

/// What a person was signed out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedOut {
    /// Browser sessions.
    pub sessions: u64,
    /// Phones.
    pub devices: u64,
}

/// What people have allowed sites.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    /// What an account has allowed a client.
    async fn consent(&self, account: AccountId, client: &ClientId) -> Result<Option<Consent>, StoreError>;
    /// All that an account has allowed, the last used first.
    async fn consents(&self, account: AccountId) -> Result<Vec<Consent>, StoreError>;
    /// Takes back what an account has allowed a client, and revokes the client's grants of that account; `false` if
    /// there was nothing.
    async fn withdraw_consent(
        &self,
        account: AccountId,
        client: &ClientId,
        now: Time,
    ) -> Result<bool, StoreError>;
}

/// Sites.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// By identifier.
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError>;
    /// By the hash of the metadata that it was imported from.
    async fn client_by_source(&self, source: &Digest) -> Result<Option<Client>, StoreError>;
    /// Adds or replaces clients, each with the hash of its metadata: all or none.
    async fn save_clients(&self, clients: &[(Client, Digest)], now: Time) -> Result<(), StoreError>;
}

/// A client that registers itself.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// The client.
    pub client: Client,
    /// Hash of the token by which it manages its registration.
    pub token: Digest,
    /// Hash of the token that allows it, where one is needed: it counts one down.
    pub initial_access_token: Option<Digest>,
    /// Most registrations that there may be.
    pub most: u32,
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// It is kept.
    Registered,
    /// The initial access token is unknown, used up or expired.
    NotAllowed,
    /// There are too many.
    Full,
}

/// Clients that register themselves, and what is done with a client.
#[async_trait]
pub trait RegistrationStore: Send + Sync {
    /// Keeps an initial access token, good for so many registrations.
    async fn keep_initial_access_token(
        &self,
        token: &Digest,
        uses: u32,
        expires_at: Time,
    ) -> Result<(), StoreError>;
    /// Keeps a client that registers itself, and counts its initial access token down: both or neither.
    async fn register_client(&self, new: &NewRegistration, now: Time) -> Result<Registration, StoreError>;
    /// The client whose registration this token manages, and since when it is registered.
    async fn registered_client(
        &self,
        id: &ClientId,
        token: &Digest,
    ) -> Result<Option<(Client, Time)>, StoreError>;
    /// Replaces a client, if this token manages its registration; `false` if not.
    async fn replace_registered_client(
        &self,
        client: &Client,
        token: &Digest,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Removes a client, and revokes its grants; with a token only if that manages its registration. `false`: there is none.
    async fn remove_client(
        &self,
        id: &ClientId,
        token: Option<&Digest>,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Gives a client another secret. Those that it has end at `old_until`, if they do not end before; `false` if it has none.
    async fn rotate_client_secret(
        &self,
        id: &ClientId,
        new: &Digest,
        old_until: Time,
    ) -> Result<bool, StoreError>;
    /// Every client, by identifier, without secrets.
    async fn clients(&self) -> Result<Vec<Client>, StoreError>;
}

/// People and their devices.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Adds an account; `false` if its name is taken.
    async fn insert_account(&self, account: &Account) -> Result<bool, StoreError>;
    /// By identifier.
    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// By name.
    async fn account_by_name(&self, name: &AccountName) -> Result<Option<Account>, StoreError>;
    /// The device that holds this refresh token, if neither is past.
    async fn device_by_token(&self, token: &Digest, now: Time) -> Result<Option<Device>, StoreError>;
    /// Keeps an access token and notes that the device was seen; `false` if the device is revoked.
    async fn insert_phone_token(
        &self,
        token: &NewPhoneToken,
        device: DeviceId,
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Who holds this access token, if it has not expired and the device is not revoked.
    async fn phone_session(&self, token: &Digest, now: Time) -> Result<Option<PhoneSession>, StoreError>;
    /// The account's devices that are still signed in, the newest first.
    async fn devices(&self, account: AccountId, now: Time) -> Result<Vec<Device>, StoreError>;
    /// Names a device of the account; `None` if it has no such device.
    async fn rename_device(
        &self,
        account: AccountId,
        device: DeviceId,
        name: &DeviceName,
    ) -> Result<Option<Device>, StoreError>;
    /// Revokes a device of the account, and with it the sessions and grants that it vouched for; `false` if it has no such device.
    async fn revoke_device(
        &self,
        account: AccountId,
        device: DeviceId,
        now: Time,
    ) -> Result<bool, StoreError>;
}

/// A phone's access token to keep.
#[derive(Debug, Clone)]
pub struct NewPhoneToken {
    /// Its hash.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Time,
}

/// A refresh token to keep.
#[derive(Debug, Clone)]
pub struct NewRefreshToken {
    /// Its hash.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Time,
}

/// A refresh token that was found.
#[derive(Debug, Clone)]
pub struct FoundRefreshToken {
    /// What it hangs on.
    pub grant: Grant,
    /// What followed it, if it has been used.
    pub succession: Option<Succession>,
}

/// How a refresh token was followed by another.
#[derive(Debug, Clone, Copy)]
pub struct Succession {
    /// When.
    pub at: Time,
    /// With the old token it makes the new one.
    pub salt: [u8; 32],
    /// Whether the new one has been used in its turn.
    pub used: bool,
}

/// Authorization requests that sites pushed.
#[async_trait]
pub trait PushedRequestStore: Send + Sync {
    /// Keeps a request's parameters (form-encoded) under the hash of its name.
    async fn keep_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        parameters: &str,
        expires_at: Time,
    ) -> Result<(), StoreError>;
    /// Takes a request of this client out, if it has not expired. `None`: this call took nothing.
    async fn take_pushed_request(
        &self,
        uri: &Digest,
        client: &ClientId,
        now: Time,
    ) -> Result<Option<String>, StoreError>;
}

/// What people gave to sites, and tokens that were taken back.
#[async_trait]
pub trait GrantStore: Send + Sync {
    /// Notes that an access token without a grant is revoked, until it would have ended.
    async fn revoke_token(&self, jti: &str, expires_at: Time) -> Result<(), StoreError>;
    /// Whether an access token without a grant is revoked.
    async fn is_token_revoked(&self, jti: &str) -> Result<bool, StoreError>;
    /// A grant that is not revoked, and its account.
    async fn live_grant(&self, id: GrantId) -> Result<Option<(Grant, Account)>, StoreError>;
    /// Revokes a grant and all that hangs on it.
    async fn revoke_grant(&self, id: GrantId, now: Time) -> Result<(), StoreError>;
    /// A refresh token that has not expired, spent or not, of a grant that is not revoked.
    async fn refresh_token(&self, token: &Digest, now: Time)
    -> Result<Option<FoundRefreshToken>, StoreError>;
    /// Spends a refresh token and keeps the next, and what that was made from; `false` if it was spent before.
    async fn rotate_refresh_token(
        &self,
        old: &Digest,
        next: &NewRefreshToken,
        salt: [u8; 32],
        now: Time,
    ) -> Result<bool, StoreError>;
    /// Lets a refresh token live longer; `false` if it is not good any more.
    async fn renew_refresh_token(&self, token: &NewRefreshToken, now: Time) -> Result<bool, StoreError>;
}

/// The provider's signing keys and secrets.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// The secret of this name.
    async fn server_secret(&self, name: &str) -> Result<Option<Sealed>, StoreError>;
    /// Keeps a secret unless there is one of this name already; answers the one that is kept.
    async fn keep_server_secret(&self, name: &str, value: &Sealed, now: Time) -> Result<Sealed, StoreError>;
    /// All signing keys.
    async fn signing_keys(&self) -> Result<Vec<KeptKey>, StoreError>;
    /// Adds a signing key; `false` if there is one of its algorithm and number.
    async fn add_signing_key(&self, key: &KeptKey) -> Result<bool, StoreError>;
    /// Deletes an algorithm's keys of lower numbers than this; answers how many went.
    async fn delete_signing_keys_before(
        &self,
        algorithm: SigningAlgorithm,
        number: u32,
    ) -> Result<u64, StoreError>;
    /// Puts keys and secrets that were sealed anew in the place of the old ones, all or none, and leaves nothing of those in its
    /// files. What somebody else has changed meanwhile stays.
    async fn reseal(&self, resealed: &[Resealed]) -> Result<(), StoreError>;
}

/// A key or secret that was sealed anew.
#[derive(Debug, Clone)]
pub struct Resealed {
    /// Which.
    pub place: Place,
    /// What the store had.
    pub old: Sealed,
    /// What takes its place.
    pub new: Sealed,
}

/// DPoP proofs that have been used.
#[async_trait]
pub trait ProofStore: Send + Sync {
    /// Remembers a proof until `expires_at`; `false` if it was there already.
    async fn remember_proof(&self, proof: &Digest, expires_at: Time) -> Result<bool, StoreError>;
}

/// Housekeeping.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Deletes what has ended and is of no more use: tokens and proofs that expired before `now`; logins, grants and
    /// devices that ended before `keep_since`. Answers how many rows went.
    async fn sweep(&self, now: Time, keep_since: Time) -> Result<u64, StoreError>;
    /// Whether the store can write.
    async fn check(&self) -> Result<(), StoreError>;
    /// Finishes what is under way and closes.
    async fn close(&self);
}

/// All that the provider remembers.
pub trait Store:
    LoginStore
    + SessionStore
    + LogoutStore
    + ConsentStore
    + ClientStore
    + RegistrationStore
    + AccountStore
    + EnrolmentStore
    + NoticeStore
    + GrantStore
    + PushedRequestStore
    + KeyStore
    + ProofStore
    + Upkeep
    + std::fmt::Debug
{
}

impl<T> Store for T where
    T: LoginStore
        + SessionStore
        + LogoutStore
        + ConsentStore
        + ClientStore
        + RegistrationStore
        + AccountStore
        + EnrolmentStore
        + NoticeStore
        + EnrolmentStore
        + NoticeStore
        + GrantStore
        + PushedRequestStore
        + KeyStore
        + ProofStore
        + Upkeep
        + std::fmt::Debug
{
}
