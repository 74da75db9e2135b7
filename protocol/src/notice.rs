//! What a person is told of in the phone app: sign-ins, new devices, and devices that wait to be let in.

use serde::{Deserialize, Serialize};

use crate::phone::BrowserContext;

/// The answer to `GET /api/phone/notices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notices {
    /// Devices that wait to be let in, the oldest first.
    pub waiting: Vec<WaitingDevice>,
    /// What has happened, the newest first. Each is told twice on each phone: at once, and again a day later.
    pub notices: Vec<Notice>,
}

/// A device that knows the account's password and waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingDevice {
    /// Its identifier.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Where it asks from, as the server saw it.
    pub from: BrowserContext,
    /// Seconds left to decide.
    pub expires_in: u64,
}

/// Lets a device in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowDevice {
    /// The two digits on its screen. Wrong ones turn it away.
    pub digits: String,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Somebody was signed in to a site.
    Login,
    /// A device was added to the account.
    Device,
    /// A passkey was added to the account.
    Passkey,
}

/// Something that a person should know of, because it may not have been them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Its identifier.
    pub id: String,
    /// What happened.
    pub kind: NoticeKind,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// Whether it is to be shown now on this phone.
    pub due: bool,
    /// How often this phone has said that it was seen: 0, or 1 while it is told again a day later.
    pub seen: u8,
    /// The site, for a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The phone that confirmed the sign-in, the device that was added, or the passkey's name; absent where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whether that phone is the one that asks.
    pub this_device: bool,
    /// The browser that was signed in, or where the device or passkey was added from.
    pub from: BrowserContext,
}
