//! A further phone needs the first one's yes: `202` of `POST /api/phone/sign-in`, its result, and `POST /api/phone/waiting/{id}/…`.

use provider::{
    account::{AccountName, admission},
    store::{AccountStore, SqliteStore},
};
use serde_json::Value;

use crate::support::{Answer, PASSWORD, Phone, TestApp};

/// A second phone of `lin` that waits for the first.
async fn waits(app: &TestApp) -> (Phone<'_>, Answer) {
    let mut phone = Phone::new(app);
    let answer = phone.sign_in("lin", PASSWORD).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    (phone, answer)
}

fn digits(waiting: &Answer) -> String {
    waiting.json()["digits"].as_str().unwrap().to_owned()
}

/// Other digits than these.
fn other_digits(digits: &str) -> String {
    format!("{:02}", (digits.parse::<u8>().unwrap() + 1) % 100)
}

#[tokio::test]
async fn the_password_alone_lets_no_second_phone_in() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    let waiting = answer.json();
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut members: Vec<&str> = waiting.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["digits", "expires_in", "request"], "and no token");
    assert_eq!((digits(&answer).len(), &waiting["expires_in"]), (2, &600.into()));
    let asked = second.sign_in_result("lin", &answer).await;
    assert_eq!((asked.status.as_u16(), digits(&asked)), (202, digits(&answer)), "it still waits");
    assert_eq!(first.devices().await.len(), 1);
}

#[tokio::test]
async fn the_first_phone_is_told_who_asks_from_where_and_never_the_digits() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    waits(&app).await;
    app.pass(60);
    let waiting = first.waiting().await;
    assert_eq!(
        (waiting.len(), &waiting[0]["name"], &waiting[0]["expires_in"]),
        (1, &"A phone".into(), &540.into())
    );
    assert_eq!(waiting[0]["from"]["address"], "192.0.2.7");
    assert!(waiting[0].get("digits").is_none(), "they are to be read from the other screen");
}

#[tokio::test]
async fn its_digits_typed_on_the_first_phone_let_it_in() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    assert_eq!(first.allow(&first.waiting().await[0], &digits(&answer)).await.status, 204);
    assert!(first.waiting().await.is_empty());
    let signed_in = second.sign_in_result("lin", &answer).await;
    assert_eq!((signed_in.status.as_u16(), &signed_in.json()["account"]["name"]), (201, &"lin".into()));
    assert_eq!((first.devices().await.len(), second.devices().await.len()), (2, 2));
    let widget = app.widget().start().await;
    second.approve(&widget.qr).await;
}

#[tokio::test]
async fn wrong_digits_turn_it_away_at_once() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    let waiting = first.waiting().await[0].clone();
    let wrong = first.allow(&waiting, &other_digits(&digits(&answer))).await;
    assert_eq!(wrong.problem(), "409 wrong_digits");
    assert_eq!(first.allow(&waiting, &digits(&answer)).await.problem(), "404 unknown_waiting", "one try");
    assert_eq!(second.sign_in_result("lin", &answer).await.problem(), "403 device_declined");
    assert_eq!(first.devices().await.len(), 1);
}

#[tokio::test]
async fn what_is_declined_stays_out() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    let waiting = first.waiting().await[0].clone();
    assert_eq!(first.turn_away(&waiting).await.status, 204);
    assert_eq!(first.turn_away(&waiting).await.problem(), "404 unknown_waiting");
    assert_eq!(first.allow(&waiting, &digits(&answer)).await.problem(), "404 unknown_waiting");
    assert_eq!(second.sign_in_result("lin", &answer).await.problem(), "403 device_declined");
}

#[tokio::test]
async fn after_ten_minutes_it_is_over() {
    let app = TestApp::new().await;
    let mut first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    let waiting = first.waiting().await[0].clone();
    app.pass(600);
    first.refresh().await;
    assert!(first.waiting().await.is_empty());
    assert_eq!(first.allow(&waiting, &digits(&answer)).await.problem(), "404 unknown_waiting");
    assert_eq!(second.sign_in_result("lin", &answer).await.problem(), "410 sign_in_expired");
}

#[tokio::test]
async fn nobody_else_collects_it() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    first.allow(&first.waiting().await[0], &digits(&answer)).await;
    let mut thief = Phone::new(&app);
    assert_eq!(thief.sign_in_result("lin", &answer).await.problem(), "410 sign_in_expired", "another key");
    assert_eq!(second.sign_in_result("lin", &answer).await.status, 201);
}

