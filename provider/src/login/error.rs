//! Why a step of a login is refused. None of these changes anything.

use protocol::qr::QrError;

use crate::{account::phone_session::PhoneError, store::StoreError};

/// Why a step of a login is refused.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No login of this id with this browser secret.
    #[error("no such login in this browser")]
    UnknownLogin,
    /// The text is no sign-in code.
    #[error("this is not a sign-in code")]
    MalformedQr,
    /// It is a sign-in code of another server.
    #[error("this sign-in code belongs to another server")]
    ForeignQr,
    /// No login has this code, any more.
    #[error("this code is unknown or no longer of use")]
    UnknownQr,
    /// The code is of some seconds ago.
    #[error("this code is no longer on the screen")]
    StaleQr,
    /// Another scan was first.
    #[error("this code has been scanned already")]
    AlreadyScanned,
    /// It was confirmed or denied before.
    #[error("this sign-in has been decided already")]
    AlreadyDecided,
    /// It was cancelled.
    #[error("this sign-in was cancelled in the browser")]
    Cancelled,
    /// Its time has run out.
    #[error("the time for this step has run out")]
    Expired,
    /// The ticket is unknown or another device's.
    #[error("the ticket is unknown, used up, or another device's")]
    InvalidTicket,
    /// The device was revoked while it asked.
    #[error("this device is no longer signed in")]
    DeviceRevoked,
    /// The site wants somebody else.
    #[error("this sign-in is for another account")]
    OtherAccount,
    /// What was agreed to is not what can be.
    #[error("something that this site cannot do without was declined, or something else was agreed to")]
    NeededScope,
    /// Other digits were typed than the browser shows.
    #[error("other digits were typed than the browser shows")]
    WrongMatchCode,
    /// The digits are asked for first.
    #[error("the digits that the browser shows are to be typed first")]
    MatchNeeded,
    /// A check was answered that is not asked for.
    #[error("this sign-in asks for no such thing")]
    NotAsked,
    /// Proof of who holds the phone is asked for first.
    #[error("whoever holds the phone is to prove who they are first")]
    UnlockNeeded,
    /// That did not prove who holds the phone; it may be tried so often again.
    #[error("password or passkey is wrong; {0} tries are left")]
    WrongProof(u32),
    /// It was wrong too often.
    #[error("password or passkey was wrong too often")]
    TooManyTries,
    /// The site wants a scan, and the code was typed.
    #[error("this site wants its code scanned, not typed")]
    ScanNeeded,
    /// A password was not checked: there were too many wrong ones, or the server is busy.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The browser's session is over, or not enough for this site.
    #[error("the session in this browser is over, or not enough for this site")]
    SessionDoesNotDo,
    /// The site takes no code that was typed.
    #[error("this site takes a scan alone")]
    TypedCodeRefused,
    /// There is no proof by the key that the login is bound to.
    #[error("this sign-in is bound to another key than the one that was shown, if one was")]
    OtherKey,
    /// There is no result yet.
    #[error("this sign-in is not confirmed")]
    NotConfirmed,
    /// The result has been redeemed, or was not collected in time.
    #[error("the result of this sign-in has been used, or was not collected in time")]
    ResultGone,
    /// It has not ended, so it cannot be renewed.
    #[error("this sign-in is still under way")]
    StillActive,
    /// Too many browsers wait at once.
    #[error("too many sign-ins are being followed at once")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<QrError> for LoginError {
    fn from(error: QrError) -> Self {
        match error {
            QrError::Malformed => Self::MalformedQr,
            QrError::Foreign => Self::ForeignQr,
        }
    }
}
