//! An authenticator in software: it makes passkeys, and signs with them what a browser would have it sign (WebAuthn sections 6 and 5.8.1).
//! Every part of what it says is open, so that a test can take it apart.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::ISSUER;

/// The user was there.
pub(crate) const USER_PRESENT: u8 = 1;
/// It knows who they were.
pub(crate) const USER_VERIFIED: u8 = 1 << 2;
/// The passkey may be copied.
pub(crate) const BACKUP_ELIGIBLE: u8 = 1 << 3;
/// It has been.
pub(crate) const BACKED_UP: u8 = 1 << 4;
/// A new passkey follows.
const ATTESTED: u8 = 1 << 6;

/// A passkey's key.
enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// An authenticator with one passkey.
pub(crate) struct Authenticator {
    key: Key,
    pub(crate) id: Vec<u8>,
    pub(crate) user_handle: String,
    pub(crate) rp_id: String,
    pub(crate) origin: String,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    /// Members of the client data that take the place of the usual ones; null takes one away.
    pub(crate) client_data: Value,
    /// Statement and format, where a test wants others than none.
    pub(crate) attestation: Option<(&'static str, Vec<u8>)>,
}

impl Authenticator {
    fn new(key: Key, id: &[u8]) -> Self {
        Self {
            key,
            id: id.to_vec(),
            user_handle: String::new(),
            rp_id: "login.example".into(),
            origin: ISSUER.into(),
            flags: USER_PRESENT | USER_VERIFIED,
            sign_count: 0,
            client_data: json!({}),
            attestation: None,
        }
    }

    /// The usual kind.
    pub(crate) fn es256() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref());
        Self::new(Key::Es256(key), id.as_ref())
    }

    pub(crate) fn ed_dsa() -> Self {
        Self::new(Key::EdDsa(Ed25519KeyPair::generate().unwrap()), b"a passkey of Ed25519")
    }

    pub(crate) fn rs256() -> Self {
        Self::new(Key::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()), b"a passkey of RSA")
    }

    /// Its identifier, as it stands on the wire.
    pub(crate) fn id(&self) -> String {
        encode(&self.id)
    }

    /// Makes its passkey by these options: what the browser sends on.
    pub(crate) fn register(&mut self, options: &Value) -> Value {
        options["user"]["id"].as_str().unwrap().clone_into(&mut self.user_handle);
        let client_data = self.client_data("webauthn.create", options);
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let attested = [&[0; 16], &length[..], &self.id, &self.cose()].concat();
        let data = self.data(self.flags | ATTESTED, &attested);
        let (format, statement) = match &self.attestation {
            None => ("none", vec![0xa0]),
            Some(("packed", _)) => {
                let signed = [data.as_slice(), &hash(&client_data)].concat();
                let signature = self.sign(&signed);
                ("packed", [&[0xa2][..], &text("alg"), &[0x26], &text("sig"), &bytes(&signature)].concat())
            }
            Some((format, statement)) => (*format, statement.clone()),
        };
        let object = [
            &[0xa3][..],
            &text("fmt"),
            &text(format),
            &text("attStmt"),
            &statement,
            &text("authData"),
            &bytes(&data),
        ]
        .concat();
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(&client_data), "attestationObject": encode(&object)}})
    }

    /// Signs by these options: what the browser sends on. It counts, if it has begun to.
    pub(crate) fn assert(&mut self, options: &Value) -> Value {
        self.sign_count += u32::from(self.sign_count > 0);
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(self.flags, &[]);
        let signature = self.sign(&[data.as_slice(), &hash(&client_data)].concat());
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(&client_data), "authenticatorData": encode(&data),
                "signature": encode(&signature), "userHandle": self.user_handle}})
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let mut data = json!({"type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": false});
        for (name, value) in self.client_data.as_object().unwrap() {
            if value.is_null() {
                data.as_object_mut().unwrap().remove(name);
            } else {
                data[name] = value.clone();
            }
        }
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8, attested: &[u8]) -> Vec<u8> {
        [&hash(self.rp_id.as_bytes())[..], &[flags], &self.sign_count.to_be_bytes(), attested].concat()
    }

    /// The public key as a COSE key.
    fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..], &bytes(x), &[0x22], &bytes(y)].concat()
            }
            Key::EdDsa(key) => {
                [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21][..], &bytes(key.public_key().as_ref())].concat()
            }
            Key::Rs256(key) => {
                let (n, e) = (key.public_key().modulus(), key.public_key().exponent());
                let n = n.big_endian_without_leading_zero().to_vec();
                let e = e.big_endian_without_leading_zero().to_vec();
                [&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20][..], &bytes(&n), &[0x21], &bytes(&e)].concat()
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.key {
            Key::Es256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Key::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn hash(content: &[u8]) -> Vec<u8> {
    digest(&SHA256, content).as_ref().to_vec()
}

pub(crate) fn encode(content: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(content)
}

/// Text as CBOR.
fn text(text: &str) -> Vec<u8> {
    [&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// Bytes as CBOR.
fn bytes(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let head = match length {
        0..24 => vec![0x40 + length.to_be_bytes()[1]],
        24..256 => vec![0x58, length.to_be_bytes()[1]],
        _ => [&[0x59], &length.to_be_bytes()[..]].concat(),
    };
    [head.as_slice(), content].concat()
}
