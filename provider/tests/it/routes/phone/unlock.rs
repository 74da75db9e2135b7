//! `POST /api/phone/unlock`: sites that guard much ask who holds the phone, each time.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Ask, Authenticator, PASSWORD, Phone, TestApp, site::more_sites};

/// A server with a site that asks for a fresh unlock.
async fn guarded() -> TestApp {
    let app = TestApp::new().await;
    let mut own = more_sites()[0].clone();
    own["allowed_origins"] = json!(["https://site.example"]);
    own["require_unlock"] = json!(true);
    app.import(own).await;
    app
}

fn ticket(scanned: &Value) -> &str {
    scanned["ticket"].as_str().unwrap()
}

#[tokio::test]
async fn the_right_password_lets_the_person_go_on() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start_with(&Ask::of("own")).await, app.phone().await);
    let scanned = phone.scan(&widget.qr).await.json();
    assert_eq!(scanned["unlock"], json!({"password": true}));
    let stored = app.stored(&widget.id).await;
    assert_eq!(phone.confirm(ticket(&scanned)).await.problem(), "409 unlock_needed");
    assert_eq!(app.stored(&widget.id).await, stored, "and nothing has changed");
    app.pass(50);
    let unlocked = phone.unlock(ticket(&scanned), PASSWORD).await;
    assert_eq!((unlocked.status.as_u16(), unlocked.json()), (200, json!({"expires_in": 60})));
    assert_eq!(phone.unlock(ticket(&scanned), "whatever").await.status, 200, "an answer may be lost");
    app.pass(50);
    assert_eq!(phone.confirm(ticket(&scanned)).await.status, 204);
    assert_eq!(widget.state().await, "confirmed");
}

#[tokio::test]
async fn the_third_wrong_password_ends_the_login() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start_with(&Ask::of("own")).await, app.phone().await);
    let scanned = phone.scan(&widget.qr).await.json();
    for _ in 0..2 {
        assert_eq!(phone.unlock(ticket(&scanned), "wrong").await.problem(), "403 wrong_password");
        assert_eq!(widget.state().await, "scanned");
    }
    assert_eq!(phone.unlock(ticket(&scanned), "wrong").await.problem(), "409 too_many_tries");
    let view = widget.look().await.json();
    assert_eq!((&view["state"], &view["reason"]), (&json!("denied"), &json!("not_unlocked")));
    for after in [phone.unlock(ticket(&scanned), PASSWORD).await, phone.confirm(ticket(&scanned)).await] {
        assert_eq!(after.problem(), "409 too_many_tries");
    }
}

#[tokio::test]
async fn two_slips_are_forgiven() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start_with(&Ask::of("own")).await, app.phone().await);
    let scanned = phone.scan(&widget.qr).await.json();
    for wrong in ["wrong", "wronger"] {
        phone.unlock(ticket(&scanned), wrong).await;
    }
    assert_eq!(phone.unlock(ticket(&scanned), PASSWORD).await.status, 200);
    assert_eq!(phone.confirm(ticket(&scanned)).await.status, 204);
}

#[tokio::test]
async fn another_phone_can_neither_unlock_nor_use_up_the_tries() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start_with(&Ask::of("own")).await, app.phone().await);
    let (scanned, stranger) = (phone.scan(&widget.qr).await.json(), app.phone().await);
    for password in ["wrong", "wrong", "wrong", PASSWORD] {
        assert_eq!(stranger.unlock(ticket(&scanned), password).await.problem(), "403 invalid_ticket");
    }
    assert_eq!(phone.confirm(ticket(&scanned)).await.problem(), "409 unlock_needed");
    assert_eq!(phone.unlock(ticket(&scanned), PASSWORD).await.status, 200);
}

#[tokio::test]
async fn what_is_not_asked_for_is_refused() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let scanned = phone.scan(&widget.qr).await.json();
    assert_eq!(scanned.get("unlock"), None);
    assert_eq!(phone.unlock(ticket(&scanned), PASSWORD).await.problem(), "400 invalid_request");
    for odd in ["", &"a".repeat(1025)] {
        assert_eq!(phone.unlock(ticket(&scanned), odd).await.problem(), "400 invalid_request");
    }
    assert_eq!(phone.confirm(ticket(&scanned)).await.status, 204);
}

/// A session is no fresh unlock: such a site gets a code to scan each time.
#[tokio::test]
async fn a_session_does_not_do() {
    let app = guarded().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    browser.sign_in(&Ask::default(), &phone).await.code();
    let guarded = browser.try_ask(&Ask::of("own").with("prompt", "none")).await;
    assert_eq!(guarded.error(), "login_required");
    let page = browser.ask(&Ask::of("own")).await;
    assert!(browser.get(&page).await.body.contains("Scan with the Saoma app"));
}

