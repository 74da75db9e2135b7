//! `POST /api/phone/sign-in/passkey` (WebAuthn Level 3 section 7.2), by the software authenticator.

use serde_json::{Value, json};

use crate::support::{
    Authenticator, BACKED_UP, BACKUP_ELIGIBLE, Phone, TestApp, USER_PRESENT, USER_VERIFIED,
};

/// A passkey of `lin`'s, made on their first phone.
async fn enrolled(app: &TestApp, mut key: Authenticator) -> Authenticator {
    let added = app.first_or_new().await.make_passkey(&mut key).await;
    assert_eq!(added.status, 201, "{added:?}");
    key
}

/// What a test changes of an authenticator that is all right.
type Change = fn(&mut Authenticator);

#[tokio::test]
async fn a_new_phone_needs_no_name_no_password_and_no_other_phone() {
    let app = TestApp::new().await;
    for key in [Authenticator::es256(), Authenticator::ed_dsa(), Authenticator::rs256()] {
        let mut key = enrolled(&app, key).await;
        let mut phone = Phone::new(&app);
        let answer = phone.sign_in_by(&mut key).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["account"]["name"]),
            (201, &json!("lin")),
            "{answer:?}"
        );
        let widget = app.widget().start().await;
        phone.approve(&widget.qr).await;
        assert_eq!(app.site().redeem(&widget.code().await).await.status, 200);
    }
}

#[tokio::test]
async fn what_a_stranger_is_told_says_nothing_of_any_account() {
    let app = TestApp::new().await;
    enrolled(&app, Authenticator::es256()).await;
    let mut options = Phone::new(&app).passkey_options().await;
    assert_eq!(options["challenge"].take().as_str().unwrap().len(), 54);
    let expected = json!({"challenge": null, "timeout": 300_000, "rpId": "login.example", "allowCredentials": [],
        "userVerification": "required"});
    assert_eq!(options, expected);
}

#[tokio::test]
async fn the_others_are_told_and_an_own_passkey_is_no_lockout() {
    let app = TestApp::new().await;
    let owner = app.phone().await;
    let mut key = enrolled(&app, Authenticator::es256()).await;
    for host in 1..=40 {
        Phone::new(&app).at(&format!("198.51.100.{host}")).sign_in("lin", "a wrong horse").await;
    }
    assert_eq!(Phone::new(&app).at("203.0.113.9").sign_in_by(&mut key).await.status, 201);
    let kinds: Vec<Value> = owner.notices().await.iter().map(|notice| notice["kind"].clone()).collect();
    assert_eq!(kinds, ["device", "passkey"]);
}

/// MUST: WebAuthn Level 3 section 7.2: each part of an assertion that does not hold is refused.
#[tokio::test]
async fn webauthn_7_2_an_assertion_that_does_not_hold_is_refused() {
    let app = TestApp::new().await;
    let mut key = enrolled(&app, Authenticator::es256()).await;
    let (origin, rp_id, handle, flags) =
        (key.origin.clone(), key.rp_id.clone(), key.user_handle.clone(), key.flags);
    let changes: [(&str, Change); 15] = [
        ("5: an unknown passkey", |key| key.id = vec![7; 32]),
        ("6: another user", |key| key.user_handle = "AAAA".into()),
        ("6: no user", |key| key.user_handle = String::new()),
        ("10: type", |key| key.client_data = json!({"type": "webauthn.create"})),
        ("11: another challenge", |key| key.client_data = json!({"challenge": "AAAA"})),
        ("11: no challenge", |key| key.client_data = json!({"challenge": null})),
        ("12: origin", |key| key.origin = "https://evil.example".into()),
        ("12: plain http", |key| key.origin = "http://login.example".into()),
        ("13: in a frame", |key| key.client_data = json!({"crossOrigin": true})),
        ("14: of somebody", |key| key.client_data = json!({"topOrigin": "https://evil.example"})),
        ("15: relying party", |key| key.rp_id = "evil.example".into()),
        ("16: nobody there", |key| key.flags = USER_VERIFIED),
        ("17: nobody known", |key| key.flags = USER_PRESENT),
        ("18: copied, not to be", |key| key.flags |= BACKED_UP),
        ("19: may be copied all at once", |key| key.flags |= BACKUP_ELIGIBLE),
    ];
    let id = key.id.clone();
    for (step, change) in changes {
        change(&mut key);
        assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.problem(), "401 wrong_passkey", "{step}");
        (key.origin, key.rp_id, key.user_handle, key.flags) =
            (origin.clone(), rp_id.clone(), handle.clone(), flags);
        (key.client_data, key.id) = (json!({}), id.clone());
    }
    let mut other = Authenticator::es256();
    (other.id, other.user_handle) = (key.id.clone(), handle);
    assert_eq!(
        Phone::new(&app).sign_in_by(&mut other).await.problem(),
        "401 wrong_passkey",
        "21: another key"
    );
    assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.status, 201);
}

#[tokio::test]
async fn a_counter_that_does_not_grow_is_a_copy_s() {
    let app = TestApp::new().await;
    let mut key = Authenticator::es256();
    key.sign_count = 7;
    let mut key = enrolled(&app, key).await;
    assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.status, 201);
    key.sign_count = 7;
    assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.problem(), "401 wrong_passkey", "8 again");
    assert_eq!(Phone::new(&app).sign_in_by(&mut key).await.status, 201, "9");
    key.sign_count = 0;
    assert_eq!(
        Phone::new(&app).sign_in_by(&mut key).await.problem(),
        "401 wrong_passkey",
        "it counts no more"
    );
}

#[tokio::test]
async fn a_challenge_is_good_once_for_five_minutes_for_the_phone_that_asked() {
    let app = TestApp::new().await;
    let mut key = enrolled(&app, Authenticator::es256()).await;
    let (mut phone, mut thief) = (Phone::new(&app), Phone::new(&app));
    let signed = key.assert(&phone.passkey_options().await);
    assert_eq!(thief.sign_in_with(&signed).await.problem(), "401 wrong_passkey", "another phone");
    assert_eq!(phone.sign_in_with(&signed).await.status, 201);
    assert_eq!(phone.sign_in_with(&signed).await.problem(), "401 wrong_passkey", "twice");
    let late = key.assert(&phone.passkey_options().await);
    app.pass(300);
    assert_eq!(phone.sign_in_with(&late).await.problem(), "401 wrong_passkey", "too late");
}

#[tokio::test]
async fn of_ten_uses_of_one_assertion_one_is_let_in() {
    let app = TestApp::new().await;
    let mut key = enrolled(&app, Authenticator::es256()).await;
    let mut phone = Phone::new(&app);
    let signed = key.assert(&phone.passkey_options().await);
    let tries = (0..10).map(|_| phone.try_with(&signed));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(tries).await.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[401; 9]].concat());
    assert_eq!(phone.sign_in_with(&signed).await.status, 401);
}
