//! A passkey in software (WebAuthn Level 3 section 6): an authenticator that asks nobody for a finger. It is a file that can be copied, and says so
//! of itself.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Encoder;
use minicbor::encode::write::Cursor;
use protocol::passkey::{
    Assertion, AssertionResponse, CreationOptions, Registration, RegistrationResponse, RequestOptions,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::PhoneError;
use super::secret::Secret;

/// The user was there and was the right one; the passkey may be copied, and is taken to have been (section 6.1).
const FLAGS: u8 = 0b0001_1101;

/// A new passkey follows.
const ATTESTED: u8 = 1 << 6;

/// What a message of CBOR takes at most, in bytes.
const LONGEST: usize = 512;

/// A passkey.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Passkey {
    /// The server's domain.
    rp_id: String,
    /// Its own identifier, in base64url.
    id: String,
    /// Whose it is, in base64url.
    user_handle: String,
    /// The private key, PKCS#8 in base64url.
    key: Secret,
}

impl Passkey {
    /// Makes a passkey as this server asks, on a page of this origin.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Crypto`] if the library fails.
    pub fn make(options: &CreationOptions, origin: &str) -> Result<(Self, Registration), PhoneError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| PhoneError::Crypto)?;
        let der = pair.to_pkcs8v1().map_err(|_| PhoneError::Crypto)?;
        let mut id = [0; 32];
        fill(&mut id).map_err(|_| PhoneError::Crypto)?;
        let passkey = Self {
            rp_id: options.rp.id.clone(),
            id: URL_SAFE_NO_PAD.encode(id),
            user_handle: options.user.id.clone(),
            key: Secret::new(URL_SAFE_NO_PAD.encode(der.as_ref())),
        };
        // Section 6.5.1: model, length of the identifier, identifier, public key.
        let attested = [&[0; 16][..], &[0, 32], &id, &public_key(&pair)?].concat();
        let data = passkey.authenticator_data(FLAGS | ATTESTED, &attested);
        let response = RegistrationResponse {
            client_data_json: client_data("webauthn.create", &options.challenge, origin),
            attestation_object: URL_SAFE_NO_PAD.encode(attestation(&data)?),
        };
        let registration = Registration { id: passkey.id.clone(), response };
        Ok((passkey, registration))
    }

    /// Signs as this server asks, on a page of this origin.
    ///
    /// # Errors
    ///
    /// [`PhoneError::OtherPasskey`] if it is another server's, or not among those that would do; [`PhoneError::Crypto`] if the library
    /// fails.
    pub fn sign(&self, options: &RequestOptions, origin: &str) -> Result<Assertion, PhoneError> {
        let allowed = &options.allow_credentials;
        if self.rp_id != options.rp_id || !(allowed.is_empty() || allowed.iter().any(|one| one.id == self.id))
        {
            return Err(PhoneError::OtherPasskey);
        }
        let client_data_json = client_data("webauthn.get", &options.challenge, origin);
        let client_data = URL_SAFE_NO_PAD.decode(&client_data_json).map_err(|_| PhoneError::Crypto)?;
        let data = self.authenticator_data(FLAGS, &[]);
        let message = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair()?.sign(&SystemRandom::new(), &message).map_err(|_| PhoneError::Crypto)?;
        let response = AssertionResponse {
            client_data_json,
            authenticator_data: URL_SAFE_NO_PAD.encode(data),
            signature: URL_SAFE_NO_PAD.encode(signature.as_ref()),
            user_handle: Some(self.user_handle.clone()),
        };
        Ok(Assertion { id: self.id.clone(), response })
    }

    fn pair(&self) -> Result<EcdsaKeyPair, PhoneError> {
        let der = URL_SAFE_NO_PAD.decode(self.key.expose()).map_err(|_| PhoneError::Crypto)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).map_err(|_| PhoneError::Crypto)
    }

    /// Section 6.1. It does not count how often it is used, as no passkey does that is copied.
    fn authenticator_data(&self, flags: u8, attested: &[u8]) -> Vec<u8> {
        [digest(&SHA256, self.rp_id.as_bytes()).as_ref(), &[flags], &[0; 4], attested].concat()
    }
}

/// Section 5.8.1, in base64url.
fn client_data(kind: &str, challenge: &str, origin: &str) -> String {
    let data = json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false});
    URL_SAFE_NO_PAD.encode(data.to_string())
}

/// A COSE key (RFC 9053 section 7.1): EC2, ES256, P-256, and both coordinates.
fn public_key(pair: &EcdsaKeyPair) -> Result<Vec<u8>, PhoneError> {
    let (x, y) = pair.public_key().as_ref().get(1..).unwrap_or_default().split_at(32);
    cbor(|write| {
        write.map(5)?.i8(1)?.i8(2)?.i8(3)?.i8(-7)?.i8(-1)?.i8(1)?.i8(-2)?.bytes(x)?.i8(-3)?.bytes(y)?.ok()
    })
}

/// An attestation object (section 6.5.4) that attests nothing (section 8.7).
fn attestation(data: &[u8]) -> Result<Vec<u8>, PhoneError> {
    cbor(|write| {
        write.map(3)?.str("fmt")?.str("none")?.str("attStmt")?.map(0)?.str("authData")?.bytes(data)?.ok()
    })
}

type Writer = Encoder<Cursor<[u8; LONGEST]>>;
type Written = Result<(), minicbor::encode::Error<minicbor::encode::write::EndOfArray>>;

fn cbor(write: impl FnOnce(&mut Writer) -> Written) -> Result<Vec<u8>, PhoneError> {
    let mut encoder = Encoder::new(Cursor::new([0; LONGEST]));
    write(&mut encoder).map_err(|_| PhoneError::Crypto)?;
    let length = encoder.writer().position();
    Ok(encoder.into_writer().into_inner()[..length].to_vec())
}
