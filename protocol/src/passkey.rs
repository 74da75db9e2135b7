//! Passkeys: the JSON of WebAuthn Level 3 (sections 5.1.3 to 5.1.9), and what the phone API says around it.

use serde::{Deserialize, Serialize};

/// What a browser makes a passkey from: `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// This server.
    pub rp: RelyingParty,
    /// Whose passkey it will be.
    pub user: User,
    /// What has to be signed, in base64url; good once, for five minutes.
    pub challenge: String,
    /// Algorithms, the best first.
    pub pub_key_cred_params: Vec<Algorithm>,
    /// How long the browser may take, in milliseconds.
    pub timeout: u64,
    /// Passkeys that the account has already.
    pub exclude_credentials: Vec<Descriptor>,
    /// What the authenticator has to be able to do.
    pub authenticator_selection: Selection,
    /// Always `none`: nobody needs to know what it is.
    pub attestation: String,
}

/// What a browser uses a passkey by: `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// What has to be signed, in base64url; good once, for five minutes.
    pub challenge: String,
    /// How long the browser may take, in milliseconds.
    pub timeout: u64,
    /// This server's identifier.
    pub rp_id: String,
    /// Passkeys that will do; any that the person chooses, if it is empty.
    pub allow_credentials: Vec<Descriptor>,
    /// Always `required`.
    pub user_verification: String,
}

/// A relying party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RelyingParty {
    /// Its identifier: a host.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Whose passkey it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// A name for the authenticator alone, in base64url.
    pub id: String,
    /// The account's name.
    pub name: String,
    /// The name shown to people.
    pub display_name: String,
}

/// An algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Algorithm {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its COSE number.
    pub alg: i64,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Descriptor {
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its identifier, in base64url.
    pub id: String,
}

/// What the authenticator has to be able to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    /// Always `required`: the passkey names its account.
    pub resident_key: String,
    /// The same, for older browsers.
    pub require_resident_key: bool,
    /// Always `required`: a finger, a face or a PIN.
    pub user_verification: String,
}

/// What came of [`CreationOptions`]: the part of `RegistrationResponseJSON` that is looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// The new passkey's identifier, in base64url.
    pub id: String,
    /// What was signed and made.
    pub response: RegistrationResponse,
}

/// What was signed and made; both in base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponse {
    /// The client's part: JSON.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// The authenticator's part: CBOR.
    pub attestation_object: String,
}

/// What came of [`RequestOptions`]: the part of `AuthenticationResponseJSON` that is looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assertion {
    /// The passkey's identifier, in base64url.
    pub id: String,
    /// What was signed.
    pub response: AssertionResponse,
}

/// What was signed; all in base64url.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// The client's part: JSON.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// The authenticator's part.
    pub authenticator_data: String,
    /// Its signature of both.
    pub signature: String,
    /// Whose passkey it says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_handle: Option<String>,
}

/// Asks for [`CreationOptions`].
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MakePasskey {
    /// The account's password, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl std::fmt::Debug for MakePasskey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MakePasskey(…)")
    }
}

/// Keeps a new passkey.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddPasskey {
    /// What its owner calls it, 1 to 64 characters.
    pub name: String,
    /// The passkey.
    pub credential: Registration,
}

/// Signs in with a passkey; the key of the DPoP proof becomes the device's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeySignIn {
    /// What its owner calls this device, 1 to 64 characters.
    pub device_name: String,
    /// The passkey's word.
    pub credential: Assertion,
}

/// One passkey of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeySummary {
    /// Its identifier, in base64url.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made, in seconds since 1970 UTC.
    pub created_at: i64,
    /// When it was last used, in seconds since 1970 UTC; absent if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<i64>,
    /// Whether it has been copied to its owner's other devices.
    pub backed_up: bool,
}

/// All passkeys of the account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passkeys {
    /// The passkeys.
    pub passkeys: Vec<PasskeySummary>,
}

/// Gives a passkey another name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RenamePasskey {
    /// The new name, 1 to 64 characters.
    pub name: String,
}
