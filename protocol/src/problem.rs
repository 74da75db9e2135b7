//! Errors of our own JSON API, as RFC 9457 problem details.

use serde::{Deserialize, Serialize};

/// Media type of a [`Problem`] (RFC 9457 section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, for a program to act upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request is not what the endpoint takes: not JSON, a member missing, a value out of bounds.
    InvalidRequest,
    /// The body is larger than any that the endpoint takes.
    BodyTooLarge,
    /// There is nothing at this path.
    NotFound,
    /// The path takes other methods.
    MethodNotAllowed,
    /// The body's media type is not JSON.
    UnsupportedMediaType,
    /// The authorization request that would start the login is refused; `detail` says why.
    InvalidAuthorizationRequest,
    /// The page's origin is not registered for this client.
    OriginNotAllowed,
    /// No login of this id with this browser secret. Unknown and not yours look the same.
    UnknownLogin,
    /// The text is not a sign-in code.
    MalformedQr,
    /// It is a sign-in code of another server.
    ForeignQr,
    /// The code is unknown, or no longer of use.
    UnknownQr,
    /// The code is a good one, but of some seconds ago: it changes all the time.
    StaleQr,
    /// The site does not take a code that was typed for as good as a scan.
    TypedCodeRefused,
    /// Another scan was first.
    AlreadyScanned,
    /// The site wants another account to sign in.
    OtherAccount,
    /// Something that the site cannot do without was declined, or something was agreed to that it did not ask for.
    NeededScope,
    /// Other digits were typed than the browser shows; the login is over.
    WrongMatchCode,
    /// The digits that the browser shows have to be typed first.
    MatchNeeded,
    /// Who holds the phone has to prove who they are first.
    UnlockNeeded,
    /// That was not the password; `detail` says how often it may still be tried.
    WrongPassword,
    /// The password was wrong too often; the login is over.
    TooManyTries,
    /// The site wants a scan of the code, and this one was typed.
    ScanNeeded,
    /// No site of this identifier has been allowed anything.
    UnknownSite,
    /// The login has been decided already.
    AlreadyDecided,
    /// The login was cancelled.
    LoginCancelled,
    /// The time for this step has run out.
    LoginExpired,
    /// The login is not confirmed, so there is no result to collect.
    NotConfirmed,
    /// The login is still under way, so it cannot be renewed.
    StillActive,
    /// The result has been redeemed, or collected too late.
    ResultGone,
    /// The ticket is unknown, used up, or another device's.
    InvalidTicket,
    /// Account name or password is wrong; which of the two is not said.
    WrongCredentials,
    /// There were too many wrong passwords; try again after `Retry-After`.
    TooManyAttempts,
    /// Another phone of the account has turned this one away.
    DeviceDeclined,
    /// Nobody has let this device in in time, or it has been let in already.
    SignInExpired,
    /// As many devices wait to be let in as may wait for one account.
    TooManyWaiting,
    /// No device of this id waits to be let in.
    UnknownWaiting,
    /// These are not the digits on the other device's screen; it has been turned away.
    WrongDigits,
    /// The passkey is unknown, or what it signed does not hold; `detail` says which where that is safe.
    WrongPasskey,
    /// What came of making a passkey does not hold; `detail` says how.
    InvalidPasskey,
    /// Passkeys cannot be used with this server: its issuer is an address, not a name.
    PasskeysUnavailable,
    /// The passkey is registered already.
    PasskeyTaken,
    /// The account has as many passkeys as it may.
    TooManyPasskeys,
    /// No passkey of this id belongs to the account.
    UnknownPasskey,
    /// No notice of this id is the account's, or it has been answered.
    UnknownNotice,
    /// The access or refresh token is unknown, expired, or its device was revoked.
    InvalidToken,
    /// The DPoP proof is missing or wrong (RFC 9449); `detail` says how.
    InvalidDpopProof,
    /// No device of this id belongs to the account.
    UnknownDevice,
    /// The account has as many devices as it may.
    TooManyDevices,
    /// The server has too much to do; try again after `Retry-After`.
    Busy,
    /// The caller asks too often; try again after `Retry-After`.
    TooManyRequests,
    /// Something broke on the server's side; the log says what.
    Internal,
}

/// Problem details (RFC 9457 section 3.1), with `code` as an extension member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:saoma:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, for a person.
    pub detail: String,
    /// What happened, for a program.
    pub code: ProblemCode,
}