/// Wrong passwords are counted over all logins, so that an unlocked phone that was found gives three guesses and not three a login.
#[tokio::test]
async fn guesses_go_on_at_no_next_login() {
    let app = guarded().await;
    let phone = app.phone().await;
    let scan = async || {
        let widget = app.widget().start_with(&Ask::of("own")).await;
        ticket(&phone.scan(&widget.qr).await.json()).to_owned()
    };
    for _ in 0..2 {
        let ticket = scan().await;
        for _ in 0..2 {
            assert_eq!(phone.unlock(&ticket, "wrong").await.problem(), "403 wrong_password");
        }
    }
    let ticket = scan().await;
    assert_eq!(phone.unlock(&ticket, "wrong").await.problem(), "403 wrong_password");
    for _ in 0..5 {
        let early = phone.unlock(&ticket, PASSWORD).await;
        assert_eq!((early.problem(), early.header("retry-after")), ("429 too_many_attempts".into(), "1"));
    }
    app.pass(1);
    assert_eq!(phone.unlock(&ticket, PASSWORD).await.status, 200, "what was not looked at used up no try");
}

/// A passkey of `lin`'s, made on this phone.
async fn passkey(phone: &Phone<'_>) -> Authenticator {
    let mut key = Authenticator::es256();
    let made = phone.make_passkey(&mut key).await;
    assert_eq!(made.status, 201, "{made:?}");
    key
}

fn offered(scanned: &Value) -> Value {
    serde_json::from_str(scanned["unlock"]["passkey"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_passkey_lets_the_person_go_on() {
    let app = guarded().await;
    let phone = app.phone().await;
    let mut key = passkey(&phone).await;
    let widget = app.widget().start_with(&Ask::of("own").with("scope", "openid")).await;
    let scanned = phone.scan(&widget.qr).await.json();
    let options = offered(&scanned);
    assert_eq!(options["allowCredentials"], json!([{"type": "public-key", "id": key.id()}]));
    let unlocked = phone.unlock_by(ticket(&scanned), &key.assert(&options)).await;
    assert_eq!((unlocked.status.as_u16(), unlocked.json()), (200, json!({"expires_in": 60})));
    assert_eq!(phone.confirm(ticket(&scanned)).await.status, 204);
    assert_eq!(widget.state().await, "confirmed");
}

#[tokio::test]
async fn a_passkey_s_word_is_for_one_login_of_its_own_account() {
    let app = guarded().await;
    app.add_account("kim").await;
    let (lin, kim) = (app.phone().await, app.phone_of("kim").await);
    let (mut key, mut other) = (passkey(&lin).await, passkey(&kim).await);
    let scan = async || {
        let widget = app.widget().start_with(&Ask::of("own")).await;
        lin.scan(&widget.qr).await.json()
    };
    let (first, second) = (scan().await, scan().await);
    let for_first = key.assert(&offered(&first));
    let refused = lin.unlock_by(ticket(&second), &for_first).await;
    assert_eq!(refused.problem(), "403 wrong_password", "another login's challenge");
    let refused = lin.unlock_by(ticket(&second), &other.assert(&offered(&second))).await;
    assert_eq!(refused.problem(), "403 wrong_password", "another account's passkey");
    assert_eq!(lin.unlock_by(ticket(&first), &for_first).await.status, 200);
    let refused = lin.unlock_by(ticket(&second), &for_first).await;
    assert_eq!(refused.problem(), "409 too_many_tries", "the third ends the login");
}

#[tokio::test]
async fn a_passkey_and_a_password_at_once_are_neither() {
    let app = guarded().await;
    let (widget, phone) = (app.widget().start_with(&Ask::of("own")).await, app.phone().await);
    let mut key = passkey(&phone).await;
    let scanned = phone.scan(&widget.qr).await.json();
    let both =
        json!({"ticket": ticket(&scanned), "password": PASSWORD, "passkey": key.assert(&offered(&scanned))});
    for body in [both, json!({"ticket": ticket(&scanned)})] {
        let refused = phone.call(Method::POST, "/api/phone/unlock", Some(body)).await;
        assert_eq!(refused.problem(), "400 invalid_request");
    }
}

/// Who needs more time has it: the passkey's challenge lasts as long as its login.
#[tokio::test]
async fn a_passkey_s_challenge_lasts_as_long_as_its_login() {
    let app = TestApp::with(|config| config.lifetimes.scanned = std::time::Duration::from_mins(10)).await;
    let mut own = more_sites()[0].clone();
    own["allowed_origins"] = json!(["https://site.example"]);
    own["require_unlock"] = json!(true);
    app.import(own).await;
    let phone = app.phone().await;
    let mut key = passkey(&phone).await;
    let widget = app.widget().start_with(&Ask::of("own")).await;
    let scanned = phone.scan(&widget.qr).await.json();
    app.pass(9 * 60);
    let unlocked = phone.unlock_by(ticket(&scanned), &key.assert(&offered(&scanned))).await;
    assert_eq!(unlocked.status, 200, "{unlocked:?}");
}
