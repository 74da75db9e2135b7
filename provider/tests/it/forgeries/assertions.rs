//! JWTs that a client signs: to prove who it is, and to vouch for a person.

use axum::http::Method;
use provider::mock_phone::DeviceKey;
use serde_json::{Value, json};

use super::{Maker, is_good_once, meet};
use crate::support::{
    Ask, ISSUER, Phone, START, SiteKey, TestApp, forgery::Good, site::REDIRECT_URI, site_key::signer,
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A client whose one key is called `one`, and what it proves itself by.
async fn keyed(app: &TestApp) -> impl Fn() -> Good {
    let key = SiteKey::es256();
    let mut jwk = key.jwk();
    jwk["kid"] = json!("one");
    app.import(json!({
        "client_id": "keyed", "client_name": "Keyed", "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [jwk]},
    }))
    .await;
    move || {
        let claims = claims(app, "keyed", "keyed");
        Good::new(&key.sign(json!({"kid": "one"}), &claims), key.signer())
    }
}

fn claims(app: &TestApp, client: &str, subject: &str) -> Value {
    let now = START.seconds();
    json!({
        "iss": client, "sub": subject, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": app.app.random.uuid(START),
    })
}

/// Whether a client is let in: the code that it brings is none, and that is all that is wrong.
async fn lets_in(app: &TestApp, assertion: &str) -> bool {
    let ask =
        Ask::redeem("none").with("client_assertion_type", ASSERTION).with("client_assertion", assertion);
    match app.site().token_as(None, &ask).await.oauth_error().as_str() {
        "400 invalid_grant" => true,
        "401 invalid_client" => false,
        other => panic!("{other}: {assertion}"),
    }
}

/// MUST: RFC 7523 section 3: an assertion with an invalid signature is refused: no forgery lets a client in, and none is good twice.
#[tokio::test]
async fn rfc7523_3_no_forgery_of_an_assertion_lets_a_client_in() {
    let app = TestApp::new().await;
    let takes = async |assertion: &str| lets_in(&app, assertion).await;
    let good = keyed(&app).await;
    meet(Maker::Client, &good, &takes).await;
    is_good_once(&good, &takes).await;
}

/// A back end that vouches for people.
async fn company(app: &TestApp) -> impl Fn() -> Good {
    let key = DeviceKey::generate().unwrap();
    app.import(json!({
        "client_id": "company", "client_name": "A company", "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": [GRANT], "jwks": {"keys": [key.public_jwk()]},
    }))
    .await;
    let key = SiteKey::Es256(key);
    move || {
        let SiteKey::Es256(private) = &key else { unreachable!() };
        Good::new(&key.sign(json!({}), &claims(app, "company", "lin")), signer(private))
    }
}

/// Whether a phone is enrolled for the person.
async fn enrols(app: &TestApp, assertion: &str) -> bool {
    let proof = Phone::new(app).proof("POST", "/token", None);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof.as_str())];
    let form = Ask::bare().with("grant_type", GRANT).with("assertion", assertion).query();
    let answer = app.call(Method::POST, "/token", &headers, &form).await;
    assert!(answer.status == 200 || answer.oauth_error() == "400 invalid_grant", "{answer:?}");
    answer.status == 200
}

/// MUST: RFC 7523 section 3: an assertion with an invalid signature is refused: no forgery vouches for a person, and none is good twice.
#[tokio::test]
async fn rfc7523_3_no_forgery_of_an_assertion_vouches_for_a_person() {
    let app = TestApp::new().await;
    let takes = async |assertion: &str| enrols(&app, assertion).await;
    let good = company(&app).await;
    meet(Maker::Client, &good, &takes).await;
    is_good_once(&good, &takes).await;
}
