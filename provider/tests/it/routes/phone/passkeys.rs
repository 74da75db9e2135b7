//! Passkeys: `…/api/phone/passkeys` (WebAuthn Level 3 section 7.1), by the software authenticator.

use axum::http::Method;
use provider::config::Issuer;
use serde_json::{Value, json};

use crate::support::{
    Answer, Authenticator, BACKED_UP, BACKUP_ELIGIBLE, PASSWORD, Phone, TestApp, USER_PRESENT, USER_VERIFIED,
};

const PATH: &str = "/api/phone/passkeys";

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

async fn ask(phone: &Phone<'_>, body: Value) -> Answer {
    phone.call(Method::POST, "/api/phone/passkeys/options", Some(body)).await
}

async fn options(phone: &Phone<'_>) -> Value {
    let answer = ask(phone, json!({"password": PASSWORD})).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{answer:?}");
    answer.json()
}

async fn add(phone: &Phone<'_>, credential: &Value) -> Answer {
    phone.call(Method::POST, PATH, Some(json!({"name": "My key", "credential": credential}))).await
}

async fn list(phone: &Phone<'_>) -> Vec<Value> {
    phone.call(Method::GET, PATH, None).await.json()["passkeys"].as_array().unwrap().clone()
}

/// What a test changes of an authenticator that is all right.
type Change = fn(&mut Authenticator);

#[tokio::test]
async fn a_browser_is_told_all_that_it_makes_a_passkey_from() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let mut options = options(&phone).await;
    assert_eq!(options["challenge"].take().as_str().unwrap().len(), 54);
    let user = options["user"]["id"].take();
    assert_eq!(user.as_str().unwrap().len(), 43, "a name that no site and no person knows");
    let expected = json!({
        "rp": {"id": "login.example", "name": "Saoma"},
        "user": {"id": null, "name": "lin", "displayName": "Lin Example"},
        "challenge": null,
        "pubKeyCredParams": [
            {"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8}, {"type": "public-key", "alg": -257},
        ],
        "timeout": 300_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    });
    assert_eq!(options, expected);
}

#[tokio::test]
async fn passkeys_of_each_algorithm_are_kept_listed_named_and_removed() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for mut key in [Authenticator::es256(), Authenticator::ed_dsa(), Authenticator::rs256()] {
        let added = add(&phone, &key.register(&options(&phone).await)).await;
        assert_eq!(added.status, 201, "{added:?}");
    }
    assert_eq!(options(&phone).await["excludeCredentials"].as_array().unwrap().len(), 3);
    let kept = list(&phone).await;
    assert_eq!((kept.len(), &kept[0]["name"], &kept[0]["backed_up"]), (3, &json!("My key"), &json!(false)));
    let path = format!("{PATH}/{}", kept[0]["id"].as_str().unwrap());
    let renamed = phone.call(Method::PATCH, &path, Some(json!({"name": "The blue one"}))).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["name"]), (200, &json!("The blue one")));
    assert_eq!(
        phone.call(Method::PATCH, &path, Some(json!({"name": ""}))).await.problem(),
        "400 invalid_request"
    );
    assert_eq!(phone.call(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(phone.call(Method::DELETE, &path, None).await.problem(), "404 unknown_passkey");
    assert_eq!(list(&phone).await.len(), 2);
}

#[tokio::test]
async fn another_account_s_passkeys_are_unknown() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (lin, kim) = (app.phone().await, app.phone_of("kim").await);
    let mut key = Authenticator::es256();
    add(&lin, &key.register(&options(&lin).await)).await;
    let path = format!("{PATH}/{}", list(&lin).await[0]["id"].as_str().unwrap());
    assert_eq!(
        kim.call(Method::PATCH, &path, Some(json!({"name": "Mine"}))).await.problem(),
        "404 unknown_passkey"
    );
    assert_eq!(kim.call(Method::DELETE, &path, None).await.problem(), "404 unknown_passkey");
    assert!(list(&kim).await.is_empty());
    let taken = add(&kim, &key.register(&options(&kim).await)).await;
    assert_eq!(taken.problem(), "409 passkey_taken", "one passkey is one account's");
}

