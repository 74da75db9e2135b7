//! The phone API: sign in, scan, confirm, deny, devices.
//!
//! Every call carries a DPoP proof (RFC 9449) made with the device's own ES256 key. All but the first two also
//! carry `Authorization: DPoP <access token>`, and their proof has `ath`.

use serde::{Deserialize, Serialize};

/// First sign-in with account name and password; the key of the DPoP proof becomes the device's.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The account's name.
    pub account: String,
    /// Its password.
    pub password: String,
    /// What its owner calls this device, 1 to 64 characters.
    pub device_name: String,
}

/// The answer to [`SignIn`]: a device is enrolled.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The new device.
    pub device_id: String,
    /// Who signed in.
    pub account: AccountSummary,
    /// Long-lived; bound to the device's key; ends when the device is revoked.
    pub refresh_token: String,
    /// The first access token.
    #[serde(flatten)]
    pub tokens: PhoneTokens,
}

/// Asks for a fresh access token.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshPhone {
    /// The refresh token of [`SignedIn`].
    pub refresh_token: String,
}

/// A short-lived access token, bound to the device's key.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneTokens {
    /// Sent as `Authorization: DPoP …`.
    pub access_token: String,
    /// Always `DPoP`.
    pub token_type: String,
    /// Seconds of life.
    pub expires_in: u64,
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSummary {
    /// The name used to sign in.
    pub name: String,
    /// The name shown to people: the `name` claim, or else the account's name.
    pub display_name: String,
}

/// Who is signed in on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The account.
    pub account: AccountSummary,
    /// This device.
    pub device: DeviceSummary,
}

/// A scanned QR code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scan {
    /// What the QR code said, letter by letter.
    pub qr: String,
}

/// The answer to [`Scan`]: the ticket, and all that the person needs to decide.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scanned {
    /// The scan ticket: used once, from this device, to confirm or to deny.
    pub ticket: String,
    /// Seconds in which to decide.
    pub expires_in: u64,
    /// Who would be signed in.
    pub account: AccountSummary,
    /// Who asks, and for what.
    pub site: Site,
    /// Where it was asked.
    pub browser: BrowserContext,
}

/// The site that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// Its registered name.
    pub name: String,
    /// Host of the redirect URI: where the result will go.
    pub host: String,
    /// The scopes that it asks for.
    pub scopes: Vec<String>,
}

/// The browser that shows the QR code, as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrowserContext {
    /// Browser and system in a person's words, such as `Chrome on Linux`.
    pub name: String,
    /// Its network address.
    pub address: String,
    /// When it asked, in seconds since 1970 UTC.
    pub started_at: i64,
}

/// Confirms or denies the login that the ticket is for.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// The ticket of [`Scanned`].
    pub ticket: String,
}

/// One device of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceSummary {
    /// Its identifier.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was enrolled, in seconds since 1970 UTC.
    pub enrolled_at: i64,
    /// When it last asked for an access token, in seconds since 1970 UTC.
    pub last_seen_at: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// All devices of the account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// The devices.
    pub devices: Vec<DeviceSummary>,
}

/// Gives a device another name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenameDevice {
    /// The new name, 1 to 64 characters.
    pub name: String,
}
