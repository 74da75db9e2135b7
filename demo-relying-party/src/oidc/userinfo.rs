//! Who it is: the userinfo endpoint (OIDC Core section 5.3).

use serde::Deserialize;

/// The claims that the site shows. Any of them may be missing, save `sub`.
#[derive(Debug, Clone, Deserialize)]
pub struct Userinfo {
    /// Must be the ID token's `sub`, else nothing here may be used (section 5.3.2).
    pub sub: String,
    /// Full name.
    pub name: Option<String>,
    /// The name they go by.
    pub preferred_username: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}
