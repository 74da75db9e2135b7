//! What [`KeyRing::verify`] refuses: tokens that somebody else made, or made out of ours.
//!
//! The provider's own private key is at hand here, so that what is odd can be refused for its own sake and not for a bad signature.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    },
};
use axum::http::Method;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use provider::{
    keys::KeyRing,
    oauth::client::SigningAlgorithm::{self, EdDsa, Es256, Rs256},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{
    Ask, TestApp,
    site::{CLIENT, SECRET},
};

/// The order of P-256 (SEC 2 section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The `sub` of a token that is good.
fn verify(keys: &KeyRing, algorithm: SigningAlgorithm, token: &str) -> Option<String> {
    Some(keys.verify::<Claims>(algorithm, "JWT", token)?.sub)
}

/// A token, in its three parts.
fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

/// A provider, a good token of each algorithm, and the provider's own ES256 key.
struct Scene {
    app: TestApp,
    pkcs8: Vec<u8>,
    kid: String,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let keys = app.app.store.signing_keys().await.unwrap();
        let key = keys.iter().find(|key| key.algorithm == Es256).unwrap();
        let pkcs8 = key.private.as_bytes()[1..].to_vec();
        let kid = kid(&app.app.keys, Es256);
        Self { app, pkcs8, kid }
    }

    fn keys(&self) -> &KeyRing {
        &self.app.app.keys
    }

    fn good(&self, algorithm: SigningAlgorithm) -> String {
        self.keys().sign(algorithm, "JWT", &json!({"sub": "lin"})).unwrap()
    }

    /// Signs any texts as header and claims, by the provider's key.
    fn sign(&self, header: &str, claims: &str) -> String {
        sign_by(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8, header, claims)
    }

    fn refuses(&self, token: &str, why: &str) {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(verify(self.keys(), algorithm, token), None, "{why}: {token}");
        }
    }
}

fn sign_by(algorithm: &'static EcdsaSigningAlgorithm, pkcs8: &[u8], header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).unwrap();
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", encode(signature))
}

