//! What kinds of client there are.

use serde::{Deserialize, Serialize};

/// What kind of program a client is (OpenID Connect Registration section 2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// A site.
    #[default]
    Web,
    /// A program on somebody's machine (RFC 8252).
    Native,
}

/// How a client knows people (OpenID Connect Core section 8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// By the identifier that every such client gets.
    #[default]
    Public,
    /// By an identifier that only the clients of this sector (a host) get.
    Pairwise(String),
}

/// Which demands a client has to meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityProfile {
    /// OAuth 2.1 and RFC 9700.
    #[default]
    Standard,
    /// The FAPI 2.0 Security Profile.
    Fapi2,
}
