//! Errors of our own JSON API (RFC 9457). Each says one thing to the caller; a cause inside is logged here, once.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{Problem, ProblemCode, problem::PROBLEM_JSON};

use crate::{
    account::{
        device::MOST_DEVICES,
        passkey::{MOST_PASSKEYS, PasskeyError},
        password::PasswordError,
        phone_session::PhoneError,
    },
    limits::TooMany,
    login::LoginError,
    oauth::dpop::DpopError,
    store::StoreError,
};

/// An error answer.
#[derive(Debug)]
pub(super) struct ApiProblem {
    code: ProblemCode,
    detail: String,
    /// Seconds until it is worth another try.
    retry_after: Option<u64>,
}

impl ApiProblem {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        let retry_after = (code == ProblemCode::Busy).then_some(2);
        Self { code, detail: detail.into(), retry_after }
    }

    fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "a request failed on our side");
        Self::broken()
    }

    /// Something broke on our side, and has been logged.
    pub(super) fn broken() -> Self {
        Self::new(ProblemCode::Internal, "Something broke on our side. Try again in a moment.")
    }

    fn status(&self) -> StatusCode {
        use ProblemCode as P;
        match self.code {
            P::InvalidRequest
            | P::InvalidAuthorizationRequest
            | P::MalformedQr
            | P::NeededScope
            | P::InvalidPasskey => StatusCode::BAD_REQUEST,
            P::WrongCredentials | P::WrongPasskey | P::InvalidToken | P::InvalidDpopProof => {
                StatusCode::UNAUTHORIZED
            }
            P::WrongPassword
            | P::OriginNotAllowed
            | P::TypedCodeRefused
            | P::ForeignQr
            | P::InvalidTicket
            | P::OtherAccount
            | P::DeviceDeclined => StatusCode::FORBIDDEN,
            P::NotFound
            | P::UnknownLogin
            | P::UnknownQr
            | P::UnknownDevice
            | P::UnknownSite
            | P::UnknownWaiting
            | P::UnknownPasskey
            | P::UnknownNotice => StatusCode::NOT_FOUND,
            P::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            P::AlreadyScanned
            | P::AlreadyDecided
            | P::LoginCancelled
            | P::NotConfirmed
            | P::StillActive
            | P::WrongMatchCode
            | P::MatchNeeded
            | P::UnlockNeeded
            | P::TooManyTries
            | P::ScanNeeded
            | P::TooManyDevices
            | P::TooManyWaiting
            | P::PasskeysUnavailable
            | P::PasskeyTaken
            | P::TooManyPasskeys
            | P::WrongDigits => StatusCode::CONFLICT,
            P::LoginExpired | P::StaleQr | P::ResultGone | P::SignInExpired => StatusCode::GONE,
            P::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            P::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            P::Busy => StatusCode::SERVICE_UNAVAILABLE,
            P::TooManyAttempts | P::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            P::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The challenge of a 401 answer (RFC 9449 section 7.1).
    fn challenge(&self) -> Option<&'static str> {
        match self.code {
            ProblemCode::InvalidToken => Some(r#"DPoP error="invalid_token", algs="ES256""#),
            ProblemCode::WrongCredentials | ProblemCode::WrongPasskey => Some(r#"DPoP algs="ES256""#),
            ProblemCode::InvalidDpopProof => Some(r#"DPoP error="invalid_dpop_proof", algs="ES256""#),
            _ => None,
        }
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let (status, challenge, retry_after) = (self.status(), self.challenge(), self.retry_after);
        let code = serde_json::to_value(self.code).unwrap_or_default();
        let problem = Problem {
            kind: format!("urn:saoma:problem:{}", code.as_str().unwrap_or_default()),
            status: status.as_u16(),
            detail: self.detail,
            code: self.code,
        };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<TooMany> for ApiProblem {
    fn from(too_many: TooMany) -> Self {
        let seconds = too_many.seconds();
        let detail = format!("Too many requests. Try again in {seconds} seconds.");
        Self { retry_after: Some(seconds), ..Self::new(ProblemCode::TooManyRequests, detail) }
    }
}

impl From<StoreError> for ApiProblem {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<LoginError> for ApiProblem {
    fn from(error: LoginError) -> Self {
        use ProblemCode as P;
        let (code, detail) = match error {
            LoginError::UnknownLogin => {
                (P::UnknownLogin, "This sign-in is not open in this browser. Start again.")
            }
            LoginError::MalformedQr => {
                (P::MalformedQr, "This is not a sign-in code. Scan the one on the sign-in page.")
            }
            LoginError::ForeignQr => (P::ForeignQr, "This sign-in code belongs to another service."),
            LoginError::UnknownQr => (P::UnknownQr, "This code is no longer of use. Scan the new one."),
            LoginError::StaleQr => {
                (P::StaleQr, "This code has changed since. Point the camera at the one on the screen.")
            }
            LoginError::TypedCodeRefused => {
                (P::TypedCodeRefused, "This site takes a scan alone. Scan the code on the screen.")
            }
            LoginError::OtherKey => (
                P::InvalidDpopProof,
                "This sign-in is bound to a key of its browser. Send a DPoP proof by that key.",
            ),
            LoginError::AlreadyScanned => {
                (P::AlreadyScanned, "This code has been scanned already. Ask for a new one.")
            }
            LoginError::AlreadyDecided => (P::AlreadyDecided, "This sign-in has been decided already."),
            LoginError::Cancelled => (P::LoginCancelled, "This sign-in was cancelled in the browser."),
            LoginError::Expired => {
                (P::LoginExpired, "The time for this sign-in has run out. Ask for a new code.")
            }
            LoginError::InvalidTicket => {
                (P::InvalidTicket, "This phone has not scanned that sign-in. Scan again.")
            }
            LoginError::DeviceRevoked => return PhoneError::InvalidToken.into(),
            LoginError::OtherAccount => {
                (P::OtherAccount, "The site wants another account. Sign in to that one on this phone first.")
            }
            LoginError::NeededScope => (
                P::NeededScope,
                "The site cannot do without something that was declined. Allow it, or decline the sign-in.",
            ),
            LoginError::SessionDoesNotDo => {
                (P::UnknownLogin, "This browser is no longer signed in. Scan the code.")
            }
            LoginError::NotConfirmed => {
                (P::NotConfirmed, "This sign-in is not confirmed, so it has no result.")
            }
            LoginError::ResultGone => {
                (P::ResultGone, "The result of this sign-in was used or is too old. Start again.")
            }
            LoginError::StillActive => (P::StillActive, "This sign-in is still under way."),
            LoginError::Busy => (P::Busy, "Too many sign-ins wait at once. Try again in a moment."),
            LoginError::WrongMatchCode => {
                (P::WrongMatchCode, "The browser shows other digits. Nobody was signed in.")
            }
            LoginError::MatchNeeded => {
                (P::MatchNeeded, "Type the two digits that the browser shows, then confirm.")
            }
            LoginError::NotAsked => (P::InvalidRequest, "This sign-in asks for no such thing."),
            LoginError::UnlockNeeded => (P::UnlockNeeded, "Show that it is you, then confirm."),
            LoginError::WrongProof(1) => {
                (P::WrongPassword, "That does not show that it is you. It can be tried once more.")
            }
            LoginError::WrongProof(_) => (P::WrongPassword, "That does not show that it is you. Try again."),
            LoginError::TooManyTries => (P::TooManyTries, "That was wrong too often. Nobody was signed in."),
            LoginError::ScanNeeded => {
                (P::ScanNeeded, "This site wants its code scanned. Scan the one on the sign-in page.")
            }
            LoginError::Phone(error) => return error.into(),
            LoginError::Store(error) => return error.into(),
        };
        Self::new(code, detail)
    }
}

impl From<PhoneError> for ApiProblem {
    fn from(error: PhoneError) -> Self {
        use ProblemCode as P;
        match error {
            PhoneError::WrongCredentials => {
                Self::new(P::WrongCredentials, "Account name or password is wrong.")
            }
            PhoneError::TooManyAttempts(left) => {
                let seconds = left.as_millis().div_ceil(1000);
                let detail = format!(
                    "Too many wrong passwords. Try again in {seconds} seconds, or on a phone that is signed in."
                );
                let retry_after = u64::try_from(seconds).ok();
                Self { retry_after, ..Self::new(P::TooManyAttempts, detail) }
            }
            PhoneError::InvalidToken => {
                Self::new(P::InvalidToken, "The token has expired or its device was revoked. Sign in again.")
            }
            PhoneError::TooManyDevices => Self::new(
                P::TooManyDevices,
                format!("This account has {MOST_DEVICES} devices. Remove one on another device first."),
            ),
            PhoneError::UnknownDevice => Self::new(P::UnknownDevice, "The account has no such device."),
            PhoneError::TooManyWaiting => Self::new(
                P::TooManyWaiting,
                "Too many devices wait to be let into this account. Turn them away on another device first.",
            ),
            PhoneError::UnknownWaiting => Self::new(P::UnknownWaiting, "That device does not wait any more."),
            PhoneError::WrongDigits => {
                Self::new(P::WrongDigits, "These are not the digits on that device. It has been turned away.")
            }
            PhoneError::DeviceDeclined => {
                Self::new(P::DeviceDeclined, "Another device of this account has turned this one away.")
            }
            PhoneError::SignInExpired => Self::new(P::SignInExpired, "This sign-in is over. Start it again."),
            PhoneError::UnknownNotice => {
                Self::new(P::UnknownNotice, "There is no such notice, or it has been answered already.")
            }
            PhoneError::Password(PasswordError::Busy) => {
                Self::new(P::Busy, "Too many people sign in at once. Try again in a moment.")
            }
            PhoneError::Password(error) => Self::internal(&error),
            PhoneError::Store(error) => error.into(),
        }
    }
}

impl From<PasskeyError> for ApiProblem {
    fn from(error: PasskeyError) -> Self {
        use ProblemCode as P;
        match error {
            // Why is for the log: who tries passkeys that are not theirs learns nothing of them.
            PasskeyError::Refused(why) => {
                tracing::info!(why, "a passkey was refused");
                Self::new(P::WrongPasskey, "This passkey cannot be used here.")
            }
            PasskeyError::Unavailable => Self::new(
                P::PasskeysUnavailable,
                "Passkeys need a server with a name, and this one has an address alone.",
            ),
            PasskeyError::WrongPassword => {
                Self::new(P::WrongPassword, "That is not the password. Try again.")
            }
            PasskeyError::Taken => Self::new(P::PasskeyTaken, "This passkey is kept already."),
            PasskeyError::TooMany => Self::new(
                P::TooManyPasskeys,
                format!("This account has {MOST_PASSKEYS} passkeys. Remove one first."),
            ),
            PasskeyError::Unknown => Self::new(P::UnknownPasskey, "The account has no such passkey."),
            PasskeyError::Phone(error) => error.into(),
            PasskeyError::Store(error) => error.into(),
        }
    }
}

impl ApiProblem {
    /// A passkey that was made cannot be kept. Whoever made it may know why.
    pub(super) fn of_registration(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Refused(why) => Self::new(ProblemCode::InvalidPasskey, format!("{why}.")),
            other => other.into(),
        }
    }

    /// A passkey lets nobody in: an unknown one and one that does not hold are answered alike.
    pub(super) fn of_sign_in(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Unknown => PasskeyError::Refused("it is unknown").into(),
            other => other.into(),
        }
    }
}

impl From<DpopError> for ApiProblem {
    fn from(error: DpopError) -> Self {
        match error {
            DpopError::Store(error) => error.into(),
            refused => Self::new(ProblemCode::InvalidDpopProof, format!("{refused}.")),
        }
    }
}