/// MUST: WebAuthn Level 3 section 7.1: each part of a registration that does not hold is refused.
#[tokio::test]
async fn webauthn_7_1_a_registration_that_does_not_hold_is_refused() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let changes: [(&str, Change); 16] = [
        ("7: type", |key| key.client_data = json!({"type": "webauthn.get"})),
        ("7: no type", |key| key.client_data = json!({"type": null})),
        ("8: another challenge", |key| key.client_data = json!({"challenge": "AAAA"})),
        ("8: no challenge", |key| key.client_data = json!({"challenge": null})),
        ("9: origin", |key| key.origin = "https://evil.example".into()),
        ("9: a port", |key| key.origin = "https://login.example:444".into()),
        ("9: plain http", |key| key.origin = "http://login.example".into()),
        ("10: in a frame", |key| key.client_data = json!({"crossOrigin": true})),
        ("11: of somebody", |key| key.client_data = json!({"topOrigin": "https://evil.example"})),
        ("13: relying party", |key| key.rp_id = "example".into()),
        ("14: nobody there", |key| key.flags = USER_VERIFIED),
        ("15: nobody known", |key| key.flags = USER_PRESENT),
        ("16: copied, not to be", |key| key.flags = USER_PRESENT | USER_VERIFIED | BACKED_UP),
        ("19: a statement with none", |key| key.attestation = Some(("none", vec![0xa1, 0x61, b'a', 1]))),
        ("19: another format", |key| key.attestation = Some(("fido-u2f", vec![0xa0]))),
        ("23: the identifier", |key| key.id = Vec::new()),
    ];
    for (step, change) in changes {
        let mut key = Authenticator::es256();
        change(&mut key);
        let refused = add(&phone, &key.register(&options(&phone).await)).await;
        assert_eq!(refused.problem(), "400 invalid_passkey", "{step}");
    }
    let mut key = Authenticator::es256();
    let good = key.register(&options(&phone).await);
    for (what, other) in [
        ("another identifier", json!({"id": "AAAA", "response": good["response"]})),
        (
            "nonsense",
            json!({"id": good["id"], "response": {"clientDataJSON": "e30", "attestationObject": "!"}}),
        ),
        (
            "no CBOR",
            json!({"id": good["id"], "response":
            {"clientDataJSON": good["response"]["clientDataJSON"], "attestationObject": "AAAA"}}),
        ),
    ] {
        assert_eq!(add(&phone, &other).await.problem(), "400 invalid_passkey", "{what}");
    }
    assert!(list(&phone).await.is_empty());
    assert_eq!(add(&phone, &good).await.status, 201, "what was refused has spent no challenge of another");
}

#[tokio::test]
async fn webauthn_8_2_a_passkey_may_attest_itself_and_must_do_it_rightly() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let mut key = Authenticator::es256();
    key.attestation = Some(("packed", Vec::new()));
    let mut credential = key.register(&options(&phone).await);
    let mut other = Authenticator::es256().register(&options(&phone).await);
    let mut forged = credential.clone();
    forged["response"]["clientDataJSON"] = other["response"]["clientDataJSON"].take();
    assert_eq!(add(&phone, &forged).await.problem(), "400 invalid_passkey", "signed over something else");
    assert_eq!(add(&phone, &credential.take()).await.status, 201);
}

