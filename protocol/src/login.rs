//! A login as the browser that started it sees it.

use serde::{Deserialize, Serialize};

/// Request header with the browser secret, where there is no cookie: the widget on another origin.
pub const BROWSER_SECRET_HEADER: &str = "saoma-browser-secret";

/// Name of the server-sent event that carries a [`LoginView`].
pub const LOGIN_EVENT: &str = "login";

/// Where a login stands, in the words that its browser gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginStatus {
    /// The code is on the screen; nobody has scanned it.
    Waiting,
    /// A phone has scanned it and is asking its owner.
    Scanned,
    /// Confirmed: the result can be collected.
    Confirmed,
    /// Declined on the phone.
    Denied,
    /// Cancelled in the browser.
    Cancelled,
    /// Nobody acted in time.
    Expired,
}

impl LoginStatus {
    /// Whether the site gets nothing.
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Denied | Self::Cancelled | Self::Expired)
    }

    /// Whether nothing more can happen to the login from here, as its browser sees it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// Why a login was declined, where it was not the person who said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeniedReason {
    /// Other digits were typed on the phone than the browser shows.
    WrongDigits,
    /// The phone asked who holds it, and did not get the right answer.
    NotUnlocked,
}

/// A login's state: the answer of all three transports. It says nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginView {
    /// Where the login stands.
    pub state: LoginStatus,
    /// Grows with every change. A reader that passes it back (`?after=` or `Last-Event-ID`) waits for the next.
    pub version: u64,
    /// Seconds until this state expires, rounded up; 0 in a final state.
    pub expires_in: u64,
    /// How many more times an expired code may renew itself before it waits for a click.
    pub renewals_left: u8,
    /// While the phone waits for them: the two digits to type there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_code: Option<String>,
    /// With `denied`: why, where it was not the person who said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DeniedReason>,
    /// How old the login is, in milliseconds by the server's clock: which frame of its QR code is this moment's.
    #[serde(default)]
    pub age_ms: u64,
    /// Whether somebody asked for more time: then it lives for as long as it could be renewed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extended: bool,
    /// While it waits, and once it was asked for: the code that can be typed in place of a scan, such as `WDJB-MJHT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    /// After `denied`, `cancelled` or `expired`: the redirect URI with `error=access_denied`, `state` and `iss`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

/// What a QR code is drawn from, anew every 2 s ([`crate::qr`]).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrSeed {
    /// What does not change: `{issuer}/q/{handle}`.
    pub prefix: String,
    /// The key that dates the frames, in base64url.
    pub key: String,
    /// How old the login is, in milliseconds.
    pub age_ms: u64,
}

impl std::fmt::Debug for QrSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QrSeed").field("age_ms", &self.age_ms).finish_non_exhaustive()
    }
}

/// The answer to starting or renewing a login.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedLogin {
    /// The login's identifier, for the paths of [`crate::paths`].
    pub id: String,
    /// What the QR code is drawn from.
    pub qr: QrSeed,
    /// Proves "I started it" on every later call, in the [`BROWSER_SECRET_HEADER`]. Absent where a cookie holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser_secret: Option<String>,
    /// The site that asks, as a person knows it.
    pub client_name: String,
    /// The server's clock, in seconds since 1970 UTC: a browser whose own is wrong dates its proofs by this.
    pub server_time: i64,
    /// The login's first state.
    pub login: LoginView,
}

impl std::fmt::Debug for StartedLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StartedLogin")
            .field("id", &self.id)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// How to renew: by itself when time ran out, or because a person asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenewReason {
    /// The code ran out; counts against the five that go by themselves.
    Expiry,
    /// Somebody clicked "new code"; the count starts again.
    Request,
}

/// Body of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewLogin {
    /// Why.
    pub reason: RenewReason,
}

/// A confirmed login's result (RFC 6749 section 4.1.2, RFC 9207 section 2). Asked again, it is the same again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginResult {
    /// The redirect URI with `code`, `state` and `iss`.
    pub redirect_to: String,
    /// The authorization code.
    pub code: String,
    /// The `state` of the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The issuer (RFC 9207).
    pub iss: String,
}

impl std::fmt::Debug for LoginResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginResult").field("iss", &self.iss).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_flat_json_in_words() {
        let view = LoginView {
            state: LoginStatus::Scanned,
            version: 2,
            expires_in: 60,
            renewals_left: 5,
            match_code: None,
            reason: None,
            age_ms: 7_000,
            extended: false,
            user_code: None,
            return_to: None,
        };
        assert_eq!(
            serde_json::to_string(&view).unwrap(),
            r#"{"state":"scanned","version":2,"expires_in":60,"renewals_left":5,"age_ms":7000}"#
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let started = StartedLogin {
            id: "an-id".into(),
            qr: QrSeed {
                prefix: "http://localhost:8080/q/qr-secret".into(),
                key: "frame-secret".into(),
                age_ms: 0,
            },
            browser_secret: Some("browser-secret".into()),
            client_name: "A site".into(),
            server_time: 1_767_225_600,
            login: LoginView {
                state: LoginStatus::Waiting,
                version: 1,
                expires_in: 120,
                renewals_left: 5,
                match_code: None,
                reason: None,
                age_ms: 0,
                extended: false,
                user_code: None,
                return_to: None,
            },
        };
        let shown = format!("{started:?}");
        assert!(shown.contains("an-id") && !shown.contains("secret"), "{shown}");
    }
}
