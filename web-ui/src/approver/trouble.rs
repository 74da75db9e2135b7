//! What can go wrong with a call, as far as the app acts upon it.

use protocol::ProblemCode;
use saoma_web_ui::http::Failure;

/// Why a call did not do what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No answer: no network.
    Offline,
    /// The server ended the sign-in of this device: revoked, or too old.
    SignedOut,
    /// The browser gives no place for the key, or no key.
    NoKeys,
    /// The person made no passkey when the browser asked.
    PasskeyUnmade,
    /// The person used no passkey when the browser asked, or has none that would do.
    PasskeyUnused,
    /// The browser can do nothing with passkeys here.
    NoPasskeys,
    /// The server said no, and why.
    Refused(ProblemCode),
    /// The server or something before it has trouble of its own.
    Server,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable | Failure::Silent => Self::Offline,
            Failure::Refused(refusal) => refusal.code().map_or(Self::Server, Self::Refused),
        }
    }
}

impl Trouble {
    /// Whether the server refuses the token.
    pub(crate) fn is_token(self) -> bool {
        self == Self::Refused(ProblemCode::InvalidToken)
    }

    /// Whether nothing is wrong: the person did not want to, or has one already.
    pub(crate) fn is_calm(self) -> bool {
        matches!(self, Self::PasskeyUnmade | Self::PasskeyUnused | Self::Refused(ProblemCode::PasskeyTaken))
    }

    /// Whether the server refuses the proof; a wrong clock is the usual cause.
    pub(crate) fn is_proof(self) -> bool {
        self == Self::Refused(ProblemCode::InvalidDpopProof)
    }
}

#[cfg(test)]
mod tests {
    use saoma_web_ui::http::Refusal;

    use super::*;

    fn refused(status: u16, body: &str) -> Trouble {
        Failure::Refused(Refusal { status, body: body.into() }).into()
    }

    #[test]
    fn the_code_says_what_it_is() {
        assert!(refused(401, r#"{"code":"invalid_token"}"#).is_token());
        assert!(refused(400, r#"{"code":"invalid_dpop_proof"}"#).is_proof());
        assert_eq!(
            refused(409, r#"{"code":"already_scanned"}"#),
            Trouble::Refused(ProblemCode::AlreadyScanned)
        );
    }

    #[test]
    fn without_a_code_it_is_the_server_s_own() {
        assert_eq!(refused(502, "<html>"), Trouble::Server);
        assert_eq!(Trouble::from(Failure::Unreachable), Trouble::Offline);
    }
}
