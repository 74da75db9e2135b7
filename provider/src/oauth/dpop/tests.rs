//! Every way in which a proof can be wrong in itself.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;
use crate::mock_phone::DeviceKey;

const URL: &str = "https://login.example/api/phone/scan";
const NOW: i64 = 1_767_225_600;

/// A proof to take apart before it is signed.
struct Forge {
    key: DeviceKey,
    header: Value,
    claims: Value,
}

impl Forge {
    /// A good one, for a call without access token.
    fn new() -> Self {
        let key = DeviceKey::generate().unwrap();
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk()});
        Self { header, claims: json!({"jti": "one", "htm": "POST", "htu": URL, "iat": NOW}), key }
    }

    /// With this member of the header, or without it if it is null.
    fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    /// With this claim, or without it if it is null.
    fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    fn unsigned(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    fn signed(&self) -> String {
        let unsigned = self.unsigned();
        let signature = self.key.sign(unsigned.as_bytes()).unwrap();
        format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
}

fn check_for(proof: &str, access_token: Option<&str>) -> Result<Proof, DpopError> {
    verify(
        proof,
        Call { by: Prover::Phone, method: "POST", url: URL, access_token },
        Time::from_millis(NOW * 1000),
    )
}

#[track_caller]
fn assert_malformed(proof: &str) {
    let refused = check_for(proof, None);
    assert!(matches!(refused, Err(DpopError::Malformed)), "{refused:?}");
}

#[test]
fn a_good_one_names_its_key() {
    let forge = Forge::new();
    let proof = check_for(&forge.signed(), None).unwrap();
    assert_eq!(proof.key.as_str(), forge.key.thumbprint().unwrap());
}

#[test]
fn the_type_is_dpop_jwt_in_any_case() {
    assert!(check_for(&Forge::new().header("typ", json!("DPoP+JWT")).signed(), None).is_ok());
    for typ in [json!("JWT"), json!("at+jwt"), json!(null), json!(1), json!(["dpop+jwt"])] {
        assert_malformed(&Forge::new().header("typ", typ).signed());
    }
}

#[test]
fn rfc9449_the_algorithm_is_es256_and_never_none() {
    for algorithm in ["none", "None", "RS256", "PS256", "HS256", "ES384", "EdDSA", "es256", ""] {
        assert_malformed(&Forge::new().header("alg", json!(algorithm)).signed());
    }
    let unsigned = Forge::new().header("alg", json!("none")).unsigned();
    assert_malformed(&format!("{unsigned}."));
    assert_malformed(&Forge::new().header("alg", json!(null)).signed());
}

#[test]
fn rfc8725_the_public_key_is_no_hmac_secret() {
    let forge = Forge::new().header("alg", json!("HS256"));
    let secrets = [forge.header["jwk"].to_string(), forge.header["jwk"]["x"].as_str().unwrap().to_owned()];
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let unsigned = forge.unsigned();
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, unsigned.as_bytes()).as_ref());
        assert_malformed(&format!("{unsigned}.{signature}"));
    }
}

