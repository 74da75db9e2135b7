//! What is checked of a registration (WebAuthn Level 3 section 7.1) and of an assertion (section 7.2), step by step. Pure functions.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use protocol::passkey::{Assertion, Registration};
use serde_json::Value as Json;

use super::{
    PasskeyId,
    authenticator_data::{AuthenticatorData, Backup},
    cbor::Map,
    public_key::PublicKey,
};
use crate::{oauth::jose::strict_json, secret::sha256};

/// Longest part of a ceremony that is looked at, in bytes. The body's limit is lower.
const LONGEST: usize = 16 * 1024;

/// The relying party: this server, as browsers know it.
#[derive(Debug)]
pub struct RelyingParty<'a> {
    /// Its identifier: the issuer's host.
    pub id: &'a str,
    /// The origin of its own pages.
    pub origin: &'a str,
    /// Those of the operator's own phone apps.
    pub apps: &'a [String],
}

impl RelyingParty<'_> {
    /// Whether ceremonies are held at this origin: to the letter (section 13.4.9).
    fn is_at(&self, origin: &str) -> bool {
        origin == self.origin || self.apps.iter().any(|app| app == origin)
    }
}

/// A new passkey, as its registration tells it.
#[derive(Debug)]
pub struct Registered {
    /// The challenge that it signed.
    pub challenge: String,
    /// Its identifier.
    pub id: PasskeyId,
    /// Its public key, as CBOR.
    pub public_key: Vec<u8>,
    /// How often it has been used.
    pub sign_count: u32,
    /// Whether it may be copied.
    pub backup: Backup,
}

/// What an assertion says, once its signature has been checked against a passkey.
#[derive(Debug)]
pub struct Asserted {
    /// The challenge that was signed.
    pub challenge: String,
    /// How often the passkey has been used.
    pub sign_count: u32,
    /// Whether it has been copied.
    pub backup: Backup,
}

/// Why a ceremony is refused, for the log and for whoever writes a client.
type Refusal = &'static str;

/// Section 7.1. Steps that are not here are the caller's: 8 (the challenge), 26 (the identifier is new) and those that store.
pub fn register(party: &RelyingParty<'_>, registration: &Registration) -> Result<Registered, Refusal> {
    // 5, 6.
    let client_data = decode(&registration.response.client_data_json)?;
    // 7, 9 to 12.
    let challenge = check_client_data(party, &client_data, "webauthn.create")?;
    // 13.
    let hash = sha256(&client_data);
    // 14: CBOR; the format, the statement and the authenticator data.
    let attestation = decode(&registration.response.attestation_object)?;
    let attestation = Map::read(&attestation).ok_or("the attestation object is no map of CBOR")?;
    let signed = attestation.bytes("authData").ok_or("the attestation object has no authenticator data")?;
    let data = AuthenticatorData::read(signed).ok_or("the authenticator data cannot be read")?;
    // 15 to 18.
    let backup = check_data(party, &data)?;
    // 19 and 20: no extension was asked for; what the client adds by itself changes nothing.
    // 21, 22: of the formats two are known: no attestation at all, as we ask, and one by the passkey itself (section 8.7, 8.2).
    let new = data.attested.as_ref().ok_or("there is no new passkey in it")?;
    let key = Map::read(new.public_key).ok_or("the public key is no map of CBOR")?;
    let public_key = PublicKey::read(&key).ok_or("the public key is of no algorithm that was asked for")?;
    let statement = attestation.map("attStmt").ok_or("the attestation object has no statement")?;
    match attestation.text("fmt") {
        Some("none") if statement.is_empty() => {}
        Some("packed") if !statement.has("x5c") && new.aaguid == [0; 16] => {
            let signature = statement.bytes("sig").ok_or("the attestation has no signature")?;
            let named = statement.integer("alg");
            if named != key.integer(3) || !public_key.verifies(&[signed, &hash].concat(), signature) {
                return Err("the attestation's signature is wrong");
            }
        }
        _ => return Err("no attestation was asked for, and this one tells of the authenticator"),
    }
    // 25: the identifier is not too long; and it is the one that the client names.
    let id = PasskeyId::from_bytes(new.id.to_vec())
        .filter(|id| PasskeyId::parse(&registration.id).as_ref() == Some(id));
    let id = id.ok_or("the passkey's identifier is not the one that was made")?;
    Ok(Registered { challenge, id, public_key: new.public_key.to_vec(), sign_count: data.sign_count, backup })
}

/// Section 7.2, against the public key of the passkey that it names. Steps that are not here are the caller's: 5 and 6 (whose passkey), 12 (the
/// challenge), 22 (the counter) and those that store.
pub fn assert(
    party: &RelyingParty<'_>,
    assertion: &Assertion,
    public_key: &[u8],
) -> Result<Asserted, Refusal> {
    // 7 to 9.
    let client_data = decode(&assertion.response.client_data_json)?;
    // 10, 11, 13 to 15.
    let challenge = check_client_data(party, &client_data, "webauthn.get")?;
    // 16 to 19.
    let signed = decode(&assertion.response.authenticator_data)?;
    let data = AuthenticatorData::read(&signed).ok_or("the authenticator data cannot be read")?;
    let backup = check_data(party, &data)?;
    // 20, 21.
    let key =
        Map::read(public_key).and_then(|key| PublicKey::read(&key)).ok_or("the passkey's key is none")?;
    let message = [signed.as_slice(), &sha256(&client_data)].concat();
    if !key.verifies(&message, &decode(&assertion.response.signature)?) {
        return Err("the signature is not the passkey's");
    }
    Ok(Asserted { challenge, sign_count: data.sign_count, backup })
}

/// The client's own part: what was done, for which challenge, at which origin. Answers the challenge.
fn check_client_data(party: &RelyingParty<'_>, client_data: &[u8], kind: &str) -> Result<String, Refusal> {
    let Some(Json::Object(members)) = strict_json(client_data) else {
        return Err("the client data are no JSON object");
    };
    let text = |name| members.get(name).and_then(Json::as_str);
    if text("type") != Some(kind) {
        return Err("the client data are of another ceremony");
    }
    if !text("origin").is_some_and(|origin| party.is_at(origin)) {
        return Err("the ceremony was held at another origin");
    }
    // No page of ours is ever in a frame of somebody else's.
    if members.get("crossOrigin").is_some_and(|cross| *cross != Json::Bool(false))
        || members.contains_key("topOrigin")
    {
        return Err("the ceremony was held in a frame");
    }
    text("challenge").map(str::to_owned).ok_or("the client data have no challenge")
}

/// The authenticator's own part.
fn check_data(party: &RelyingParty<'_>, data: &AuthenticatorData<'_>) -> Result<Backup, Refusal> {
    if !data.is_for(party.id) {
        return Err("the passkey is for another relying party");
    }
    if !data.user_is_verified() {
        return Err("the authenticator has not verified its user");
    }
    data.backup().ok_or("the passkey was copied, which it must not be")
}

/// Reads base64url.
fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    if text.len() > LONGEST {
        return Err("a part is too long");
    }
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "a part is not base64url")
}
