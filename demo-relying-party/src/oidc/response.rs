//! What comes back from the provider by way of the browser.

use serde::Deserialize;

/// An authorization response: `code` or `error` (RFC 6749 sections 4.1.2 and 4.1.2.1), `state`, and `iss` (RFC 9207).
///
/// The redirect brings it in the callback's query; the widget's event brings it in a POST of the page.
#[derive(Clone, Deserialize)]
pub struct AuthorizationResponse {
    /// Which login it answers.
    pub state: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
    /// The authorization code.
    pub code: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.as_ref().map(|_| "[redacted]");
        f.debug_struct("AuthorizationResponse")
            .field("code", &code)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
