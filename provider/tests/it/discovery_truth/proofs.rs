//! What the document says of pushed requests and DPoP proofs.

use crate::support::{Ask, SiteKey, TestApp};
use axum::http::Method;

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
