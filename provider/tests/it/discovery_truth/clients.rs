//! What a client can be registered for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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
    site::{REDIRECT_URI, SECRET, basic},
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

pub(super) async fn auth_methods(app: &TestApp, named: &[&str]) {
    all_are_named(named, ClientAuth::ALL.map(ClientAuth::as_str));
    let key = DeviceKey::generate().unwrap();
    for method in named {
        register_for(app, method, &key).await;
        match *method {
            "client_secret_basic" => tokens(app, method, Some((method, SECRET)), &[]).await,
            "client_secret_post" => {
                tokens(app, method, None, &[("client_id", method), ("client_secret", SECRET)]).await
            }
            "private_key_jwt" => {
                let assertion = assertion(app, &key, method, method);
                let more = [("client_assertion_type", ASSERTION), ("client_assertion", &assertion)];
                tokens(app, method, None, &more).await
            }
            "none" => tokens(app, method, None, &[("client_id", method)]).await,
            other => panic!("nobody knows how to authenticate by {other}"),
        };
    }
    for other in ["client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth", "private_key_jwt"] {
        let refused = is_refused(app, "token_endpoint_auth_method", other).await;
        assert!(named.contains(&other) || refused, "{other}");
    }
}

/// A client of this method, whose name is the method's.
async fn register_for(app: &TestApp, method: &str, key: &DeviceKey) {
    let mut metadata = metadata(method);
    metadata["token_endpoint_auth_method"] = json!(method);
    if ["none", "private_key_jwt"].contains(&method) {
        metadata["client_secret"] = Value::Null;
    }
    if method == "private_key_jwt" {
        metadata["jwks"] = json!({"keys": [key.public_jwk()]});
    }
    app.import(metadata).await;
}

/// A client of each method asks about a token at this endpoint. It is let in if the method is named there, and else it is not.
pub(super) async fn auth_methods_at(app: &TestApp, path: &str, named: &[&str]) {
    let (key, form) = (DeviceKey::generate().unwrap(), Ask::bare().with("token", "x"));
    for method in ClientAuth::ALL.map(ClientAuth::as_str) {
        register_for(app, method, &key).await;
        let credentials = basic(method);
        let signed = assertion(app, &key, method, method);
        let named_form = form.clone().with("client_id", method);
        let (headers, form) = match method {
            "client_secret_basic" => (vec![("authorization", credentials.as_str())], form.clone()),
            "client_secret_post" => (vec![], named_form.with("client_secret", SECRET)),
            "private_key_jwt" => {
                let form = named_form.with("client_assertion_type", ASSERTION);
                (vec![], form.with("client_assertion", &signed))
            }
            _ => (vec![], named_form),
        };
        let answer = app.post_form(path, &headers, &form).await;
        assert_eq!(answer.status == 200, named.contains(&method), "{path} by {method}: {answer:?}");
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
