//! By what a client can prove that it holds a key (RFC 9449).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::oauth::dpop::Prover;
use serde_json::{Value, json};

use super::all_are_named;
use crate::support::{Answer, ISSUER, Phone, START, TestApp, site::SECRET};

pub(super) async fn algorithms(app: &TestApp, named: &[&str]) {
    all_are_named(named, Prover::Site.algorithms().iter().copied());
    app.import(json!({
        "client_id": "bound", "client_secret": SECRET, "client_name": "Bound", "redirect_uris": [],
        "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"],
        "scope": "orders:read",
    }))
    .await;
    for algorithm in named {
        let proof = match *algorithm {
            "ES256" => Phone::new(app).proof("POST", "/token", None),
            "EdDSA" => by_ed25519(app, "EdDSA"),
            other => panic!("nobody knows how to sign by {other}"),
        };
        let answer = ask(app, &proof).await;
        assert_eq!(answer.json()["token_type"], "DPoP", "{algorithm}: {answer:?}");
    }
    for other in ["none", "HS256", "RS256", "PS256", "ES384"] {
        let refused = ask(app, &by_ed25519(app, other)).await;
        assert_eq!(refused.oauth_error(), "400 invalid_dpop_proof", "{other}");
    }
}

async fn ask(app: &TestApp, proof: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof)];
    let form = format!("grant_type=client_credentials&client_id=bound&client_secret={SECRET}");
    app.call(Method::POST, "/token", &headers, &form).await
}

/// A proof by a key on Ed25519, whatever its header calls it.
fn by_ed25519(app: &TestApp, algorithm: &str) -> String {
    let key = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.public_key().as_ref())});
    let claims = json!({
        "jti": app.app.random.uuid(START), "htm": "POST", "htu": format!("{ISSUER}/token"),
        "iat": app.app.clock.now().seconds(),
    });
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = json!({"typ": "dpop+jwt", "alg": algorithm, "jwk": jwk});
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).as_ref());
    format!("{message}.{signature}")
}
