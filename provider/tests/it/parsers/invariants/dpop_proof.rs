//! The DPoP proof: nothing passes that its key did not sign, and nothing that is for another call.
//!
//! The input is three lines. Header and claims are JSON texts, in which `@x` and `@y` are the key's coordinates and `@ath` the access
//! token's hash. The third line says who signs: `us`, `other`, `nobody`, `before` (our key, but another proof); what follows after a
//! space is put after the proof. One line alone is a whole proof.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::{
    clock::Time,
    mock_phone::DeviceKey,
    oauth::dpop::{Call, DpopError, Prover, verify},
    secret::Digest,
};
use serde_json::Value;

const URL: &str = "https://login.example/token";
const TOKEN: &str = "an-access-token";
const NOW: i64 = 1_767_225_600;

/// The signer's key and another one. New in each run: no input can know them.
static KEYS: LazyLock<[DeviceKey; 2]> = LazyLock::new(|| [new_key(), new_key()]);

fn new_key() -> DeviceKey {
    DeviceKey::generate().expect("the system has random numbers")
}

pub(super) fn hold(data: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(data);
    let lines: Vec<&str> = text.splitn(3, '\n').collect();
    let [header, claims, how] = lines.as_slice() else {
        assert!(check(&text, None).is_err(), "nobody signed this");
        return "malformed";
    };
    let (signer, tail) = how.trim_end().split_once(' ').unwrap_or((how.trim_end(), ""));
    let header = fill(header);
    let claims = fill(claims);
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(&claims));
    let sign = |key: &DeviceKey, message: &str| {
        URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).expect("the key signs"))
    };
    let [ours, other] = &*KEYS;
    let signature = match signer {
        "us" => sign(ours, &message),
        "other" => sign(other, &message),
        "before" => sign(ours, "another message"),
        _ => String::new(),
    };
    let proof = format!("{message}.{signature}{tail}");
    let mut word = "malformed";
    for access_token in [None, Some(TOKEN)] {
        match check(&proof, access_token) {
            Ok(thumbprint) => {
                assert_eq!((signer, tail), ("us", ""), "our key did not sign {header} {claims}");
                assert_eq!(thumbprint, ours.thumbprint().expect("the key has one"));
                accepted(&header, &claims, access_token);
                return "accepted";
            }
            Err(DpopError::Signature) => word = "signature",
            Err(DpopError::OtherCall) => word = "other call",
            Err(DpopError::Stale) => word = "stale",
            Err(DpopError::OtherToken) => word = "other token",
            Err(_) => {}
        }
    }
    word
}

fn check(proof: &str, access_token: Option<&str>) -> Result<String, DpopError> {
    let call = Call { by: Prover::Phone, method: "POST", url: URL, access_token };
    Ok(verify(proof, call, Time::from_millis(NOW * 1000))?.key().as_str().to_owned())
}

/// Each demand of RFC 9449 section 4.3, read again from what was signed.
fn accepted(header: &str, claims: &str, access_token: Option<&str>) {
    let header: Value = serde_json::from_str(header).expect("an accepted header is JSON");
    let claims: Value = serde_json::from_str(claims).expect("accepted claims are JSON");
    assert!(header["typ"].as_str().expect("a typ").eq_ignore_ascii_case("dpop+jwt"));
    assert_eq!((&header["alg"], &header["jwk"]["d"]), (&Value::from("ES256"), &Value::Null));
    let htu = claims["htu"].as_str().expect("an htu");
    assert!(claims["htm"] == "POST" && is_here(htu), "{htu}");
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let age = (NOW as f64 - claims["iat"].as_f64().expect("an iat")).abs();
    assert!(age <= 60.0, "{age} s old");
    assert!((1..=256).contains(&claims["jti"].as_str().expect("a jti").len()));
    let hash = access_token.map(|token| Digest::of(token).to_base64url());
    assert_eq!(claims["ath"].as_str(), hash.as_deref());
}

/// Whether a URL is [`URL`] but for query and fragment, after the normalisation of RFC 3986 sections 6.2.2 and 6.2.3.
fn is_here(htu: &str) -> bool {
    let place = htu.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = place.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let mut segments = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    scheme.eq_ignore_ascii_case("https")
        && host.eq_ignore_ascii_case("login.example")
        && (port.is_empty() || port.parse() == Ok(443))
        && segments == ["token"]
}

fn fill(text: &str) -> String {
    let key = KEYS[0].public_jwk();
    text.replace("@x", &key.x).replace("@y", &key.y).replace("@ath", &Digest::of(TOKEN).to_base64url())
}
