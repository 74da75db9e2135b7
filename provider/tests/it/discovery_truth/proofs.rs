//! What the document says of pushed requests and DPoP proofs.

use axum::http::Method;
use serde_json::Value;

use crate::support::{Ask, SiteKey, TestApp};

/// Each algorithm that is named signs a proof that is accepted.
pub(super) async fn algorithms(app: &TestApp, named: &[&str]) {
    assert_eq!(named, ["ES256", "EdDSA"]);
    for key in [SiteKey::es256(), SiteKey::eddsa()] {
        let proof = key.proof(app, ("POST", "/token"));
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof.as_str())];
        let code = app.code(&Ask::default().with("client_id", "public")).await;
        let form = Ask::redeem(&code).with("client_id", "public").query();
        let answer = app.call(Method::POST, "/token", &headers, &form).await;
        assert_eq!(answer.json()["token_type"], "DPoP", "{answer:?}");
    }
}

/// Whether a request that was not pushed is refused.
pub(super) async fn pushing(app: &TestApp, required: &Value) {
    let answer = app.browser().try_ask(&Ask::default()).await;
    assert_eq!(answer.header("location").contains("error="), required.as_bool().unwrap());
}
