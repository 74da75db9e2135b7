//! Proofs of possession of the device's key (RFC 9449 section 4.2).

use saoma_web_ui::base64url;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The device's public key, in the coordinates of a JWK (RFC 7518 section 6.2.1), each in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    /// The x coordinate.
    pub(crate) x: String,
    /// The y coordinate.
    pub(crate) y: String,
}

/// What a proof is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claims<'a> {
    /// The HTTP method.
    pub(crate) method: &'a str,
    /// Issuer and path, without query.
    pub(crate) url: &'a str,
    /// When, in seconds since 1970 by the server's clock.
    pub(crate) issued_at: f64,
    /// What makes this proof unlike any other.
    pub(crate) nonce: [u8; 16],
    /// The access token that goes with it.
    pub(crate) access_token: Option<&'a str>,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    jwk: Jwk<'a>,
}

#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    y: &'a str,
}

#[derive(Serialize)]
struct Payload<'a> {
    jti: String,
    htm: &'a str,
    htu: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

/// What is to be signed: header and payload, encoded (RFC 7515 section 5.1).
pub(crate) fn signing_input(key: &PublicKey, claims: Claims<'_>) -> String {
    let jwk = Jwk { kty: "EC", crv: "P-256", x: &key.x, y: &key.y };
    // Seconds of our time fit many times over.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let iat = claims.issued_at.floor() as i64;
    let payload = Payload {
        jti: base64url::encode(&claims.nonce),
        htm: claims.method,
        htu: claims.url,
        iat,
        ath: claims.access_token.map(|token| base64url::encode(&Sha256::digest(token.as_bytes()))),
    };
    [encode(&Header { typ: "dpop+jwt", alg: "ES256", jwk }), encode(&payload)].join(".")
}

/// The proof: what was signed, and the signature.
pub(crate) fn join(signing_input: &str, signature: &[u8]) -> String {
    [signing_input, &base64url::encode(signature)].join(".")
}

fn encode(part: &impl Serialize) -> String {
    // Structs of strings and numbers always serialise.
    base64url::encode(&serde_json::to_vec(part).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn decode(part: &str) -> serde_json::Value {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bits = String::new();
        for character in part.chars() {
            write!(bits, "{:06b}", alphabet.find(character).unwrap()).unwrap();
        }
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks_exact(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn input(access_token: Option<&str>) -> (serde_json::Value, serde_json::Value) {
        let key = PublicKey { x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs".into(), y: "9VE4".into() };
        let claims = Claims {
            method: "POST",
            url: "https://server.example.com/api/phone/scan",
            issued_at: 1_562_262_616.9,
            nonce: [7; 16],
            access_token,
        };
        let input = signing_input(&key, claims);
        let (header, payload) = input.split_once('.').unwrap();
        (decode(header), decode(payload))
    }

    #[test]
    fn the_header_carries_the_public_key() {
        let (header, _) = input(None);
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["alg"], "ES256");
        assert_eq!(header["jwk"]["crv"], "P-256");
        assert_eq!(header["jwk"]["x"], "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs");
        assert!(header["jwk"].get("d").is_none());
    }

    #[test]
    fn the_payload_names_method_and_url_and_whole_seconds() {
        let (_, payload) = input(None);
        assert_eq!(payload["htm"], "POST");
        assert_eq!(payload["htu"], "https://server.example.com/api/phone/scan");
        assert_eq!(payload["iat"], 1_562_262_616);
        assert_eq!(payload["jti"].as_str().unwrap().len(), 22);
        assert!(payload.get("ath").is_none());
    }

    #[test]
    fn ath_is_the_hash_of_the_access_token() {
        // RFC 9449 section 7.1.
        let (_, payload) = input(Some("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"));
        assert_eq!(payload["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    #[test]
    fn the_signature_is_the_third_part() {
        assert_eq!(join("a.b", &[0; 64]).split('.').nth(2).map(str::len), Some(86));
    }
}
