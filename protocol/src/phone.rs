//! The phone API: sign in, scan, confirm, deny, devices. What a person is told of is in [`crate::notice`].
//!
//! Every call carries a DPoP proof (RFC 9449) made with the device's own ES256 key. All but those that sign in also
//! carry `Authorization: DPoP <access token>`, and their proof has `ath`.

use serde::{Deserialize, Serialize};

use crate::passkey::Assertion;

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
    /// Whether the account has a password, which making a passkey takes then.
    pub has_password: bool,
}

/// A scanned QR code, or a code that was typed: exactly one of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Scan {
    /// What the QR code said, letter by letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
    /// What the person typed from the screen of the device or browser, such as `WDJB-MJHT`; case, spaces and hyphens do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    /// With `qr`: what [`crate::paths::PHONE_SIGHTING`] answered, where the code was opened before anybody was signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sighting: Option<String>,
}

/// What a phone shows on which nobody is signed in yet: the code that it was opened by.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sight {
    /// What the QR code said, letter by letter.
    pub qr: String,
}

/// The answer to [`Sight`]: the code was of that moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sighted {
    /// Goes into [`Scan`], from the phone with the key of this call's proof.
    pub sighting: String,
    /// Seconds in which it is good, if the login lives as long.
    pub expires_in: u64,
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
    /// What is to be known of this request, the worst first.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// Whether the browser shows two digits that have to be typed first: [`crate::paths::PHONE_MATCH`].
    #[serde(default)]
    pub match_required: bool,
    /// How the person can prove that they hold the phone, where that is wanted first: [`crate::paths::PHONE_UNLOCK`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlock: Option<Unlock>,
}

/// Something that is true of a request, and that the person should see. The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The account's phones have scanned unusually many requests lately that came to nothing.
    ManyRequests,
    /// The browser is in another country than this phone.
    OtherCountry,
    /// The browser could not make a key of its own.
    BrowserWithoutKey,
    /// The code was typed, not scanned.
    TypedCode,
    /// The browser is in another network than this phone.
    OtherNetwork,
    /// The person has never signed in to this site.
    FirstTimeAtSite,
    /// The browser is in the network that this phone is in.
    SameNetwork,
}

/// How a person can prove that they hold the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unlock {
    /// By the account's password.
    pub password: bool,
    /// By a passkey, if the account has one: what it has to sign, as JSON (WebAuthn `PublicKeyCredentialRequestOptionsJSON`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<String>,
}

/// The digits that the browser shows.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Match {
    /// The ticket of [`Scanned`].
    pub ticket: String,
    /// Two digits.
    pub digits: String,
}

/// Proof of who holds the phone.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnlockWith {
    /// The ticket of [`Scanned`].
    pub ticket: String,
    /// The account's password; or else
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// what one of its passkeys signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Assertion>,
}

/// The answer to [`Match`] and [`UnlockWith`]: a step is done, and the time to decide begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepDone {
    /// Seconds in which to decide.
    pub expires_in: u64,
}

/// The site that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// Its registered name.
    pub name: String,
    /// Whether the operator vouches that the site is who its name says. Nobody else can.
    #[serde(default)]
    pub verified: bool,
    /// Path of its logo, a PNG that this server keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
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
    /// Where that is, if the server can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it asked, in seconds since 1970 UTC.
    pub started_at: i64,
    /// Whether the result can be collected by that browser alone, by a key that it cannot give away.
    #[serde(default)]
    pub bound: bool,
}

/// Where a network address is, in the words of the phone's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The country.
    pub country: String,
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

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// A phone scanned, or typed, a site's code.
    LoginScanned,
    /// The person agreed to sign in to a site.
    LoginConfirmed,
    /// The person declined.
    LoginDenied,
    /// Somebody at the browser gave up after the scan.
    LoginCancelled,
    /// A browser was signed in.
    SignedIn,
    /// What a site had of the person ended.
    GrantRevoked,
    /// Somebody tried to sign in on a phone, and was not let in.
    SignInFailed,
    /// A phone was enrolled.
    DeviceEnrolled,
    /// A phone that knows the password asked to be let in.
    DeviceAsked,
    /// A phone that asked was let in.
    DeviceAllowed,
    /// A phone that asked was turned away.
    DeviceTurnedAway,
    /// The operator lets the next phone in on the password alone.
    NextDeviceAllowed,
    /// The person said that it was not them, and it was taken back.
    TakenBack,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A phone was revoked.
    DeviceRevoked,
    /// The person took back what they had allowed a site.
    ConsentWithdrawn,
    /// A browser was signed out.
    SessionEnded,
    /// The operator signed the person out everywhere.
    SignedOutEverywhere,
    /// The account was made.
    AccountAdded,
    /// Something that this reader is too old to know.
    #[serde(other)]
    Other,
}

/// One thing that happened to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityEntry {
    /// Its identifier.
    pub id: String,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// What.
    pub kind: ActivityKind,
    /// The name of the site that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The name of the phone that did it, or that it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whether that phone is the one that asks.
    pub current_device: bool,
    /// The network address from which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What happened to the account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// A page of it.
    pub entries: Vec<ActivityEntry>,
    /// For `before`, to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
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
