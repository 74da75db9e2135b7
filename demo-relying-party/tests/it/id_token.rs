//! ID token validation, rule by rule (OIDC Core section 3.1.3.7).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use demo_relying_party::oidc::id_token::{Claims, Expected, IdTokenError, Nonce, key_id, validate};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::support::NOW;
use crate::support::keys::Key;

const EXPECTED: Expected<'_> = Expected {
    issuer: "https://saoma.example",
    client_id: "demo-site",
    nonce: Nonce::Required("the-nonce"),
    access_token: "access",
    now: NOW,
};

fn good() -> Value {
    json!({
        "iss": "https://saoma.example", "aud": "demo-site", "sub": "someone", "nonce": "the-nonce",
        "iat": NOW, "exp": NOW + 300, "auth_time": NOW - 5,
    })
}

/// An honest token with one claim changed, or taken away by `null`.
fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn judge(claims: &Value) -> Result<Claims, IdTokenError> {
    let key = Key::es256("k");
    validate(&key.sign(claims), &key.jwk(), &EXPECTED)
}

fn refusal(claims: &Value) -> IdTokenError {
    judge(claims).unwrap_err()
}

#[test]
fn a_good_token_is_taken_with_either_algorithm() {
    for key in [Key::es256("k"), Key::rs256("k")] {
        let token = key.sign(&good());
        assert_eq!(key_id(&token), Ok("k".into()));
        let claims = validate(&token, &key.jwk(), &EXPECTED).unwrap();
        assert_eq!((claims.sub.as_str(), claims.auth_time), ("someone", Some(NOW - 5)));
    }
}

/// MUST: OIDC Core section 3.1.3.7: a relying party takes an ID token of its provider alone: the issuer is the same to the letter.
#[test]
fn oidc_core_3_1_3_7_the_issuer_must_match_to_the_letter() {
    for issuer in ["https://saoma.example/", "https://SAOMA.example", "https://evil.example"] {
        assert_eq!(refusal(&with("iss", json!(issuer))), IdTokenError::Issuer);
    }
    assert_eq!(refusal(&with("iss", Value::Null)), IdTokenError::Malformed);
}

/// MUST: OIDC Core section 3.1.3.7: a relying party refuses an ID token that does not name it as audience.
#[test]
fn oidc_core_3_1_3_7_the_audience_must_contain_this_site() {
    assert_eq!(refusal(&with("aud", json!("other-site"))), IdTokenError::Audience);
    assert_eq!(refusal(&with("aud", json!([]))), IdTokenError::Audience);
    assert_eq!(refusal(&with("aud", Value::Null)), IdTokenError::Malformed);
    assert!(judge(&with("aud", json!(["demo-site"]))).is_ok());
}

/// MUST: OIDC Core section 3.1.3.7: where an ID token is for others, too, the relying party is its authorized party.
#[test]
fn oidc_core_3_1_3_7_several_audiences_need_this_site_as_the_authorized_party() {
    let mut claims = with("aud", json!(["demo-site", "other-site"]));
    assert_eq!(refusal(&claims), IdTokenError::Audience);
    claims["azp"] = json!("other-site");
    assert_eq!(refusal(&claims), IdTokenError::Audience);
    claims["azp"] = json!("demo-site");
    assert!(judge(&claims).is_ok());
}

#[test]
fn a_foreign_authorized_party_is_refused_beside_one_audience_too() {
    assert_eq!(refusal(&with("azp", json!("other-site"))), IdTokenError::Audience);
}

/// MUST: OIDC Core section 3.1.3.7: a relying party that sent a nonce finds the same one in the ID token.
#[test]
fn oidc_core_3_1_3_7_the_nonce_must_be_this_login_s() {
    assert_eq!(refusal(&with("nonce", json!("another"))), IdTokenError::Nonce);
    assert_eq!(refusal(&with("nonce", Value::Null)), IdTokenError::Nonce);
}

/// MUST: OIDC Core section 12.2: a refreshed ID token has the nonce of the first one, or none.
#[test]
fn oidc_core_12_2_a_refreshed_token_may_lack_the_nonce_but_not_have_another() {
    let key = Key::es256("k");
    let expected = Expected { nonce: Nonce::IfPresent("the-nonce"), ..EXPECTED };
    let judge = |claims: Value| validate(&key.sign(&claims), &key.jwk(), &expected);
    assert!(judge(with("nonce", Value::Null)).is_ok());
    assert!(judge(good()).is_ok());
    assert_eq!(judge(with("nonce", json!("another"))).unwrap_err(), IdTokenError::Nonce);
}

