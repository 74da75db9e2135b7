//! Reads tokens as sites and APIs would.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::Value;

use super::{ISSUER, TestApp};

/// Claims of a token whose signature fits the published key that it names.
pub(crate) async fn id_token(app: &TestApp, token: &str, algorithm: Algorithm, audience: &str) -> Value {
    let keys: JwkSet = serde_json::from_str(&app.get("/jwks.json").await.body).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false; // the test's clock stands still
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[audience]);
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

/// What a token says, whoever signed it.
pub(crate) fn claims_of(token: &Value) -> Value {
    let encoded = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}
