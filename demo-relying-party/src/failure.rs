//! What can go wrong for a reader: one message for them, one cause for the log.

use http::StatusCode;

use crate::oidc::OidcError;
use crate::place::Place;

/// Something went wrong, and where the reader was.
#[derive(Debug)]
pub struct Failure {
    /// What.
    pub kind: FailureKind,
    /// Where "try again" leads.
    pub place: Place,
}

/// What went wrong. The messages are fixed texts: nothing that came in a request is ever said back.
#[derive(Debug, thiserror::Error)]
pub enum FailureKind {
    /// The `state` is not one of this browser's logins under way: another's, used, too old, or made up.
    #[error("the state belongs to no login of this session")]
    UnknownLogin,
    /// The answer says it comes from another provider, or does not say (RFC 9207).
    #[error("the answer's iss is not our provider")]
    WrongIssuer,
    /// `access_denied`: declined on the phone, cancelled, or out of time.
    #[error("access_denied")]
    Declined,
    /// Another error code of RFC 6749 section 4.1.2.1.
    #[error("the provider answered with an error: {0}")]
    ProviderSays(&'static str),
    /// Neither code nor error, or parameters that cannot be read.
    #[error("the answer cannot be read")]
    Unreadable,
    /// The conversation with the provider failed.
    #[error("the provider's part failed")]
    Provider(#[from] OidcError),
    /// A form of ours was sent from another site's page, or from none.
    #[error("Origin is not this site")]
    ForeignOrigin,
    /// The provider has withdrawn the sign-in, or there was none.
    #[error("nobody is signed in any more")]
    SignedOut,
    /// No such page.
    #[error("no such page")]
    NotFound,
}

impl FailureKind {
    /// The failure, for a reader who was at `place`.
    pub fn at(self, place: Place) -> Failure {
        Failure { kind: self, place }
    }

    /// Reads an error code. Only codes that the RFCs know are ever repeated, to the log.
    pub fn from_error_code(code: &str) -> Self {
        const KNOWN: [&str; 9] = [
            "invalid_request",
            "unauthorized_client",
            "unsupported_response_type",
            "invalid_scope",
            "server_error",
            "temporarily_unavailable",
            "login_required",
            "interaction_required",
            "consent_required",
        ];
        match code {
            "access_denied" => Self::Declined,
            _ => Self::ProviderSays(KNOWN.iter().find(|known| **known == code).copied().unwrap_or("unknown")),
        }
    }

    /// The name of this failure in JSON and in the page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownLogin => "unknown_login",
            Self::WrongIssuer => "wrong_issuer",
            Self::Declined => "declined",
            Self::ProviderSays(_) => "provider_error",
            Self::Unreadable => "unreadable_answer",
            Self::Provider(error) if error.is_outage() => "provider_unreachable",
            Self::Provider(OidcError::InvalidGrant) => "code_used_up",
            Self::Provider(_) => "provider_refused",
            Self::ForeignOrigin => "foreign_origin",
            Self::SignedOut => "signed_out",
            Self::NotFound => "not_found",
        }
    }

    /// The status of the page. A decision that the reader made themselves is no error.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Declined => StatusCode::OK,
            Self::UnknownLogin
            | Self::WrongIssuer
            | Self::Unreadable
            | Self::Provider(OidcError::InvalidGrant) => StatusCode::BAD_REQUEST,
            Self::Provider(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Provider(_) | Self::ProviderSays(_) => StatusCode::BAD_GATEWAY,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    /// What happened, and what to do next.
    pub fn message(&self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownLogin => (
                "This sign-in is not under way here",
                "It was used already, took more than an hour, or began in another browser. Start a new one here.",
            ),
            Self::WrongIssuer => (
                "This answer came from somewhere else",
                "We only take sign-ins from Saoma, so we stopped. Nothing was shared. Start a new one here.",
            ),
            Self::Declined => (
                "You are not signed in",
                "It was declined or cancelled, and nothing was shared with us. If you changed your mind, try again.",
            ),
            Self::ProviderSays(_) | Self::Unreadable => (
                "Saoma could not finish this sign-in",
                "Nothing was shared with us. Trying again usually helps.",
            ),
            Self::Provider(error) if error.is_outage() => (
                "Saoma does not answer",
                "We cannot reach the sign-in service just now. Try again in a minute. You can read on without it.",
            ),
            Self::Provider(OidcError::InvalidGrant) => (
                "This sign-in has run out",
                "It was used already or took too long on its way here. Start a new one.",
            ),
            Self::Provider(_) => (
                "We could not check this sign-in",
                "Saoma’s answer was not one that we can trust, so nobody was signed in. Try again; if it stays, write to us.",
            ),
            Self::ForeignOrigin => (
                "That did not come from our page",
                "To keep you safe we only act on buttons of our own pages. Open the page here and press the button again.",
            ),
            Self::SignedOut => ("You are signed out", "Your sign-in has ended. Sign in again to go on."),
            Self::NotFound => {
                ("There is no such page", "It may have moved. All our pieces are on the front page.")
            }
        }
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        kind.at(Place::Home)
    }
}
