//! What a client can be registered for.

use provider::oauth::client::{ClientAuth, SigningAlgorithm};
use serde_json::{Value, json};

use super::all_are_named;
use crate::support::{
    Ask, TestApp, id_token,
    site::{REDIRECT_URI, SECRET},
};

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
    for method in named {
        let mut metadata = metadata(method);
        metadata["token_endpoint_auth_method"] = json!(method);
        if *method == "none" {
            metadata["client_secret"] = Value::Null;
        }
        app.import(metadata).await;
        match *method {
            "client_secret_basic" => tokens(app, method, Some((method, SECRET)), &[]).await,
            "client_secret_post" => {
                tokens(app, method, None, &[("client_id", method), ("client_secret", SECRET)]).await
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
