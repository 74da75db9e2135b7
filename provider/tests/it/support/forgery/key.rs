//! Keys that sign, and the forms in which their public halves are known.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// Whoever made the good token: their key signs whatever it is told to.
pub(crate) struct Signer {
    /// The algorithm's name (RFC 7518 section 3.1).
    pub(crate) algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Signer {
    /// From a private key in PKCS#8.
    pub(crate) fn from_pkcs8(algorithm: &'static str, pkcs8: &[u8]) -> Self {
        let pair = match algorithm {
            "ES256" => Pair::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap()),
            "EdDSA" => Pair::Ed(Ed25519KeyPair::from_pkcs8(pkcs8).unwrap()),
            "RS256" => Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(pkcs8).unwrap())),
            other => panic!("no key here signs by {other}"),
        };
        Self { algorithm, pair }
    }

    /// Somebody else, with a key of the same kind.
    pub(super) fn stranger(&self) -> Self {
        let pair = match self.pair {
            Pair::Ec(_) => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            Pair::Ed(_) => Pair::Ed(Ed25519KeyPair::generate().unwrap()),
            Pair::Rsa(_) => Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())),
        };
        Self { algorithm: self.algorithm, pair }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// The public half (RFC 7517).
    pub(super) fn jwk(&self) -> Value {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"crv": "P-256", "kty": "EC", "x": part(x), "y": part(y)})
            }
            Pair::Ed(pair) => json!({"crv": "Ed25519", "kty": "OKP", "x": part(pair.public_key().as_ref())}),
            Pair::Rsa(pair) => {
                let key: PublicKeyComponents<Vec<u8>> = pair.public_key().into();
                json!({"e": part(&key.e), "kty": "RSA", "n": part(&key.n)})
            }
        }
    }

    /// All that a careless verifier has taken for the secret of an HMAC: the public key in each form in which it goes about.
    pub(super) fn public_forms(&self) -> Vec<Vec<u8>> {
        let spki = match &self.pair {
            Pair::Ec(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()),
            Pair::Ed(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()),
            Pair::Rsa(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()),
        };
        let spki = spki.unwrap().as_ref().to_vec();
        let raw = match &self.pair {
            Pair::Ec(pair) => pair.public_key().as_ref(),
            Pair::Ed(pair) => pair.public_key().as_ref(),
            Pair::Rsa(pair) => pair.public_key().as_ref(), // `RSAPublicKey` (RFC 8017 appendix A.1.1)
        };
        let text = pem("PUBLIC KEY", &spki);
        let jwk = self.jwk();
        let mut forms = vec![
            Vec::new(),
            spki.clone(),
            STANDARD.encode(spki).into_bytes(),
            text.trim_end().as_bytes().to_vec(),
            text.into_bytes(),
            raw.to_vec(),
            jwk.to_string().into_bytes(),
            serde_json::to_vec_pretty(&jwk).unwrap(),
            json!({"keys": [jwk]}).to_string().into_bytes(),
        ];
        if matches!(self.pair, Pair::Rsa(_)) {
            forms.push(pem("RSA PUBLIC KEY", raw).into_bytes());
        }
        for text in ["n", "x", "y"].iter().filter_map(|member| jwk[member].as_str()) {
            forms.extend([text.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(text).unwrap()]);
        }
        forms
    }
}

/// RFC 7468: lines of 64.
fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
