//! What a client can be registered for.

use axum::http::Method;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use provider::{
    mock_phone::DeviceKey,
    oauth::{
        client::{ClientAuth, SigningAlgorithm},
        client_keys::AssertionAlgorithm,
    },
};
use serde_json::{Value, json};

use super::all_are_named;
use crate::support::{
    Ask, ISSUER, START, TestApp, id_token,
    site::{REDIRECT_URI, SECRET},
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Tries to register a client with this member.
async fn is_refused(app: &TestApp, member: &str, value: &str) -> bool {
    let id = format!("{member}-{value}");
    let mut metadata = metadata(&id);
    metadata[member] = json!(value);
    app.try_import(metadata).await.is_err()
}

fn metadata(id: &str) -> Value {
    json!({"client_id": id, "client_secret": SECRET, "client_name": id, "redirect_uris": [REDIRECT_URI]})
}

/// A JWT by which a client speaks for somebody, signed by its key (RFC 7523 section 3).
pub(super) fn assertion(app: &TestApp, key: &DeviceKey, client: &str, subject: &str) -> String {
    let now = app.app.clock.now().seconds();
    let claims = json!({
        "iss": client, "sub": subject, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": app.app.random.uuid(START),
    });
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(json!({"alg": "ES256"})), part(claims));
    let signature = key.sign(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A visitor signs in at a client; answers its tokens.
async fn tokens(app: &TestApp, id: &str, basic: Option<(&str, &str)>, more: &[(&str, &str)]) -> Value {
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::default().with("client_id", id), &phone).await.code();
    let ask = more.iter().fold(Ask::redeem(&code), |ask, (name, value)| ask.with(name, value));
    let answer = app.site().token_as(basic, &ask).await;
    assert_eq!(answer.status, 200, "{id}: {answer:?}");
    answer.json()
}

pub(super) async fn subject_types(app: &TestApp, named: &[&str]) {
    let mut subjects = Vec::new();
    for kind in named {
        let mut metadata = metadata(kind);
        metadata["subject_type"] = json!(kind);
        app.import(metadata).await;
        let tokens = tokens(app, kind, Some((kind, SECRET)), &[]).await;
        subjects
            .push(app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json()["sub"].clone());
    }
    subjects.dedup();
    assert_eq!((subjects.len(), named), (2, ["public", "pairwise"].as_slice()), "each is another");
    assert!(is_refused(app, "subject_type", "ephemeral").await);
}

pub(super) async fn algorithms(app: &TestApp, named: &[&str]) {
    all_are_named(named, SigningAlgorithm::ALL.map(SigningAlgorithm::as_str));
    for algorithm in named {
        let mut metadata = metadata(algorithm);
        metadata["id_token_signed_response_alg"] = json!(algorithm);
        app.import(metadata).await;
        let tokens = tokens(app, algorithm, Some((algorithm, SECRET)), &[]).await;
        let token = tokens["id_token"].as_str().unwrap();
        id_token(app, token, algorithm.parse().unwrap(), algorithm).await;
    }
    for other in ["none", "HS256", "RS512", "PS256", "ES384", "ES256K"] {
        assert!(
            named.contains(&other) || is_refused(app, "id_token_signed_response_alg", other).await,
            "{other}"
        );
    }
}

/// A client of each method there is, under its name. Answers the key of the one that signs.
async fn one_of_each(app: &TestApp) -> DeviceKey {
    let key = DeviceKey::generate().unwrap();
    for method in ClientAuth::ALL {
        let mut metadata = metadata(method.as_str());
        metadata["token_endpoint_auth_method"] = json!(method.as_str());
        if !method.has_secret() {
            metadata["client_secret"] = Value::Null;
        }
        if method == ClientAuth::PrivateKeyJwt {
            metadata["jwks"] = json!({"keys": [key.public_jwk()]});
        }
        app.import(metadata).await;
    }
    key
}

/// What the client of a method puts into its form.
fn credentials(app: &TestApp, key: &DeviceKey, method: &str) -> Vec<(&'static str, String)> {
    match method {
        "client_secret_basic" => vec![],
        "client_secret_post" => vec![("client_id", method.into()), ("client_secret", SECRET.into())],
        "private_key_jwt" => vec![
            ("client_assertion_type", ASSERTION.into()),
            ("client_assertion", assertion(app, key, method, method)),
        ],
        "none" => vec![("client_id", method.into())],
        other => panic!("nobody knows how to authenticate by {other}"),
    }
}

pub(super) async fn auth_methods(app: &TestApp, named: &[&str]) {
    all_are_named(named, ClientAuth::ALL.map(ClientAuth::as_str));
    let key = one_of_each(app).await;
    for method in named {
        let form = credentials(app, &key, method);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tokens(app, method, form.is_empty().then_some((*method, SECRET)), &form).await;
    }
    for other in ["client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth", "private_key_jwt"] {
        let refused = is_refused(app, "token_endpoint_auth_method", other).await;
        assert!(named.contains(&other) || refused, "{other}");
    }
}

/// The endpoint lets clients of these methods in, and no others.
pub(super) async fn lets_in(app: &TestApp, path: &str, named: &[&str]) {
    let key = one_of_each(app).await;
    for method in ClientAuth::ALL.map(ClientAuth::as_str) {
        let mut form = credentials(app, &key, method);
        let basic = format!("Basic {}", STANDARD.encode(format!("{method}:{SECRET}")));
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(form.is_empty().then_some(("authorization", basic.as_str())));
        form.push(("token", "none".into()));
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let status = app.call(Method::POST, path, &headers, &form).await.status.as_u16();
        assert_eq!(status, if named.contains(&method) { 200 } else { 401 }, "{path} by {method}");
    }
}

/// Each of them verifies an assertion; `provider/tests/it/routes/token/private_key_jwt.rs` signs by each.
pub(super) fn assertion_algorithms(named: &[&str]) {
    all_are_named(named, AssertionAlgorithm::ALL.map(AssertionAlgorithm::as_str));
    assert!(named.iter().all(|name| AssertionAlgorithm::parse(name).is_some()), "{named:?}");
}

/// A site registers itself, and is known from then on.
pub(super) async fn registration(app: &TestApp) {
    let metadata = json!({"client_name": "New", "redirect_uris": [REDIRECT_URI]});
    let answer = app.post_json("/register", &[], &metadata).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let (id, secret) = (answer.json()["client_id"].clone(), answer.json()["client_secret"].clone());
    let (id, secret) = (id.as_str().unwrap(), secret.as_str().unwrap());
    tokens(app, id, Some((id, secret)), &[]).await;
}