#[test]
fn an_rsa_or_symmetric_key_is_refused() {
    let rsa = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
    assert_malformed(&Forge::new().header("jwk", rsa.clone()).signed());
    assert_malformed(&Forge::new().header("jwk", rsa).header("alg", json!("RS256")).signed());
    assert_malformed(&Forge::new().header("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})).signed());
}

#[test]
fn rfc9449_the_key_is_public() {
    for member in ["d", "p", "q", "k"] {
        let mut forge = Forge::new();
        forge.header["jwk"][member] = json!("c2VjcmV0");
        assert_malformed(&forge.signed());
    }
}

#[test]
fn the_key_is_a_point_of_p_256() {
    for (member, value) in [
        ("crv", json!("P-384")),
        ("crv", json!("secp256k1")),
        ("x", json!("AAAA")),
        ("x", json!("not base64url!")),
        ("y", json!(URL_SAFE_NO_PAD.encode([1; 32]))),
        ("y", json!(null)),
        ("kty", json!("OKP")),
    ] {
        let mut forge = Forge::new();
        set(&mut forge.header["jwk"], member, value.clone());
        assert!(check_for(&forge.signed(), None).is_err(), "{member}: {value}");
    }
    assert_malformed(&Forge::new().header("jwk", json!(null)).signed());
    assert_malformed(&Forge::new().header("jwk", json!("key")).signed());
}

#[test]
fn rfc7515_what_is_critical_is_not_understood() {
    assert_malformed(&Forge::new().header("crit", json!(["exp"])).signed());
    assert_malformed(&Forge::new().header("crit", json!([])).signed());
}

#[test]
fn another_key_s_signature_is_refused() {
    let mut forge = Forge::new();
    forge.key = DeviceKey::generate().unwrap();
    assert!(matches!(check_for(&forge.signed(), None), Err(DpopError::Signature)));
}

#[test]
fn what_is_changed_after_signing_is_refused() {
    let proof = Forge::new().signed();
    let signature = proof.rsplit_once('.').unwrap().1;
    let mut forge = Forge::new();
    forge.claims["htu"] = json!("https://login.example/api/phone/confirm");
    assert!(check_for(&format!("{}.{signature}", forge.unsigned()), None).is_err());
    assert!(check_for(&proof[..proof.len() - 2], None).is_err());
    assert!(check_for(&format!("{proof}.x"), None).is_err());
}

#[test]
fn it_is_for_one_call() {
    for (claim, value) in [
        ("htm", json!("GET")),
        ("htm", json!("post")),
        ("htu", json!("https://login.example/api/phone/confirm")),
        ("htu", json!("https://evil.example/api/phone/scan")),
        ("htu", json!("https://login.example:444/api/phone/scan")),
        ("htu", json!("http://login.example/api/phone/scan")),
        ("htu", json!("https://user@login.example/api/phone/scan")),
        ("htu", json!("https://@login.example/api/phone/scan")),
        ("htu", json!("https:/login.example/api/phone/scan")),
        ("htu", json!("https:login.example/api/phone/scan")),
        ("htu", json!("https:///login.example/api/phone/scan")),
        ("htu", json!("https:\\\\login.example\\api\\phone\\scan")),
        ("htu", json!(" https://login.example/api/phone/scan")),
        ("htu", json!("https://login.example/api/phone/scan\n")),
        ("htu", json!("https://ｌogin.example/api/phone/scan")),
        ("htu", json!("https://%EF%BD%8Cogin.example/api/phone/scan")),
        ("htu", json!("/api/phone/scan")),
        ("htu", json!("")),
    ] {
        let refused = check_for(&Forge::new().claim(claim, value.clone()).signed(), None);
        assert!(matches!(refused, Err(DpopError::OtherCall)), "{claim}: {value}");
    }
}

#[test]
fn every_claim_must_be_there_and_of_its_type() {
    for claim in ["jti", "htm", "htu", "iat"] {
        assert_malformed(&Forge::new().claim(claim, json!(null)).signed());
        assert_malformed(&Forge::new().claim(claim, json!([1])).signed());
    }
    assert_malformed(&Forge::new().claim("jti", json!("")).signed());
    assert_malformed(&Forge::new().claim("jti", json!("x".repeat(257))).signed());
    assert!(check_for(&Forge::new().claim("jti", json!("x".repeat(256))).signed(), None).is_ok());
}

#[test]
fn it_is_fresh() {
    for wrong in
        [json!(NOW - 61), json!(NOW + 61), json!(0), json!(-NOW), json!(1e300), json!(1_767_225_660.5)]
    {
        let refused = check_for(&Forge::new().claim("iat", wrong.clone()).signed(), None);
        assert!(matches!(refused, Err(DpopError::Stale)), "{wrong}");
    }
    for right in [json!(NOW - 60), json!(NOW + 60), json!(1_767_225_600.5)] {
        assert!(check_for(&Forge::new().claim("iat", right.clone()).signed(), None).is_ok(), "{right}");
    }
}

#[test]
fn it_is_for_one_access_token_or_for_none() {
    let hash = Digest::of("token").to_base64url();
    let bound = Forge::new().claim("ath", json!(hash)).signed();
    assert!(check_for(&bound, Some("token")).is_ok());
    for (proof, token) in [
        (bound.clone(), Some("other")),
        (bound, None),
        (Forge::new().signed(), Some("token")),
        (Forge::new().claim("ath", json!("token")).signed(), Some("token")),
        (Forge::new().claim("ath", json!("")).signed(), None),
    ] {
        assert!(matches!(check_for(&proof, token), Err(DpopError::OtherToken)));
    }
}

#[test]
fn garbage_is_refused() {
    let long = "A".repeat(LENGTH + 1);
    for garbage in ["", ".", "..", "a.b.c", "e30.e30.e30", "bnVsbA.e30.", "W10.e30.x", "扫.码.x", &long] {
        assert_malformed(garbage);
    }
}

#[test]
fn a_jti_counts_per_key() {
    let (one, other) = (Forge::new(), Forge::new());
    let jti = |forge: &Forge| check_for(&forge.signed(), None).unwrap().jti;
    assert_eq!(jti(&one), jti(&one));
    assert_ne!(jti(&one), jti(&other));
}
