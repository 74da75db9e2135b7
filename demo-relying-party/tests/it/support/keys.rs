//! Signing keys, and tokens made with them.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::Value;

use super::forgery::Signer;

/// jsonwebtoken takes RSA keys as PKCS#1: what is left of a 2048-bit key's PKCS#8 without its header, always this long.
const PKCS8_HEADER: usize = 26;

/// A key with a name.
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    algorithm: Algorithm,
    secret: EncodingKey,
    pkcs8: Vec<u8>,
}

impl Key {
    pub(crate) fn rs256(kid: &'static str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        Self {
            kid,
            algorithm: Algorithm::RS256,
            secret: EncodingKey::from_rsa_der(&der.as_ref()[PKCS8_HEADER..]),
            pkcs8: der.as_ref().to_vec(),
        }
    }

    pub(crate) fn es256(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        let secret = EncodingKey::from_ec_der(der.as_ref());
        Self { kid, algorithm: Algorithm::ES256, secret, pkcs8: der.as_ref().to_vec() }
    }

    /// The public half, as a JWKS has it.
    pub(crate) fn jwk(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.secret, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.kid.into());
        jwk
    }

    /// The same key, for who makes forgeries.
    pub(crate) fn signer(&self) -> Signer {
        Signer::from_pkcs8(if self.algorithm == Algorithm::RS256 { "RS256" } else { "ES256" }, &self.pkcs8)
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as("JWT", claims)
    }

    /// Signs a token of this type.
    pub(crate) fn sign_as(&self, kind: &str, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.typ = Some(kind.into());
        header.kid = Some(self.kid.into());
        encode(&header, claims, &self.secret).unwrap()
    }
}