/// MUST: OIDC Core section 3.1.3.7: a relying party refuses an ID token whose time is over, give or take a minute.
#[test]
fn oidc_core_3_1_3_7_an_expired_token_is_refused_after_a_minute_of_leeway() {
    assert!(judge(&with("exp", json!(NOW - 59))).is_ok());
    assert_eq!(refusal(&with("exp", json!(NOW - 60))), IdTokenError::Expired);
    assert_eq!(refusal(&with("exp", Value::Null)), IdTokenError::Malformed);
}

#[test]
fn a_token_from_the_future_is_refused() {
    assert!(judge(&with("iat", json!(NOW + 60))).is_ok());
    assert_eq!(refusal(&with("iat", json!(NOW + 61))), IdTokenError::NotYetIssued);
    assert_eq!(refusal(&with("iat", Value::Null)), IdTokenError::Malformed);
}

/// MUST: OIDC Core section 2: an ID token has a sub of at most 255 letters.
#[test]
fn oidc_core_2_a_subject_must_be_there() {
    assert_eq!(refusal(&with("sub", json!(""))), IdTokenError::Subject);
    assert_eq!(refusal(&with("sub", json!("s".repeat(256)))), IdTokenError::Subject);
    assert_eq!(refusal(&with("sub", Value::Null)), IdTokenError::Malformed);
}

#[test]
fn alg_none_is_refused() {
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let token = format!("{}.{}.", part(json!({ "alg": "none", "kid": "k" })), part(good()));
    assert_eq!(key_id(&token), Err(IdTokenError::Malformed));
    assert_eq!(validate(&token, &Key::es256("k").jwk(), &EXPECTED), Err(IdTokenError::Malformed));
}

#[test]
fn a_public_key_is_never_an_hmac_secret() {
    let key = Key::rs256("k");
    let jwk = serde_json::to_string(&key.jwk()).unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k".into());
    let token = encode(&header, &good(), &EncodingKey::from_secret(jwk.as_bytes())).unwrap();
    assert_eq!(key_id(&token), Err(IdTokenError::Algorithm));
    assert_eq!(validate(&token, &key.jwk(), &EXPECTED), Err(IdTokenError::Algorithm));
}

/// MUST: OIDC Core section 3.1.3.7: the algorithm is one that the relying party expects, and the key is one for it.
#[test]
fn oidc_core_3_1_3_7_the_key_must_be_of_the_token_s_kind_and_meant_for_it() {
    let (rsa, ec) = (Key::rs256("k"), Key::es256("k"));
    assert_eq!(validate(&ec.sign(&good()), &rsa.jwk(), &EXPECTED), Err(IdTokenError::Algorithm));
    let mut jwk = rsa.jwk();
    jwk.common.key_algorithm = Some(jsonwebtoken::jwk::KeyAlgorithm::RS512);
    assert_eq!(validate(&rsa.sign(&good()), &jwk, &EXPECTED), Err(IdTokenError::Algorithm));
    let mut jwk = rsa.jwk();
    jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Encryption);
    assert_eq!(validate(&rsa.sign(&good()), &jwk, &EXPECTED), Err(IdTokenError::Algorithm));
}

/// MUST: OIDC Core section 3.1.3.7: a relying party verifies the signature with the key of the provider that the token names.
#[test]
fn oidc_core_3_1_3_7_another_key_s_signature_and_changed_claims_are_refused() {
    let (ours, theirs) = (Key::es256("k"), Key::es256("k"));
    assert_eq!(validate(&theirs.sign(&good()), &ours.jwk(), &EXPECTED), Err(IdTokenError::Signature));
    let token = ours.sign(&good());
    let other = ours.sign(&with("sub", json!("somebody else")));
    let (head, signature) = token.rsplit_once('.').unwrap();
    let payload = other.split('.').nth(1).unwrap();
    let spliced = format!("{}.{payload}.{signature}", head.split('.').next().unwrap());
    assert_eq!(validate(&spliced, &ours.jwk(), &EXPECTED), Err(IdTokenError::Signature));
}

#[test]
fn the_key_s_name_must_be_the_token_s() {
    let key = Key::es256("k");
    let mut jwk = key.jwk();
    jwk.common.key_id = Some("another".into());
    assert_eq!(validate(&key.sign(&good()), &jwk, &EXPECTED), Err(IdTokenError::UnknownKey));
}

/// MUST: OIDC Core section 3.1.3.8: where an ID token has at_hash, it is that of the access token.
#[test]
fn oidc_core_3_1_3_8_at_hash_must_fit_the_access_token() {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"access");
    let half = BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
    assert!(judge(&with("at_hash", json!(half))).is_ok());
    assert_eq!(refusal(&with("at_hash", json!("x"))), IdTokenError::AccessTokenHash);
}
