//! How long things live.

use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// How long things live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// A QR code that nobody has scanned.
    pub qr: Duration,
    /// A frame of a QR code that changes: for how long after its beginning it can be scanned.
    pub qr_frame: Duration,
    /// A device's QR code and the code to type, that nobody has used (RFC 8628 section 3.2).
    pub device_code: Duration,
    /// From the scan to the decision.
    pub scanned: Duration,
    /// The same where somebody asked for more time.
    pub scanned_extended: Duration,
    /// From the decision until the browser has collected the result.
    pub delivery: Duration,
    /// A pushed authorization request (RFC 9126 section 2.2; FAPI 2.0: less than 600 seconds).
    pub pushed_request: Duration,
    /// An authorization code (OAuth 2.1 recommends at most 10 minutes, FAPI 2.0 60 seconds).
    pub code: Duration,
    /// A browser session: for how long another site takes one click.
    pub session: Duration,
    /// A site's access token.
    pub access_token: Duration,
    /// A site's refresh token, from its last use.
    pub refresh_token: Duration,
    /// For how long after its use a refresh token whose answer was lost gets that answer again; zero: not at all.
    pub refresh_grace: Duration,
    /// An ID token.
    pub id_token: Duration,
    /// A phone's access token.
    pub phone_token: Duration,
    /// A phone's refresh token: how long a phone stays signed in.
    pub device_token: Duration,
    /// How long a signing key signs; `None`: until somebody rotates it.
    pub signing_key: Option<Duration>,
    /// How long ended logins are kept, so that a code that comes back is recognised.
    pub ended: Duration,
    /// How long the audit trail is kept.
    pub trail: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            qr: MINUTE * 2,
            qr_frame: Duration::from_secs(8),
            device_code: MINUTE * 10,
            scanned: MINUTE,
            scanned_extended: MINUTE * 10,
            delivery: MINUTE,
            pushed_request: MINUTE,
            code: MINUTE,
            session: DAY,
            access_token: MINUTE * 10,
            refresh_token: DAY * 30,
            refresh_grace: Duration::from_secs(10),
            id_token: MINUTE * 10,
            phone_token: MINUTE * 10,
            device_token: DAY * 180,
            signing_key: Some(DAY * 90),
            ended: DAY,
            trail: DAY * 180,
        }
    }
}
