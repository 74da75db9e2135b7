//! The JWT bearer grant (RFC 7523 section 2.1): a company's back end vouches for its user, and the phone approves from then on.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::mock_phone::{DeviceKey, Secret};
use serde_json::{Value, json};

use crate::support::{Answer, Ask, Authenticator, ISSUER, PASSWORD, Phone, START, TestApp, site::more_sites};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A company's back end: its registered key.
struct Company<'a> {
    app: &'a TestApp,
    key: DeviceKey,
}

impl<'a> Company<'a> {
    async fn register(app: &'a TestApp, provisions_accounts: bool) -> Self {
        let key = DeviceKey::generate().unwrap();
        app.import(json!({
            "client_id": "company", "client_name": "A company", "token_endpoint_auth_method": "private_key_jwt",
            "grant_types": [GRANT], "jwks": {"keys": [key.public_jwk()]}, "provisions_accounts": provisions_accounts,
        }))
        .await;
        Self { app, key }
    }

    /// What an assertion says about this person.
    fn claims(&self, sub: &str) -> Value {
        let now = self.app.app.clock.now().seconds();
        json!({
            "iss": "company", "sub": sub, "aud": ISSUER, "iat": now, "exp": now + 60,
            "jti": self.app.app.random.uuid(START), "device_name": "Company phone",
        })
    }

    fn sign(&self, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&json!({"alg": "ES256"})), part(claims));
        let signature = self.key.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The app on this phone brings an assertion.
    async fn enrol(&self, phone: &mut Phone<'_>, claims: &Value) -> Answer {
        let answer = bring(phone, &self.sign(claims), "").await;
        if answer.status == 200 {
            let json = answer.json();
            phone.access_token = Secret::new(json["access_token"].as_str().unwrap());
            phone.refresh_token = Secret::new(json["refresh_token"].as_str().unwrap());
        }
        answer
    }
}

async fn bring(phone: &Phone<'_>, assertion: &str, more: &str) -> Answer {
    let proof = phone.proof("POST", "/token", None);
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof.as_str())];
    let form = format!("grant_type={GRANT}&assertion={assertion}{more}");
    phone.app.call(Method::POST, "/token", &headers, &form).await
}

/// MUST: RFC 7523 section 2.1: an assertion about a person, signed by a registered client's key, gives tokens; no client authentication is needed.
#[tokio::test]
async fn rfc7523_2_1_a_phone_becomes_an_approver_without_a_password() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let mut phone = Phone::new(&app);
    let answer = company.enrol(&mut phone, &company.claims("lin")).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    assert_eq!((&answer.json()["token_type"], &answer.json()["expires_in"]), (&json!("DPoP"), &json!(600)));
    let me = phone.me().await.json();
    assert_eq!((&me["account"]["name"], &me["device"]["name"]), (&json!("lin"), &json!("Company phone")));
    assert_eq!(me["device"]["id"], answer.json()["device_id"]);
    assert_eq!(phone.refresh().await.status, 200);
    let widget = app.widget().start().await;
    phone.approve(&widget.qr).await;
    assert_eq!(app.site().redeem(&widget.code().await).await.status, 200);
}

#[tokio::test]
async fn the_person_s_other_phones_are_told_what_was_let_in_and_need_not_allow_it() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let (owner, phone) = (app.phone().await, Phone::new(&app));
    let proof = phone.proof("POST", "/token", None);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("dpop", proof.as_str()),
        ("user-agent", "Mozilla/5.0 (Linux; Android 16) Firefox/147.0"),
    ];
    let form = format!("grant_type={GRANT}&assertion={}", company.sign(&company.claims("lin")));
    assert_eq!(app.call(Method::POST, "/token", &headers, &form).await.status, 200);
    let told = owner.notices().await;
    assert_eq!((told.len(), &told[0]["device"]), (1, &json!("Company phone")));
    let from = &told[0]["from"];
    assert_eq!((&from["name"], &from["address"]), (&json!("Firefox on Android"), &json!("192.0.2.7")));
}

#[tokio::test]
async fn the_tokens_are_bound_to_the_key_of_the_proof() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let mut phone = Phone::new(&app);
    company.enrol(&mut phone, &company.claims("lin")).await;
    phone.key = DeviceKey::generate().unwrap();
    assert_eq!(phone.me().await.problem(), "401 invalid_token");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let form = format!("grant_type={GRANT}&assertion={}", company.sign(&company.claims("lin")));
    let unproven = app.call(Method::POST, "/token", &headers, &form).await;
    assert_eq!(unproven.oauth_error(), "400 invalid_dpop_proof");
}

/// MUST: RFC 7523 section 3.1: an assertion that is no good as a grant is answered invalid_grant.
#[tokio::test]
async fn rfc7523_3_1_a_bad_grant_is_invalid_grant() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let good = company.sign(&company.claims("lin"));
    for bad in ["x", "a.b.c", "e30.e30.AA", &good[..good.len() - 4]] {
        assert_eq!(bring(&Phone::new(&app), bad, "").await.oauth_error(), "400 invalid_grant", "{bad}");
    }
    assert_eq!(bring(&Phone::new(&app), &good, "").await.status, 200);
}

/// MUST: RFC 7521 section 4.1: a request without its assertion is invalid_request, and an assertion does not count twice.
#[tokio::test]
async fn rfc7521_4_1_the_assertion_is_there_once() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let good = company.sign(&company.claims("lin"));
    let twice = format!("&assertion={good}");
    for (assertion, more) in [("", ""), (good.as_str(), twice.as_str())] {
        assert_eq!(bring(&Phone::new(&app), assertion, more).await.oauth_error(), "400 invalid_request");
    }
}

