//! Client authentication by `private_key_jwt` (RFC 7523 section 2.2): what is let in. Forgeries are in `forgeries/assertions.rs`.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{self, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use axum::{Router, http::StatusCode, response::IntoResponse, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use provider::{mock_phone::DeviceKey, outbound::Allowed};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Answer, Ask, ISSUER, START, TestApp, site::REDIRECT_URI};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Let in: the code that such a request brings is none.
const LET_IN: &str = "400 invalid_grant";

/// Let in, too: what a FAPI client lacks next is a DPoP proof.
const LET_IN_WITHOUT_PROOF: &str = "400 invalid_request";

const REFUSED: &str = "401 invalid_client";

/// An assertion to take apart before it is signed.
#[derive(Clone)]
struct Forge {
    header: Value,
    claims: Value,
}

impl Forge {
    fn new(jti: &str) -> Self {
        let now = START.seconds();
        Self {
            header: json!({"alg": "ES256", "kid": "one"}),
            claims: json!({"iss": "keyed", "sub": "keyed", "aud": ISSUER, "exp": now + 60, "iat": now, "jti": jti}),
        }
    }

    fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    fn unsigned(&self) -> String {
        unsigned(&self.header.to_string(), &self.claims.to_string())
    }

    fn signed(&self, key: &DeviceKey) -> String {
        sign(&self.unsigned(), key)
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

fn unsigned(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn sign(unsigned: &str, key: &DeviceKey) -> String {
    with_signature(unsigned, &key.sign(unsigned.as_bytes()).unwrap())
}

fn with_signature(unsigned: &str, signature: &[u8]) -> String {
    format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn jwk(key: &DeviceKey, kid: &str) -> Value {
    let mut jwk = serde_json::to_value(key.public_jwk()).unwrap();
    jwk["kid"] = json!(kid);
    jwk
}

fn metadata(more: &Value) -> Value {
    let mut metadata = json!({
        "client_id": "keyed", "client_name": "Keyed", "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "private_key_jwt",
    });
    metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    metadata
}

/// A provider with a client of this key.
async fn with_key(more: Value) -> (TestApp, DeviceKey) {
    let (app, key) = (TestApp::new().await, DeviceKey::generate().unwrap());
    let mut keys = json!({"jwks": {"keys": [jwk(&key, "one")]}});
    keys.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.import(metadata(&keys)).await;
    (app, key)
}

fn ask(assertion: &str) -> Ask {
    Ask::redeem("none").with("client_assertion_type", JWT_BEARER).with("client_assertion", assertion)
}

async fn answer(app: &TestApp, assertion: &str) -> Answer {
    app.site().token_as(None, &ask(assertion)).await
}

async fn outcome(app: &TestApp, assertion: &str) -> String {
    answer(app, assertion).await.oauth_error()
}

/// MUST: RFC 7523 section 3: an assertion names the client as issuer and subject, this server as audience, and is signed by it.
#[tokio::test]
async fn rfc7523_3_a_good_assertion_lets_the_client_in() {
    let (app, key) = with_key(json!({})).await;
    for (n, forge) in [
        Forge::new("a"),
        Forge::new("b").claim("aud", json!(format!("{ISSUER}/token"))),
        Forge::new("c").claim("aud", json!(["https://other.example", ISSUER])),
        Forge::new("d").header("typ", json!("anything")),
        Forge::new("e").header("kid", Value::Null),
        Forge::new("f").claim("nbf", json!(START.seconds())).claim("iat", Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(outcome(&app, &forge.signed(&key)).await, LET_IN, "{n}");
    }
}

/// MUST: RFC 7521 section 4.2: a `client_id` beside the assertion is the client that the assertion names.
#[tokio::test]
async fn rfc7521_4_2_a_client_id_beside_the_assertion_is_the_same() {
    let (app, key) = with_key(json!({})).await;
    let site = app.site();
    let same = ask(&Forge::new("a").signed(&key)).with("client_id", "keyed");
    assert_eq!(site.token_as(None, &same).await.oauth_error(), LET_IN);
    let other = ask(&Forge::new("b").signed(&key)).with("client_id", "site");
    assert_eq!(site.token_as(None, &other).await.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 6749 section 2.3: a request uses one way of client authentication.
#[tokio::test]
async fn rfc6749_2_3_one_way_of_authentication_and_the_registered_one() {
    let (app, key) = with_key(json!({})).await;
    let site = app.site();
    let good = ask(&Forge::new("a").signed(&key));
    let twice = good.clone().with("client_secret", "x");
    assert_eq!(site.token_as(None, &twice).await.oauth_error(), "400 invalid_request");
    assert_eq!(site.token_as(Some(("keyed", "x")), &good).await.oauth_error(), "400 invalid_request");
    let kindless = good.clone().without("client_assertion_type");
    assert_eq!(site.token_as(None, &kindless).await.oauth_error(), "400 invalid_request");
    let alone = Ask::redeem("none").with("client_id", "keyed");
    assert_eq!(site.token_as(None, &alone).await.oauth_error(), REFUSED);
    let foreign = Forge::new("b").claim("iss", json!("site")).claim("sub", json!("site")).signed(&key);
    assert_eq!(outcome(&app, &foreign).await, REFUSED, "registered for a secret");
    assert_eq!(site.token_as(None, &good).await.oauth_error(), LET_IN, "nothing used it up");
}

/// Asserts that an assertion with any of these in place of a good claim lets nobody in, with a challenge, and is not used up by it.
async fn refuses(claim: &str, values: &[Value]) {
    let (app, key) = with_key(json!({})).await;
    for value in values {
        let answer = answer(&app, &Forge::new("a").claim(claim, value.clone()).signed(&key)).await;
        assert_eq!(answer.oauth_error(), REFUSED, "{claim} {value}: {answer:?}");
        assert!(!answer.header("www-authenticate").is_empty());
    }
    assert_eq!(
        outcome(&app, &Forge::new("a").signed(&key)).await,
        LET_IN,
        "{claim}: no wrong one used the jti up"
    );
}

/// MUST: RFC 7523 section 3: the issuer of an assertion is there, and is the client that it speaks for.
#[tokio::test]
async fn rfc7523_3_the_issuer_is_the_client() {
    refuses(
        "iss",
        &[Value::Null, json!("site"), json!("nobody"), json!("KEYED"), json!(["keyed"]), json!(1)],
    )
    .await;
}

/// MUST: RFC 7523 section 3: the subject of an assertion that authenticates a client is its client_id.
#[tokio::test]
async fn rfc7523_3_the_subject_is_the_client() {
    refuses("sub", &[Value::Null, json!("site"), json!("lin"), json!(""), json!(["keyed"])]).await;
}

/// MUST: RFC 7523 section 3: an assertion that does not name this server as its audience, to the letter, is refused.
#[tokio::test]
async fn rfc7523_3_the_audience_is_this_server() {
    let slash = json!(format!("{ISSUER}/"));
    let near = json!(ISSUER.to_uppercase());
    refuses(
        "aud",
        &[Value::Null, json!([]), json!("https://evil.example"), slash, near, json!({"x": ISSUER})],
    )
    .await;
}

/// MUST: RFC 7523 section 3: an assertion says when it ends; one that has ended, or ends unreasonably late, is refused.
#[tokio::test]
async fn rfc7523_3_an_assertion_ends() {
    let now = START.seconds();
    let odd = [Value::Null, json!("9999999999"), json!(1e300), json!(-1), json!(true)];
    refuses("exp", &[&odd[..], &[json!(now), json!(now - 1), json!(now + 3600)]].concat()).await;
}

/// MUST: RFC 7523 section 3: an assertion is not taken before its nbf.
#[tokio::test]
async fn rfc7523_3_an_assertion_is_not_taken_before_its_time() {
    refuses("nbf", &[json!(START.seconds() + 120), json!("now"), json!([])]).await;
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: an assertion of ten seconds ahead is taken, one of more than sixty is not.
#[tokio::test]
async fn fapi2_5_3_2_1_clocks_may_differ_by_seconds() {
    let (app, key) = with_key(json!({"security_profile": "fapi2"})).await;
    let now = START.seconds();
    for claim in ["iat", "nbf"] {
        for (ahead, expected) in [(0, LET_IN_WITHOUT_PROOF), (10, LET_IN_WITHOUT_PROOF), (61, REFUSED)] {
            let forge = Forge::new(&format!("{claim} {ahead}")).claim(claim, json!(now + ahead));
            assert_eq!(outcome(&app, &forge.signed(&key)).await, expected, "{claim} {ahead}");
        }
    }
}

/// MUST: OIDC Core section 9: an assertion that authenticates a client has a jti.
#[tokio::test]
async fn oidc_core_9_an_assertion_has_an_identifier() {
    refuses("jti", &[Value::Null, json!(""), json!(1), json!("x".repeat(257))]).await;
    refuses("iat", &[json!(START.seconds() + 120), json!(START.seconds() - 86400), json!("now")]).await;
}

/// MUST: RFC 7523 section 2.2: the request says by its URN what kind of assertion it brings, and brings one.
#[tokio::test]
async fn rfc7523_2_2_the_kind_of_an_assertion_is_named() {
    let (app, key) = with_key(json!({})).await;
    let good = ask(&Forge::new("a").signed(&key));
    for kind in [
        "jwt",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
    ] {
        let odd = good.clone().with("client_assertion_type", kind);
        assert_eq!(app.site().token_as(None, &odd).await.oauth_error(), "400 invalid_request", "{kind}");
    }
    let none = good.clone().without("client_assertion");
    assert_eq!(app.site().token_as(None, &none).await.oauth_error(), "400 invalid_request");
    assert_eq!(app.site().token_as(None, &good).await.oauth_error(), LET_IN);
}

/// MUST: RFC 7523 section 3.2: a client whose assertion is no good is answered invalid_client.
#[tokio::test]
async fn rfc7523_3_2_a_bad_assertion_is_invalid_client() {
    let (app, key) = with_key(json!({})).await;
    let long = Forge::new("a").claim("filler", json!("x".repeat(9000))).signed(&key);
    for bad in ["nonsense", "a.b.c", &long] {
        let answer = answer(&app, bad).await;
        assert_eq!(
            (answer.oauth_error().as_str(), answer.header("www-authenticate").is_empty()),
            (REFUSED, false)
        );
    }
}

/// MUST: OIDC Registration section 2: who registered an algorithm for its assertions is let in by no other, and `none` cannot be registered.
#[tokio::test]
async fn oidc_registration_2_an_assertion_is_signed_by_the_registered_algorithm() {
    let (app, key) = with_key(json!({"token_endpoint_auth_signing_alg": "ES256"})).await;
    assert_eq!(outcome(&app, &Forge::new("a").signed(&key)).await, LET_IN);
    let (app, key) = with_key(json!({"token_endpoint_auth_signing_alg": "EdDSA"})).await;
    assert_eq!(outcome(&app, &Forge::new("a").signed(&key)).await, REFUSED);
    let jwks = json!({"keys": [jwk(&key, "one")]});
    for (profile, alg) in
        [("standard", "none"), ("standard", "HS256"), ("standard", "ES384"), ("fapi2", "RS256")]
    {
        let more = json!({"jwks": jwks, "token_endpoint_auth_signing_alg": alg, "security_profile": profile});
        assert!(app.try_import(metadata(&more)).await.is_err(), "{alg}");
    }
}

/// MUST: RFC 7523 section 3: a `jti` that was seen is refused for as long as its assertion could be used.
#[tokio::test]
async fn rfc7523_3_an_assertion_is_good_once() {
    let (app, key) = with_key(json!({})).await;
    let assertion = Forge::new("a").signed(&key);
    assert_eq!(outcome(&app, &assertion).await, LET_IN);
    assert_eq!(outcome(&app, &assertion).await, REFUSED);
    let resigned = Forge::new("a").claim("exp", json!(START.seconds() + 90)).signed(&key);
    assert_eq!(outcome(&app, &resigned).await, REFUSED, "another assertion with the same jti");
    app.pass(59);
    assert_eq!(outcome(&app, &assertion).await, REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_uses_of_an_assertion_one_is_let_in() {
    let (app, key) = with_key(json!({})).await;
    let assertion = Forge::new("a").signed(&key);
    let outcomes = join_all((0..50).map(|_| outcome(&app, &assertion))).await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == LET_IN).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == REFUSED).count(), 49);
}

/// MUST: FAPI 2.0 Security Profile section 5.3.2.1: the audience of a client's assertion is the issuer, as one text.
#[tokio::test]
async fn fapi2_5_3_2_1_the_audience_is_the_issuer_alone() {
    let (app, key) = with_key(json!({"security_profile": "fapi2"})).await;
    for aud in [json!([ISSUER]), json!(format!("{ISSUER}/token")), json!(["x", ISSUER])] {
        assert_eq!(outcome(&app, &Forge::new("a").claim("aud", aud).signed(&key)).await, REFUSED);
    }
    assert_eq!(outcome(&app, &Forge::new("a").signed(&key)).await, LET_IN_WITHOUT_PROOF);
}

/// MUST: FAPI 2.0 Security Profile section 5.4.1: PS256, ES256 and EdDSA sign, RS256 does not.
#[tokio::test]
async fn fapi2_5_4_1_rs256_is_for_other_clients() {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let parts: PublicKeyComponents<Vec<u8>> = rsa.public_key().into();
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let ed = Ed25519KeyPair::generate().unwrap();
    let keys = json!({"keys": [
        {"kty": "RSA", "kid": "rsa", "n": part(&parts.n), "e": part(&parts.e)},
        {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": part(ed.public_key().as_ref())},
    ]});
    let by_rsa = |jti: &str, alg: &str, padding: &'static dyn signature::RsaEncoding| {
        let unsigned = Forge::new(jti).header("alg", json!(alg)).header("kid", json!("rsa")).unsigned();
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(padding, &SystemRandom::new(), unsigned.as_bytes(), &mut signature).unwrap();
        with_signature(&unsigned, &signature)
    };
    for (profile, rs256, let_in) in [("standard", LET_IN, LET_IN), ("fapi2", REFUSED, LET_IN_WITHOUT_PROOF)] {
        let app = TestApp::new().await;
        app.import(metadata(&json!({"jwks": keys, "security_profile": profile}))).await;
        assert_eq!(
            outcome(&app, &by_rsa("a", "RS256", &signature::RSA_PKCS1_SHA256)).await,
            rs256,
            "{profile}"
        );
        assert_eq!(
            outcome(&app, &by_rsa("b", "PS256", &signature::RSA_PSS_SHA256)).await,
            let_in,
            "{profile}"
        );
        assert_eq!(
            outcome(&app, &by_rsa("c", "PS256", &signature::RSA_PKCS1_SHA256)).await,
            REFUSED,
            "padding"
        );
        let unsigned = Forge::new("d").header("alg", json!("EdDSA")).header("kid", json!("ed")).unsigned();
        let by_ed = with_signature(&unsigned, ed.sign(unsigned.as_bytes()).as_ref());
        assert_eq!(outcome(&app, &by_ed).await, let_in, "{profile}");
    }
}

/// A client's own server, whose answer the test changes.
struct KeyServer {
    answer: Arc<Mutex<(StatusCode, String)>>,
    asked: Arc<AtomicUsize>,
    url: String,
}

impl KeyServer {
    async fn start() -> Self {
        let answer = Arc::new(Mutex::new((StatusCode::OK, String::new())));
        let asked = Arc::new(AtomicUsize::new(0));
        let shared = (answer.clone(), asked.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        let elsewhere = [("location", "/elsewhere")];
        let give = move || {
            shared.1.fetch_add(1, Ordering::SeqCst);
            let answer = shared.0.lock().unwrap().clone();
            async move { (answer.0, elsewhere, answer.1).into_response() }
        };
        let router =
            Router::new().route("/jwks", get(give.clone())).route("/silent", get(std::future::pending::<()>));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { answer, asked, url }
    }

    fn give(&self, keys: &[Value]) {
        *self.answer.lock().unwrap() = (StatusCode::OK, json!({"keys": keys}).to_string());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A provider that may call this server, with a client whose keys are at this address.
    async fn provider(&self, uri: &str) -> TestApp {
        let app = TestApp::with(|config| {
            config.outbound.allowed = vec![Allowed::parse("127.0.0.0/8").unwrap()];
            config.outbound.timeout = std::time::Duration::from_millis(300);
        })
        .await;
        app.import(metadata(&json!({"jwks_uri": uri}))).await;
        app
    }
}

fn dated(jti: &str, after: i64) -> Forge {
    let now = START.seconds() + after;
    Forge::new(jti).claim("iat", json!(now)).claim("exp", json!(now + 60))
}

#[tokio::test]
async fn keys_at_an_address_are_fetched_once_and_again_when_the_client_changes_them() {
    let (server, first, second) =
        (KeyServer::start().await, DeviceKey::generate().unwrap(), DeviceKey::generate().unwrap());
    server.give(&[jwk(&first, "one")]);
    let app = server.provider(&server.url).await;
    let several: Vec<String> = (0..8).map(|n| Forge::new(&format!("a{n}")).signed(&first)).collect();
    let outcomes = join_all(several.iter().map(|assertion| outcome(&app, assertion))).await;
    assert_eq!((outcomes, server.asked()), (vec![LET_IN.to_owned(); 8], 1), "eight wait for one fetch");

    server.give(&[jwk(&second, "two")]);
    let rotated = |jti: &str, after| dated(jti, after).header("kid", json!("two")).signed(&second);
    assert_eq!(outcome(&app, &rotated("b", 0)).await, REFUSED, "not within a minute");
    assert_eq!(server.asked(), 1);
    app.pass(60);
    assert_eq!(outcome(&app, &rotated("c", 60)).await, LET_IN);
    assert_eq!(outcome(&app, &dated("d", 60).signed(&first)).await, REFUSED, "the old key is gone");
    assert_eq!(server.asked(), 2);
    app.pass(600);
    assert_eq!(outcome(&app, &rotated("e", 660)).await, LET_IN);
    assert_eq!(server.asked(), 3, "it has aged");
}

#[tokio::test]
async fn an_address_that_does_not_answer_rightly_lets_nobody_in() {
    let (server, key) = (KeyServer::start().await, DeviceKey::generate().unwrap());
    let good = json!({"keys": [jwk(&key, "one")]}).to_string();
    for (status, body) in [
        (StatusCode::FOUND, good.clone()),
        (StatusCode::INTERNAL_SERVER_ERROR, good.clone()),
        (StatusCode::OK, "not JSON".to_owned()),
        (StatusCode::OK, format!("{}{}", good, " ".repeat(70_000))),
        (StatusCode::OK, good.replace("{\"keys\"", "{\"keys\":[],\"keys\"")),
    ] {
        *server.answer.lock().unwrap() = (status, body.clone());
        let app = server.provider(&server.url).await;
        let refused = outcome(&app, &Forge::new("a").signed(&key)).await;
        assert_eq!(refused, REFUSED, "{status} {}", &body[..40.min(body.len())]);
    }
    let silent = server.provider(&server.url.replace("/jwks", "/silent")).await;
    assert_eq!(outcome(&silent, &Forge::new("a").signed(&key)).await, REFUSED, "it never answers");
}

#[tokio::test]
async fn an_address_within_the_private_network_is_not_called() {
    let (server, key) = (KeyServer::start().await, DeviceKey::generate().unwrap());
    server.give(&[jwk(&key, "one")]);
    let localhost = server.url.replace("127.0.0.1", "localhost");
    for uri in [&server.url, &localhost] {
        let app = TestApp::new().await;
        app.import(metadata(&json!({"jwks_uri": uri}))).await;
        assert_eq!(outcome(&app, &Forge::new("a").signed(&key)).await, REFUSED);
        assert_eq!(server.asked(), 0, "{uri}");
        let app = server.provider(uri).await;
        assert_eq!(outcome(&app, &Forge::new("a").signed(&key)).await, LET_IN, "{uri}, allowed");
        assert_eq!(server.asked.swap(0, Ordering::SeqCst), 1);
    }
}
