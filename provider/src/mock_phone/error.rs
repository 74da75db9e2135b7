//! What can go wrong on the phone.

use std::path::{Path, PathBuf};

use protocol::{Problem, ProblemCode};

use super::picture::PictureError;

/// Why the phone could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The server refused, and said why.
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// The token endpoint refused, and said why (RFC 6749 section 5.2).
    #[error("{description}")]
    NotGranted {
        /// Its error code, such as `invalid_grant`.
        error: String,
        /// What it says to a developer.
        description: String,
    },
    /// The server answered something else than the phone API's answers: another server, or a proxy in
    /// between.
    #[error(
        "{path} answered {status} with something that is no answer of the phone API; is this the provider?"
    )]
    UnexpectedAnswer {
        /// Path of the call.
        path: String,
        /// Status of the answer.
        status: u16,
    },
    /// The server could not be reached, or the connection broke.
    #[error("the server could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The server's URL cannot be used.
    #[error("{0}")]
    ServerUrl(&'static str),
    /// The file of an authority's certificate cannot be used.
    #[error("{} is not the PEM file of a certificate", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
    },
    /// An identifier of a device or a notice with characters that none has.
    #[error("an identifier consists of letters, digits, `-` and `_`")]
    DeviceId,
    /// A client identifier that none has.
    #[error("that is no site's identifier; `sites` shows them")]
    ClientId,
    /// A scope to decline that the site has not asked for.
    #[error("the site has not asked for `{0}`, so there is nothing to decline")]
    NotAsked(String),
    /// There is no account on this phone.
    #[error("nobody is signed in on this phone; sign in first")]
    NotSignedIn,
    /// There is no ticket to confirm or to deny with.
    #[error("no scanned login is waiting for a decision; scan a code first")]
    NothingScanned,
    /// There is no passkey, or none that the scanned login would take.
    #[error("there is no passkey to use; `add-passkey` makes one, and a scan says whether one will do")]
    NoPasskey,
    /// The passkey is another server's or another account's.
    #[error("the passkey is for another server, or not one of this account's")]
    OtherPasskey,
    /// No QR code could be read from the picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The phone's memory could not be read or written.
    #[error("cannot use {}", path.display())]
    Home {
        /// File or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The phone's memory does not make sense.
    #[error("{} is damaged; remove it and sign in again", path.display())]
    HomeDamaged {
        /// The file.
        path: PathBuf,
    },
    /// A request could not be written as JSON.
    #[error("the request could not be written as JSON; this is a fault of the program")]
    Body,
    /// The cryptographic library failed to make a key, a signature or a random number.
    #[error("cryptography failed; this is a fault of the program or of the system")]
    Crypto,
}

impl PhoneError {
    /// The server's code, if it was the server that refused.
    pub fn problem_code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// One word in `snake_case` for a program to act upon: the server's code, or one of the phone's own.
    pub fn code(&self) -> String {
        let own = match self {
            Self::Refused(problem) => return word(problem.code),
            Self::NotGranted { error, .. } => error.as_str(),
            Self::UnexpectedAnswer { .. } => "unexpected_answer",
            Self::Unreachable(_) => "unreachable",
            Self::ServerUrl(_) => "invalid_server_url",
            Self::Authority { .. } => "invalid_ca",
            Self::DeviceId => "invalid_device_id",
            Self::ClientId => "invalid_client_id",
            Self::NotAsked(_) => "not_asked",
            Self::NotSignedIn => "not_signed_in",
            Self::NothingScanned => "nothing_scanned",
            Self::NoPasskey => "no_passkey",
            Self::OtherPasskey => "other_passkey",
            Self::Picture(_) => "unreadable_picture",
            Self::Home { .. } => "home_unusable",
            Self::HomeDamaged { .. } => "home_damaged",
            Self::Body => "unwritable_body",
            Self::Crypto => "crypto",
        };
        own.to_owned()
    }

    /// The message and those of its causes, in one line for a person.
    pub fn detail(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }

    /// Adds the path to what the system said.
    pub(super) fn home(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Home { path, source }
    }
}

/// A code as it stands on the wire.
fn word(code: ProblemCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_the_server_s_words() {
        let error = PhoneError::Refused(Problem {
            kind: "urn:saoma:problem:already_scanned".into(),
            status: 409,
            detail: "Another phone has scanned this code.".into(),
            code: ProblemCode::AlreadyScanned,
        });
        assert_eq!(error.code(), "already_scanned");
        assert_eq!(error.problem_code(), Some(ProblemCode::AlreadyScanned));
        assert_eq!(error.detail(), "Another phone has scanned this code.");
    }

    #[test]
    fn a_detail_tells_the_causes_too() {
        let error =
            PhoneError::home(Path::new("/nowhere/device.json"))(std::io::Error::other("disk on fire"));
        assert_eq!(error.detail(), "cannot use /nowhere/device.json: disk on fire");
        assert_eq!((error.code().as_str(), error.problem_code()), ("home_unusable", None));
    }
}