#[tokio::test]
async fn another_account_s_phone_has_no_say() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (first, kim) = (app.phone().await, app.phone_of("kim").await);
    let (_, answer) = waits(&app).await;
    let waiting = first.waiting().await[0].clone();
    assert!(kim.waiting().await.is_empty());
    assert_eq!(kim.allow(&waiting, &digits(&answer)).await.problem(), "404 unknown_waiting");
    assert_eq!(kim.turn_away(&waiting).await.problem(), "404 unknown_waiting");
    assert_eq!(first.waiting().await.len(), 1);
    for id in ["x", "../me", "00000000-0000-0000-0000-000000000000"] {
        let odd = serde_json::json!({"id": id});
        let status = first.turn_away(&odd).await.status;
        assert_eq!(status, 404, "{id}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_given_again_but_not_to_a_phone_that_was_removed() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    let (mut second, answer) = waits(&app).await;
    first.allow(&first.waiting().await[0], &digits(&answer)).await;
    assert_eq!(second.sign_in_result("lin", &answer).await.status, 201);
    let lost = second.device.clone();
    assert_eq!(second.sign_in_result("lin", &answer).await.status, 201);
    assert_ne!(second.device, lost);
    assert_eq!((first.devices().await.len(), second.devices().await.len()), (2, 2), "one phone, one device");
    first.revoke(&second.device).await;
    assert_eq!(second.sign_in_result("lin", &answer).await.problem(), "410 sign_in_expired");
    assert_eq!(first.devices().await.len(), 1);
}

#[tokio::test]
async fn the_yes_of_a_phone_that_was_removed_since_is_worth_nothing() {
    let app = TestApp::new().await;
    let (first, stolen) = (app.phone().await, app.phone().await);
    let (mut third, answer) = waits(&app).await;
    assert_eq!(stolen.allow(&stolen.waiting().await[0], &digits(&answer)).await.status, 204);
    first.revoke(&stolen.device).await;
    assert_eq!(third.sign_in_result("lin", &answer).await.problem(), "410 sign_in_expired");
}

#[tokio::test]
async fn five_wait_at_once_and_room_is_made_by_declining() {
    let app = TestApp::new().await;
    let first = app.phone().await;
    for host in 1..=5 {
        let answer = Phone::new(&app).at(&format!("203.0.113.{host}")).sign_in("lin", PASSWORD).await;
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    let mut sixth = Phone::new(&app);
    assert_eq!(sixth.sign_in("lin", PASSWORD).await.problem(), "409 too_many_waiting");
    first.turn_away(&first.waiting().await[0]).await;
    assert_eq!(sixth.sign_in("lin", PASSWORD).await.status, 202);
    let again = sixth.sign_in("lin", PASSWORD).await;
    assert_eq!((again.status.as_u16(), first.waiting().await.len()), (202, 5), "the same phone waits once");
    app.pass(600);
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.status, 202, "time makes room, too");
    assert_eq!(app.count("waiting_devices").await, 1, "and nothing is left of what is over");
}

#[tokio::test]
async fn a_phone_whose_key_is_known_is_the_same_phone() {
    let app = TestApp::new().await;
    let (mut first, other) = (app.phone().await, app.phone().await);
    assert_eq!(first.sign_in("lin", PASSWORD).await.status, 201);
    first.revoke(&first.device).await;
    assert_eq!(first.sign_in("lin", PASSWORD).await.status, 202, "a removed one is a stranger");
    assert_eq!(other.devices().await.len(), 1);
}

#[tokio::test]
async fn the_operator_lets_one_phone_in_for_who_has_lost_the_only_one() {
    let app = TestApp::new().await;
    let _lost = app.phone().await;
    let store = SqliteStore::open(app.directory.path()).await.unwrap();
    let lin = store.account_by_name(&AccountName::parse("lin").unwrap()).await.unwrap().unwrap();
    let now = app.app.clock.now();
    admission::allow_next_device(&store, lin.id, now).await.unwrap();
    assert_eq!(Phone::new(&app).sign_in("lin", "a wrong horse").await.problem(), "401 wrong_credentials");
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.status, 201);
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.status, 202, "once");
    admission::allow_next_device(&store, lin.id, now).await.unwrap();
    app.pass(24 * 3600);
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.status, 202, "within a day");
}

#[tokio::test]
async fn a_decision_is_made_once_by_however_many() {
    let app = TestApp::new().await;
    let (first, other) = (app.phone().await, app.phone().await);
    let (_, answer) = waits(&app).await;
    let waiting: Value = first.waiting().await[0].clone();
    let right = digits(&answer);
    let calls = (0..10).map(async |n| {
        let phone = if n % 2 == 0 { &first } else { &other };
        phone.allow(&waiting, &right).await.status.as_u16()
    });
    let mut statuses = futures_util::future::join_all(calls).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[204].as_slice(), &[404; 9]].concat());
}
