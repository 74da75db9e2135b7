//! The device's key: ECDSA on P-256 with SHA-256, the `ES256` of RFC 7518 section 3.4.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::error::PhoneError;
use super::secret::Secret;

/// Length of one coordinate of a P-256 point, in bytes.
const COORDINATE: usize = 32;

/// The key pair that a device proves itself with. Its private half leaves the process only to the phone's
/// memory.
pub struct DeviceKey {
    pair: EcdsaKeyPair,
}

/// The public half as a JSON Web Key (RFC 7518 section 6.2), its members in the order of RFC 7638.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicJwk {
    /// Always `P-256`.
    pub crv: &'static str,
    /// Always `EC`.
    pub kty: &'static str,
    /// First coordinate, base64url.
    pub x: String,
    /// Second coordinate, base64url.
    pub y: String,
}

impl DeviceKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Crypto`] if the system has no random numbers.
    pub fn generate() -> Result<Self, PhoneError> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| PhoneError::Crypto)?;
        Ok(Self { pair })
    }

    /// Reads what [`DeviceKey::to_pkcs8`] wrote. `None` if it is no such key.
    pub fn from_pkcs8(encoded: &Secret) -> Option<Self> {
        let der = URL_SAFE_NO_PAD.decode(encoded.expose()).ok()?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()?;
        Some(Self { pair })
    }

    /// The private key as PKCS#8 version 1 (RFC 5208), base64url.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Crypto`] if it cannot be encoded.
    pub fn to_pkcs8(&self) -> Result<Secret, PhoneError> {
        let der = self.pair.to_pkcs8v1().map_err(|_| PhoneError::Crypto)?;
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(der.as_ref())))
    }

    /// The public key.
    pub fn public_jwk(&self) -> PublicJwk {
        // An uncompressed point: one byte that says so, then both coordinates (SEC 1 section 2.3.3).
        let coordinates = self.pair.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len().min(COORDINATE));
        PublicJwk { crv: "P-256", kty: "EC", x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) }
    }

    /// The public key's thumbprint (RFC 7638), base64url: what tokens are bound to.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Crypto`] if the key cannot be written as JSON.
    pub fn thumbprint(&self) -> Result<String, PhoneError> {
        let canonical = serde_json::to_vec(&self.public_jwk()).map_err(|_| PhoneError::Crypto)?;
        Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &canonical)))
    }

    /// Signs a message. Returns `r` and `s` one after the other, 64 bytes (RFC 7518 section 3.4).
    ///
    /// # Errors
    ///
    /// [`PhoneError::Crypto`] if the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PhoneError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| PhoneError::Crypto)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceKey").field("public", &self.public_jwk()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::{Jwk, ThumbprintHash};

    use super::*;

    #[test]
    fn a_saved_key_is_the_same_key() {
        let key = DeviceKey::generate().unwrap();
        let again = DeviceKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(key.public_jwk(), again.public_jwk());
        assert!(DeviceKey::from_pkcs8(&Secret::new("bm8ga2V5")).is_none());
        assert!(DeviceKey::from_pkcs8(&Secret::new("not base64url!")).is_none());
    }

    #[test]
    fn two_keys_are_two() {
        let (one, other) = (DeviceKey::generate().unwrap(), DeviceKey::generate().unwrap());
        assert_ne!(one.thumbprint().unwrap(), other.thumbprint().unwrap());
    }

    #[test]
    fn rfc7638_thumbprint_is_that_of_another_implementation() {
        let key = DeviceKey::generate().unwrap();
        let jwk: Jwk = serde_json::from_value(serde_json::to_value(key.public_jwk()).unwrap()).unwrap();
        assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), key.thumbprint().unwrap());
    }

    #[test]
    fn a_signature_has_the_fixed_length_of_es256() {
        assert_eq!(DeviceKey::generate().unwrap().sign(b"message").unwrap().len(), 64);
    }

    #[test]
    fn debug_shows_the_public_half_only() {
        let key = DeviceKey::generate().unwrap();
        let shown = format!("{key:?}");
        assert!(shown.contains(&key.public_jwk().x) && !shown.contains(key.to_pkcs8().unwrap().expose()));
    }
}
