//! What must be remembered, in verbs of the domain.
//!
//! Every verb that changes something is one conditional write (or one transaction around it), and its answer says whether
//! this call was the one that changed it. Once a verb has answered, its change is durable.

mod account;
mod attempt;
mod check;
mod client;
mod consent;
mod grant;
mod key;
mod login;
mod logout;
mod passkey;
mod proof;
mod pushed_request;
mod registration;
mod safety;
mod session;
mod sqlite;
mod trail;
mod upkeep;

pub use self::{
    account::{AccountStore, NewPhoneToken},
    attempt::AttemptStore,
    check::{Caller, CheckStore},
    client::ClientStore,
    consent::ConsentStore,
    grant::{FoundRefreshToken, GrantStore, NewRefreshToken, Succession},
    key::{KeyStore, Resealed},
    login::{LoginStore, NewConfirmation, NewScan, NewSession, Redemption},
    logout::{LogoutStore, SignedOut},
    passkey::{Addition, PasskeyStore},
    proof::ProofStore,
    pushed_request::PushedRequestStore,
    registration::{NewRegistration, Registration, RegistrationStore},
    safety::{Enrolment, EnrolmentStore, NewDevice, NoticeStore},
    session::SessionStore,
    sqlite::SqliteStore,
    trail::TrailStore,
    upkeep::Upkeep,
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

/// All that the provider remembers.
pub trait Store:
    LoginStore
    + CheckStore
    + SessionStore
    + LogoutStore
    + ConsentStore
    + ClientStore
    + RegistrationStore
    + AccountStore
    + AttemptStore
    + EnrolmentStore
    + NoticeStore
    + PasskeyStore
    + GrantStore
    + PushedRequestStore
    + KeyStore
    + ProofStore
    + TrailStore
    + Upkeep
    + std::fmt::Debug
{
}

impl<T> Store for T where
    T: LoginStore
        + CheckStore
        + SessionStore
        + LogoutStore
        + ConsentStore
        + ClientStore
        + RegistrationStore
        + AccountStore
        + AttemptStore
        + EnrolmentStore
        + NoticeStore
        + PasskeyStore
        + GrantStore
        + PushedRequestStore
        + KeyStore
        + ProofStore
        + TrailStore
        + Upkeep
        + std::fmt::Debug
{
}
