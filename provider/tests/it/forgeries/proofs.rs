//! DPoP proofs, of sites and of phones.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Maker, fits_a_header, is_good_once, meet};
use crate::support::{
    Answer, Ask, SiteKey, TestApp, claims_of,
    forgery::Good,
    site::{CLIENT, SECRET},
    site_key::signer,
};

const TOKEN: (&str, &str) = ("POST", "/token");
const PUSH: (&str, &str) = ("POST", "/par");
const USERINFO: (&str, &str) = ("GET", "/userinfo");

/// A form POSTed by this client with this proof; `None` where no request can carry it.
async fn post(app: &TestApp, client: &str, (path, form): (&str, &Ask), proof: &str) -> Option<Answer> {
    let basic = format!("Basic {}", STANDARD.encode(format!("{client}:{SECRET}")));
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", basic.as_str()),
        ("dpop", proof),
    ];
    fits_a_header(proof).then_some(())?;
    Some(app.call(Method::POST, path, &headers, &form.query()).await)
}

/// Whether a robot gets a token that is bound to this key. A stranger who brings a key of his own gets one that is bound to that.
async fn binds(app: &TestApp, key: &SiteKey, proof: &str) -> bool {
    let form = Ask::bare().with("grant_type", "client_credentials");
    let Some(answer) = post(app, "robot", ("/token", &form), proof).await else { return false };
    if answer.status == 200 {
        return claims_of(&answer.json()["access_token"])["cnf"]["jkt"] == key.thumbprint();
    }
    assert_eq!(answer.oauth_error(), "400 invalid_dpop_proof");
    false
}

/// MUST: RFC 9449 section 4.3: the signature of a proof is verified with the key in its header: no forgery binds a token, and none is good twice.
#[tokio::test]
async fn rfc9449_4_3_no_forgery_of_a_proof_binds_a_token() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "robot", "client_secret": SECRET, "client_name": "Robot", "redirect_uris": [],
        "grant_types": ["client_credentials"], "scope": "orders:read",
    }))
    .await;
    for key in [SiteKey::es256(), SiteKey::eddsa()] {
        let good = || Good::new(&key.proof(&app, TOKEN), key.signer());
        let takes = async |proof: &str| binds(&app, &key, proof).await;
        meet(Maker::Prover, good, &takes).await;
        if matches!(key, SiteKey::Es256(_)) {
            is_good_once(good, &takes).await;
        }
    }
}

#[tokio::test]
async fn a_site_s_proof_with_a_pushed_request() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let form = Ask::default().with("dpop_jkt", &key.thumbprint());
    let good = || Good::new(&key.proof(&app, PUSH), key.signer());
    let takes = async |proof: &str| {
        let Some(answer) = post(&app, CLIENT, ("/par", &form), proof).await else { return false };
        assert!(answer.status == 201 || answer.oauth_error().starts_with("400 invalid_"), "{answer:?}");
        answer.status == 201
    };
    meet(Maker::Prover, good, &takes).await;
    is_good_once(good, &takes).await;
}

/// MUST: RFC 9449 section 7.1: a resource verifies the proof that comes with a token: no forgery opens anything, and none is good twice.
#[tokio::test]
async fn rfc9449_7_1_no_forgery_of_a_proof_opens_anything() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let redeem = Ask::redeem(&app.code(&Ask::default()).await);
    let tokens: Value =
        post(&app, CLIENT, ("/token", &redeem), &key.proof(&app, TOKEN)).await.unwrap().json();
    let token = tokens["access_token"].as_str().unwrap();
    let authorization = format!("DPoP {token}");
    let good = || Good::new(&key.proof_of(&app, USERINFO, token), key.signer());
    let takes = async |proof: &str| {
        if !fits_a_header(proof) {
            return false;
        }
        let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
        let answer = app.call(Method::GET, "/userinfo", &headers, "").await;
        let refused = answer.header("www-authenticate").starts_with(r#"DPoP error="invalid_dpop_proof""#);
        assert_eq!(answer.status.as_u16(), if refused { 401 } else { 200 });
        !refused
    };
    meet(Maker::Prover, good, &takes).await;
    is_good_once(good, &takes).await;
}

#[tokio::test]
async fn a_phone_s_proof() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let path = "/api/phone/me";
    let good = || Good::new(&phone.proof("GET", path, Some(&phone.access_token)), signer(&phone.key));
    let takes = async |proof: &str| {
        fits_a_header(proof) && {
            let answer = phone.call_with(Method::GET, path, None, proof).await;
            assert!(answer.status == 200 || answer.problem().starts_with("401 invalid_"), "{answer:?}");
            answer.status == 200
        }
    };
    meet(Maker::Prover, good, &takes).await;
    is_good_once(good, &takes).await;
}