fn kid(keys: &KeyRing, algorithm: SigningAlgorithm) -> String {
    let token = keys.sign(algorithm, "JWT", &json!({})).unwrap();
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// The other signature that is as good: n − s for s.
fn twin(token: &str) -> String {
    let [header, claims, signature] = parts(token);
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    format!("{header}.{claims}.{}", encode(signature))
}

#[tokio::test]
async fn what_is_ours_is_good_for_its_algorithm_alone() {
    let scene = Scene::new().await;
    for signed in SigningAlgorithm::ALL {
        for asked in SigningAlgorithm::ALL {
            let found = verify(scene.keys(), asked, &scene.good(signed));
            assert_eq!(found.is_some(), signed == asked, "{signed:?} as {asked:?}");
        }
    }
    let own =
        scene.sign(&json!({"typ": "JWT", "alg": "ES256", "kid": scene.kid}).to_string(), r#"{"sub":"lin"}"#);
    assert_eq!(
        verify(scene.keys(), Es256, &own).as_deref(),
        Some("lin"),
        "the tests' own signatures are good"
    );
}

/// MUST: RFC 8725 section 3.1: a token of another algorithm than the one that is expected, such as `none`, is refused.
#[tokio::test]
async fn rfc8725_3_1_no_spelling_of_none_is_an_algorithm() {
    let scene = Scene::new().await;
    let good = scene.good(Es256);
    let [_, claims, signature] = parts(&good);
    for alg in ["none", "None", "NONE", "nOnE", "", "null", " none", "none\u{0}", "ES256 ", "es256"] {
        let header = encode(json!({"typ": "JWT", "alg": alg, "kid": scene.kid}).to_string());
        for signature in ["", signature, "AA"] {
            scene.refuses(&format!("{header}.{claims}.{signature}"), alg);
        }
        scene.refuses(&format!("{header}.{claims}"), alg);
    }
    for header in
        [json!({"typ": "JWT", "kid": scene.kid}), json!({"typ": "JWT", "alg": null, "kid": scene.kid})]
    {
        scene.refuses(&format!("{}.{claims}.", encode(header.to_string())), "no algorithm");
    }
}

/// MUST: RFC 8725 section 3.1: a key is used with the algorithm that it was made for, and never as the secret of an HMAC.
#[tokio::test]
async fn rfc8725_3_1_a_public_key_is_no_hmac_secret() {
    let scene = Scene::new().await;
    let jwks = serde_json::to_value(scene.keys().jwks()).unwrap();
    for algorithm in [Rs256, Es256, EdDsa] {
        let kid = kid(scene.keys(), algorithm);
        let jwk = jwks["keys"].as_array().unwrap().iter().find(|jwk| jwk["kid"] == *kid).unwrap();
        let mut secrets = vec![jwk.to_string().into_bytes(), kid.clone().into_bytes(), Vec::new()];
        for member in ["n", "x", "y"] {
            if let Some(text) = jwk[member].as_str() {
                secrets.extend([text.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(text).unwrap()]);
            }
        }
        if algorithm == Es256 {
            // SubjectPublicKeyInfo (RFC 5480 section 2) in DER and PEM.
            let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
            let prefix = STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE").unwrap();
            let der = [prefix, coordinate("x"), coordinate("y")].concat();
            let (first, rest) =
                (STANDARD.encode(&der)[..64].to_owned(), STANDARD.encode(&der)[64..].to_owned());
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{rest}\n-----END PUBLIC KEY-----\n");
            secrets.extend([der, pem.into_bytes()]);
        }
        let header = encode(json!({"typ": "JWT", "alg": "HS256", "kid": kid}).to_string());
        let signed = format!("{header}.{}", encode(r#"{"sub":"mei"}"#));
        for secret in secrets {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
            scene.refuses(&format!("{signed}.{}", encode(tag)), "HS256");
        }
    }
}

#[tokio::test]
async fn a_token_brings_no_key_with_it() {
    let scene = Scene::new().await;
    let foreign = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let pkcs8 = foreign.to_pkcs8v1().unwrap();
    let private = jsonwebtoken::EncodingKey::from_ec_der(pkcs8.as_ref());
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&private, jsonwebtoken::Algorithm::ES256).unwrap();
    let jwk = serde_json::to_value(jwk).unwrap();
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
    ] {
        for kid in [Some(scene.kid.as_str()), Some("theirs"), None] {
            let header = json!({"typ": "JWT", "alg": "ES256", "kid": kid, name: value});
            let token = sign_by(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                pkcs8.as_ref(),
                &header.to_string(),
                r#"{"sub":"mei"}"#,
            );
            scene.refuses(&token, name);
        }
    }
}

#[tokio::test]
async fn a_header_that_is_odd_is_refused_under_a_good_signature() {
    let scene = Scene::new().await;
    let kid = &scene.kid;
    for (header, why) in [
        (json!({"typ": "JWT", "alg": "ES256"}), "no kid"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": "theirs"}), "a foreign kid"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": ""}), "an empty kid"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": ["x"]}), "a kid that is no text"),
        (json!({"typ": "JWT", "alg": "ES384", "kid": kid}), "another algorithm's name"),
        (json!({"alg": "ES256", "kid": kid}), "no typ"),
        (json!({"typ": "at+jwt", "alg": "ES256", "kid": kid}), "another typ"),
        (json!({"typ": "jwt", "alg": "ES256", "kid": kid}), "a typ that we do not write"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": kid, "crit": ["exp"], "exp": 1}), "crit"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": kid, "crit": ["b64"], "b64": false}), "b64"),
        (json!({"typ": "JWT", "alg": "ES256", "kid": kid, "crit": []}), "an empty crit"),
    ] {
        scene.refuses(&scene.sign(&header.to_string(), r#"{"sub":"lin"}"#), why);
    }
    for header in ["", "{}", "[]", "null", "{", r#""ES256""#] {
        scene.refuses(&scene.sign(header, r#"{"sub":"lin"}"#), "no header");
    }
}

/// Whoever adds a member to a token of ours breaks its signature. What we sign is written from a type of ours, once for each
/// member; and if a header or claims with one twice were signed all the same, they would not be read.
#[tokio::test]
async fn no_member_stands_twice_under_a_good_signature() {
    let scene = Scene::new().await;
    let good = scene.good(Es256);
    let [header, claims, signature] = parts(&good);
    let text = |part| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    for part in [header, claims] {
        let text = text(part);
        let members = serde_json::from_str::<Value>(&text).unwrap().as_object().unwrap().len();
        assert_eq!(text.matches("\":").count(), members, "each stands once in {text}");
    }
    let (header_text, claims_text) = (text(header), text(claims));
    for (header, claims) in [
        (header_text.replace('{', r#"{"alg":"none","#), claims_text.clone()),
        (header_text.replace('}', r#","alg":"none"}"#), claims_text.clone()),
        (header_text.replace('}', r#","alg":"ES256"}"#), claims_text.clone()),
        (header_text.replace('}', r#","kid":"theirs"}"#), claims_text.clone()),
        (header_text.replace('}', r#","typ":"JWT"}"#), claims_text.clone()),
        (header_text.clone(), claims_text.replace('{', r#"{"sub":"mei","#)),
        (header_text.clone(), claims_text.replace('}', r#","sub":"mei"}"#)),
        (header_text, claims_text.replace('}', r#","sub":"lin"}"#)),
    ] {
        scene.refuses(&format!("{}.{}.{signature}", encode(&header), encode(&claims)), "added to ours");
        scene.refuses(&scene.sign(&header, &claims), "under a good signature");
    }
}

#[tokio::test]
async fn a_signature_has_one_form() {
    let scene = Scene::new().await;
    for algorithm in SigningAlgorithm::ALL {
        let good = scene.good(algorithm);
        let [header, claims, signature] = parts(&good);
        let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for length in 0..bytes.len() {
            scene.refuses(&format!("{header}.{claims}.{}", encode(&bytes[..length])), "truncated");
        }
        for other in [
            [&bytes[..], &[0]].concat(),
            [&[0], &bytes[..]].concat(),
            vec![0; bytes.len()],
            vec![0xff; bytes.len()],
        ] {
            scene.refuses(&format!("{header}.{claims}.{}", encode(other)), "another signature");
        }
    }
    let header = json!({"typ": "JWT", "alg": "ES256", "kid": scene.kid}).to_string();
    let der = sign_by(&ECDSA_P256_SHA256_ASN1_SIGNING, &scene.pkcs8, &header, r#"{"sub":"lin"}"#);
    scene.refuses(&der, "a DER-encoded signature");
    // r and s of 0 and of n, which careless verifiers have taken for good.
    for half in [[0; 32], ORDER] {
        let [header, claims, _] = parts(&der);
        scene.refuses(
            &format!("{header}.{claims}.{}", encode([half, half].concat())),
            "no numbers of the curve",
        );
    }
}

#[tokio::test]
async fn a_token_has_one_spelling() {
    let scene = Scene::new().await;
    for algorithm in SigningAlgorithm::ALL {
        let good = scene.good(algorithm);
        let [header, claims, signature] = parts(&good);
        for odd in [
            format!("{good}="),
            format!("{good}=="),
            format!("{header}=.{claims}.{signature}"),
            format!("{header}.{claims}=.{signature}"),
            format!("{good}."),
            format!("{good}.{signature}"),
            format!("{good}A"),
            format!("{good}\n"),
            format!("{good} "),
            format!(" {good}"),
            format!("{good}\0"),
            format!(".{good}"),
            format!("{header}..{claims}.{signature}"),
            format!("{header}.{claims}"),
            format!("{header}.{claims}."),
            format!("{claims}.{header}.{signature}"),
            json!({"payload": claims, "protected": header, "signature": signature}).to_string(),
            String::new(),
            "..".into(),
        ] {
            scene.refuses(&odd, "another spelling");
        }
        // Every letter in its place, also in the last ones, of which not every bit counts.
        for index in 0..good.len() {
            let mut odd = good.clone().into_bytes();
            odd[index] ^= 1;
            if let Ok(odd) = String::from_utf8(odd) {
                scene.refuses(&odd, "a letter turned");
            }
        }
    }
}

/// Of an ECDSA signature anybody can make another. It signs the same, so it gives nobody anything; but who knew tokens by
/// their bytes would take it for another token. We know them by `jti` and grant: what is revoked is so in both.
#[tokio::test]
async fn a_token_s_twin_says_the_same_and_dies_with_it() {
    let scene = Scene::new().await;
    let good = scene.good(Es256);
    assert_ne!(twin(&good), good);
    assert_eq!(twin(&twin(&good)), good);
    assert_eq!(verify(scene.keys(), Es256, &twin(&good)).as_deref(), Some("lin"));

    let app = &scene.app;
    let token = app.tokens(&Ask::default()).await["access_token"].as_str().unwrap().to_owned();
    let twin = twin(&token);
    assert_eq!(app.site().userinfo(&twin).await.status, 200);
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", &*basic)];
    assert_eq!(app.call(Method::POST, "/revoke", &headers, &format!("token={token}")).await.status, 200);
    assert_eq!(app.site().userinfo(&twin).await.status, 401);
}