/// MUST: RFC 7523 section 3: iss, sub, aud and exp are checked, and an assertion that has expired or is for others is refused.
#[tokio::test]
async fn rfc7523_3_an_assertion_that_does_not_hold_is_refused() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let now = START.seconds();
    for (claim, value) in [
        ("iss", json!("nobody")),
        ("iss", json!("site")), // it is registered, but not for this grant
        ("iss", Value::Null),
        ("sub", json!("nobody")),
        ("sub", json!("a b")),
        ("sub", Value::Null),
        ("aud", json!("https://elsewhere.example")),
        ("aud", Value::Null),
        ("exp", json!(now - 1)),
        ("exp", json!(now + 3600)),
        ("exp", Value::Null),
        ("nbf", json!(now + 600)),
        ("jti", Value::Null),
        ("device_name", json!("")),
        ("device_name", json!(7)),
    ] {
        let mut claims = company.claims("lin");
        claims[claim] = value.clone();
        let answer = company.enrol(&mut Phone::new(&app), &claims).await;
        assert_eq!(answer.oauth_error(), "400 invalid_grant", "{claim} {value}");
    }
    let stranger = Company { app: &app, key: DeviceKey::generate().unwrap() };
    let answer = stranger.enrol(&mut Phone::new(&app), &stranger.claims("lin")).await;
    assert_eq!(answer.oauth_error(), "400 invalid_grant", "another key");
    for odd in ["", "x", "a.b.c"] {
        let answer = bring(&Phone::new(&app), odd, "").await;
        let expected = if odd.is_empty() { "400 invalid_request" } else { "400 invalid_grant" };
        assert_eq!(answer.oauth_error(), expected, "{odd}");
    }
    assert_eq!(app.phone().await.devices().await.len(), 1, "nobody was enrolled but this one");
}

/// MUST: RFC 7523 section 3: the server ensures that an assertion is not replayed, by its jti.
#[tokio::test]
async fn rfc7523_3_an_assertion_is_good_once() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let claims = company.claims("lin");
    assert_eq!(company.enrol(&mut Phone::new(&app), &claims).await.status, 200);
    let again = company.enrol(&mut Phone::new(&app), &claims).await;
    assert_eq!(again.oauth_error(), "400 invalid_grant");
}

/// MUST: RFC 7521 section 4.1: client authentication is optional with an assertion, but where it is there it must be good.
#[tokio::test]
async fn rfc7521_4_1_a_client_that_names_itself_must_prove_it() {
    let app = TestApp::new().await;
    let company = Company::register(&app, false).await;
    let assertion = company.sign(&company.claims("lin"));
    for (more, expected) in [
        ("&client_id=company", "401 invalid_client"),
        ("&client_id=site&client_secret=wrong", "401 invalid_client"),
        ("&client_id=public", "400 unauthorized_client"),
    ] {
        assert_eq!(bring(&Phone::new(&app), &assertion, more).await.oauth_error(), expected, "{more}");
    }
    assert_eq!(bring(&Phone::new(&app), &assertion, "").await.status, 200, "it was not used up");
}

#[tokio::test]
async fn who_may_bring_in_people_does() {
    let app = TestApp::new().await;
    let company = Company::register(&app, true).await;
    let mut claims = company.claims("Zhang.San");
    claims["name"] = json!("Zhang San");
    claims["email"] = json!("zhang@example.com");
    claims["employee_number"] = json!(7);
    let mut phone = Phone::new(&app);
    assert_eq!(company.enrol(&mut phone, &claims).await.status, 200);
    let me = phone.me().await.json();
    assert_eq!(me["account"], json!({"name": "zhang.san", "display_name": "Zhang San"}));

    let mut second = Phone::new(&app);
    let mut again = company.claims("zhang.san");
    again["name"] = json!("Somebody else");
    assert_eq!(company.enrol(&mut second, &again).await.status, 200);
    assert_eq!(second.me().await.json()["account"], me["account"], "an account that is there stays as it is");
    for guess in [PASSWORD, "no account has this password", "x"] {
        let refused = Phone::new(&app).sign_in("zhang.san", guess).await;
        assert_eq!(refused.problem(), "401 wrong_credentials", "there is no password");
    }
    let mut odd = company.claims("li.si");
    odd["email_verified"] = json!("yes");
    let refused = company.enrol(&mut Phone::new(&app), &odd).await;
    assert_eq!(refused.oauth_error(), "400 invalid_grant");
}

/// Who has no password is not asked for one: a passkey can be made at once, and is the one way to unlock.
#[tokio::test]
async fn a_person_without_a_password_unlocks_by_passkey() {
    let app = TestApp::new().await;
    let company = Company::register(&app, true).await;
    let mut own = more_sites()[0].clone();
    own["allowed_origins"] = json!(["https://site.example"]);
    own["require_unlock"] = json!(true);
    app.import(own).await;
    let mut phone = Phone::new(&app);
    company.enrol(&mut phone, &company.claims("zhang.san")).await;
    let scan = async || {
        let widget = app.widget().start_with(&Ask::of("own")).await;
        phone.scan(&widget.qr).await.json()
    };
    assert_eq!(scan().await["unlock"], json!({"password": false}), "there is no way yet");
    assert_eq!(phone.me().await.json()["has_password"], false);
    let mut key = Authenticator::es256();
    assert_eq!(phone.make_passkey(&mut key).await.status, 201);
    let scanned = scan().await;
    assert_eq!(scanned["unlock"]["password"], false);
    let options = serde_json::from_str(scanned["unlock"]["passkey"].as_str().unwrap()).unwrap();
    let unlocked = phone.unlock_by(scanned["ticket"].as_str().unwrap(), &key.assert(&options)).await;
    assert_eq!(unlocked.status, 200, "{unlocked:?}");
}