#[tokio::test]
async fn a_challenge_is_good_once_for_five_minutes_for_its_phone_and_purpose() {
    let app = TestApp::new().await;
    let (phone, other) = (app.phone().await, app.phone().await);
    let mut key = Authenticator::es256();
    let theirs = key.register(&options(&other).await);
    assert_eq!(add(&phone, &theirs).await.problem(), "400 invalid_passkey", "another phone's");
    let late = key.register(&options(&phone).await);
    app.pass(300);
    assert_eq!(add(&phone, &late).await.problem(), "400 invalid_passkey", "too late");
    let asked = options(&phone).await;
    assert_eq!(add(&phone, &key.register(&asked)).await.status, 201);
    let again = Authenticator::es256().register(&asked);
    assert_eq!(add(&phone, &again).await.problem(), "400 invalid_passkey", "used");
    let mut sealed = options(&phone).await;
    let text = sealed["challenge"].as_str().unwrap().replacen('A', "B", 1);
    sealed["challenge"] = text.into();
    let forged = Authenticator::es256().register(&sealed);
    assert_eq!(add(&phone, &forged).await.problem(), "400 invalid_passkey", "not as we made it");
}

#[tokio::test]
async fn an_account_has_twenty_passkeys_at_most() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for _ in 0..20 {
        let credential = Authenticator::es256().register(&options(&phone).await);
        assert_eq!(add(&phone, &credential).await.status, 201);
    }
    let credential = Authenticator::es256().register(&options(&phone).await);
    assert_eq!(add(&phone, &credential).await.problem(), "409 too_many_passkeys");
}

#[tokio::test]
async fn every_phone_is_told_of_a_passkey_and_can_take_it_back_with_what_it_let_in() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.phone().await, app.phone().await.with_header("user-agent", ANDROID));
    let mut key = Authenticator::es256();
    key.flags |= BACKUP_ELIGIBLE | BACKED_UP;
    add(&stranger, &key.register(&options(&stranger).await)).await;
    let mut accomplice = Phone::new(&app);
    assert_eq!(accomplice.sign_in_by(&mut key).await.status, 201);
    let notices = owner.notices().await;
    let notice = notices.iter().find(|notice| notice["kind"] == "passkey").unwrap();
    assert_eq!((&notice["device"], &notice["due"]), (&json!("My key"), &json!(true)));
    assert_eq!(notice["from"]["name"], "Chrome on Android");
    assert_eq!(owner.says("not-me", notice).await.status, 204);
    assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.problem(), "401 wrong_passkey");
    assert_eq!(accomplice.me().await.problem(), "401 invalid_token");
    assert_eq!(stranger.me().await.status, 200, "the phone has a notice of its own");
}

#[tokio::test]
async fn with_a_phone_that_was_not_mine_its_passkeys_go_and_what_they_let_in() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.phone().await, app.phone().await);
    let mut key = Authenticator::es256();
    add(&stranger, &key.register(&options(&stranger).await)).await;
    let mut accomplice = Phone::new(&app);
    accomplice.sign_in_by(&mut key).await;
    // The passkey is taken away again, so as to leave no trace.
    let path = format!("{PATH}/{}", list(&stranger).await[0]["id"].as_str().unwrap());
    stranger.call(Method::DELETE, &path, None).await;
    let mut another = Authenticator::es256();
    add(&stranger, &another.register(&options(&stranger).await)).await;
    let notices = owner.notices().await;
    let device = notices.iter().rfind(|notice| notice["kind"] == "device").unwrap();
    assert_eq!(owner.says("not-me", device).await.status, 204);
    assert_eq!(accomplice.me().await.problem(), "401 invalid_token");
    assert_eq!(Phone::new(&app).sign_in_by(&mut another).await.problem(), "401 wrong_passkey");
    assert!(list(&owner).await.is_empty());
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.status, 202);
}

#[tokio::test]
async fn who_does_not_know_the_password_makes_no_passkey() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for body in [json!({}), json!({"password": "a wrong horse"})] {
        assert_eq!(ask(&phone, body).await.problem(), "403 wrong_password");
    }
    assert_eq!(ask(&phone, json!({"password": ""})).await.problem(), "400 invalid_request");
    // Without it there is no challenge that would do, not even one that this phone was given for something else.
    let credential = Authenticator::es256().register(&json!({
        "user": {"id": "AAAA"}, "challenge": phone.passkey_options().await["challenge"],
    }));
    assert_eq!(add(&phone, &credential).await.problem(), "400 invalid_passkey");
}

