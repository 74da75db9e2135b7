//! The phone API: sign in, scan, confirm, deny, devices. What a person is told of is in [`crate::notice`].
//!
//! Every call carries a DPoP proof (RFC 9449) made with the device's own ES256 key. All but those that sign in also
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

/// The answer to [`SignIn`] where the account has another phone: that one has to let this one in, or a passkey has to.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingSignIn {
    /// Asks for the result, with the same key; nobody else's business.
    pub request: String,
    /// Two digits that the person types on the other phone.
    pub digits: String,
    /// Seconds in which to do so.
    pub expires_in: u64,
}

/// Asks what came of a sign-in that waits.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CollectSignIn {
    /// The request of [`WaitingSignIn`].
    pub request: String,
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

/// A scanned QR code, or a code that was typed: exactly one of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Scan {
    /// What the QR code said, letter by letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
    /// What the person typed from the screen of a device, such as `WDJB-MJHT`; case, spaces and hyphens do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
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
    /// Host of the redirect URI: where the result will go. Absent where a device asks, which comes for the result itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What it asks for.
    pub scopes: Vec<AskedScope>,
    /// Whether the person has to be asked which of these they allow: not where the site is the provider's own, or they have
    /// allowed all of it before.
    pub consent: bool,
}

/// A scope that a site asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedScope {
    /// Its name, such as `email`.
    pub name: String,
    /// Whether it can be declined and the rest confirmed.
    pub optional: bool,
    /// Whether the person has allowed it before.
    pub granted: bool,
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

/// Confirms the login that the ticket is for.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Confirmation {
    /// The ticket of [`Scanned`].
    pub ticket: String,
    /// The scopes that the person allows: all that are not optional, and those of the others that they agree to. Left out: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

/// Declines the login that the ticket is for.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// The ticket of [`Scanned`].
    pub ticket: String,
}

/// A site that the person has allowed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowedSite {
    /// Its identifier, for the path of [`crate::paths::phone_site`].
    pub client_id: String,
    /// Its registered name.
    pub name: String,
    /// What it may have.
    pub scopes: Vec<String>,
    /// When it was first allowed something, in seconds since 1970 UTC.
    pub granted_at: i64,
    /// When it was last signed in to, in seconds since 1970 UTC.
    pub used_at: i64,
}

/// All sites that the person has allowed something, the last used first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowedSites {
    /// The sites.
    pub sites: Vec<AllowedSite>,
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
