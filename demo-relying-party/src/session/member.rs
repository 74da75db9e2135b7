//! Somebody who is signed in.

use oauth2::RefreshToken;

/// A signed-in reader, as the account page tells it. Times are seconds since 1970.
#[derive(Debug, Clone)]
pub struct Member {
    /// The subject at the provider: what the site knows them by.
    pub subject: String,
    /// Their name, as userinfo gave it.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// When they authenticated (`auth_time`).
    pub authenticated_at: Option<i64>,
    /// How much that was worth (`acr`).
    pub context: Option<String>,
    /// By what means (`amr`, RFC 8176).
    pub methods: Vec<String>,
    /// Their session at the provider (`sid`).
    pub sid: Option<String>,
    /// When they signed in here.
    pub signed_in_at: i64,
    /// The nonce of their login; a refreshed ID token that has one must have this one.
    pub nonce: String,
    /// What the provider granted.
    pub tokens: Tokens,
}

impl Member {
    /// What to call them: their name, else their address, else "Reader".
    pub fn display_name(&self) -> &str {
        self.name.as_deref().or(self.email.as_deref()).unwrap_or("Reader")
    }
}

/// What the provider granted. The access token itself is used once, for userinfo, and not kept.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Buys fresh tokens. Absent while a refresh is under way, and where none was granted. Its `Debug` is redacted.
    pub refresh: Option<RefreshToken>,
    /// The scopes granted.
    pub scopes: Vec<String>,
    /// When the access token expires, where the provider said.
    pub expires_at: Option<i64>,
    /// When these tokens were issued.
    pub issued_at: i64,
    /// How many times they have been refreshed.
    pub refreshes: u32,
    /// The newest ID token, which says at the provider whose session is to end.
    pub id_token: Option<IdToken>,
}

/// An ID token as it came. Its `Debug` is redacted.
#[derive(Clone)]
pub struct IdToken(pub String);

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken([redacted])")
    }
}