#[tokio::test]
async fn guesses_at_the_password_cost_time() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    for _ in 0..5 {
        assert_eq!(ask(&phone, json!({"password": "a wrong horse"})).await.problem(), "403 wrong_password");
    }
    assert_eq!(ask(&phone, json!({"password": PASSWORD})).await.problem(), "429 too_many_attempts");
    app.pass(1);
    assert_eq!(ask(&phone, json!({"password": PASSWORD})).await.status, 200);
}

/// WebAuthn Level 3 section 5.1.2: a relying party is known by its domain.
#[tokio::test]
async fn a_server_without_a_name_has_no_passkeys() {
    let app = TestApp::with(|config| config.issuer = Issuer::parse("https://192.0.2.7").unwrap()).await;
    let phone = app.phone().await;
    assert_eq!(ask(&phone, json!({"password": PASSWORD})).await.problem(), "409 passkeys_unavailable");
}

/// An app of the operator's own on Android has an origin of its own; that of another app is foreign.
#[tokio::test]
async fn the_operator_s_own_apps_are_at_home() {
    let own = "android:apk-key-hash:2vZFR4uxUDGBlSO7hdUcBmKrmYYTtVZqf3cCNs7UdXk";
    let app = TestApp::with(|config| config.passkey_origins = vec![own.into()]).await;
    let phone = app.phone().await;
    for (origin, expected) in [(own, 201), (&own.replace('2', "3"), 400), ("https://login.example", 201)] {
        let mut key = Authenticator::es256();
        key.origin = origin.into();
        assert_eq!(phone.make_passkey(&mut key).await.status, expected, "{origin}");
    }
}

/// A phone cannot shed who let it in by coming in again, by a passkey of its own.
#[tokio::test]
async fn a_phone_that_signs_in_again_by_its_own_passkey_was_let_in_by_the_same() {
    let app = TestApp::new().await;
    let (owner, evil) = (app.phone().await, app.phone().await);
    let mut accomplice = Phone::new(&app);
    let waiting = accomplice.sign_in("lin", PASSWORD).await;
    let asked = evil.waiting().await.remove(0);
    assert_eq!(evil.allow(&asked, waiting.json()["digits"].as_str().unwrap()).await.status, 204);
    accomplice.sign_in_result("lin", &waiting).await;
    let mut own = Authenticator::es256();
    assert_eq!(accomplice.make_passkey(&mut own).await.status, 201);
    assert_eq!(accomplice.sign_in_by(&mut own).await.status, 201);

    let notices = owner.notices().await;
    // The newest is of the accomplice, the next of who let it in.
    let device = notices.iter().filter(|notice| notice["kind"] == "device").nth(1).unwrap();
    assert_eq!(owner.says("not-me", device).await.status, 204, "{device}");
    assert_eq!(evil.me().await.problem(), "401 invalid_token");
    assert_eq!(accomplice.me().await.problem(), "401 invalid_token");
    assert_eq!(Phone::new(&app).sign_in_by(&mut own).await.problem(), "401 wrong_passkey");
}

/// The owner's first phone owes nothing to a later one, though it has come in again by a passkey that was made there.
#[tokio::test]
async fn a_first_phone_that_signs_in_again_by_a_later_one_s_passkey_stays() {
    let app = TestApp::new().await;
    let mut first = app.phone().await;
    let (second, third) = (app.phone().await, app.phone().await);
    let mut key = Authenticator::es256();
    assert_eq!(second.make_passkey(&mut key).await.status, 201);
    assert_eq!(first.sign_in_by(&mut key).await.status, 201);
    let notices = third.notices().await;
    // The newest is of the second, the oldest of the first.
    let device = notices.iter().find(|notice| notice["kind"] == "device").unwrap();
    assert_eq!(third.says("not-me", device).await.status, 204);
    assert_eq!(second.me().await.problem(), "401 invalid_token");
    assert_eq!(first.me().await.status, 200);
}
