//! Wrong passwords cost the time of whoever tries them, and of nobody else.

use provider::{
    account::{
        AccountName,
        lockout::{Attempt, Verdict},
    },
    oauth::dpop::Thumbprint,
};

use crate::support::{Answer, PASSWORD, Phone, TestApp};

/// A place where nobody of the tests' people has ever been.
const ELSEWHERE: &str = "198.51.100.1";

async fn guess(app: &TestApp, account: &str, address: &str) -> Answer {
    Phone::new(app).at(address).sign_in(account, "a wrong horse").await
}

/// Guesses wrongly until a try is refused unlooked at; answers how many were looked at, and how long to wait.
async fn guess_until_refused(app: &TestApp, account: &str, address: &str) -> (usize, String) {
    for tries in 0..100 {
        let answer = guess(app, account, address).await;
        if answer.status == 429 {
            assert_eq!(answer.problem(), "429 too_many_attempts");
            return (tries, answer.header("retry-after").to_owned());
        }
        assert_eq!(answer.problem(), "401 wrong_credentials");
    }
    panic!("nobody stops it");
}

#[tokio::test]
async fn after_five_wrong_ones_each_waits_twice_as_long() {
    let app = TestApp::new().await;
    assert_eq!(guess_until_refused(&app, "lin", ELSEWHERE).await, (5, "1".into()));
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        app.pass(seconds - 1);
        assert_eq!(guess(&app, "lin", ELSEWHERE).await.header("retry-after"), "1", "{seconds}");
        app.pass(1);
        assert_eq!(guess(&app, "lin", ELSEWHERE).await.problem(), "401 wrong_credentials", "{seconds}");
    }
}

#[tokio::test]
async fn while_it_waits_the_right_password_is_not_looked_at_either() {
    let app = TestApp::new().await;
    guess_until_refused(&app, "lin", ELSEWHERE).await;
    let mut owner = Phone::new(&app).at(ELSEWHERE);
    assert_eq!(owner.sign_in("lin", PASSWORD).await.problem(), "429 too_many_attempts");
    app.pass(1);
    assert_eq!(owner.sign_in("lin", PASSWORD).await.status, 201);
    assert_eq!(guess_until_refused(&app, "lin", ELSEWHERE).await.0, 5, "a right one starts anew");
}

#[tokio::test]
async fn an_unknown_name_is_held_up_to_the_second_as_a_known_one() {
    let app = TestApp::new().await;
    let mut told = Vec::new();
    for account in ["lin", "nobody", "no name at all"] {
        let mut answers = Vec::new();
        for wait in [0, 0, 0, 0, 0, 0, 1, 0, 2, 0] {
            app.pass(wait);
            let answer = guess(&app, account, ELSEWHERE).await;
            answers.push((answer.status, format!("{:?}", answer.headers), answer.body));
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

#[tokio::test]
async fn nobody_is_locked_out_by_somebody_else_s_tries() {
    let app = TestApp::new().await;
    let mut owner = app.phone().await;
    // From many networks, far beyond what is free for strangers.
    for host in 1..=40 {
        guess(&app, "lin", &format!("198.51.100.{host}")).await;
    }
    assert_eq!(guess(&app, "lin", "203.0.113.9").await.problem(), "429 too_many_attempts", "strangers wait");
    assert_eq!(
        guess(&app, "mei", "203.0.113.9").await.problem(),
        "401 wrong_credentials",
        "for this account"
    );
    let at_home = Phone::new(&app).sign_in("lin", PASSWORD).await;
    assert_eq!(at_home.status, 202, "a new phone in a network that the account knows");
    owner.address = Some("203.0.113.9".parse().unwrap());
    assert_eq!(owner.sign_in("lin", PASSWORD).await.status, 201, "a phone that the account knows, anywhere");
}

#[tokio::test]
async fn a_known_phone_is_not_locked_out_from_within_its_own_network() {
    let app = TestApp::new().await;
    let mut owner = app.phone().await;
    assert_eq!(guess_until_refused(&app, "lin", "192.0.2.7").await.0, 5);
    assert_eq!(owner.sign_in("lin", PASSWORD).await.status, 201);
    assert_eq!(Phone::new(&app).sign_in("lin", PASSWORD).await.problem(), "429 too_many_attempts");
    for _ in 0..5 {
        assert_eq!(owner.sign_in("lin", "a wrong horse").await.problem(), "401 wrong_credentials");
    }
    assert_eq!(
        owner.sign_in("lin", PASSWORD).await.problem(),
        "429 too_many_attempts",
        "by its own tries it is"
    );
}

#[tokio::test]
async fn thirty_tries_of_all_strangers_together_are_free() {
    let app = TestApp::new().await;
    app.phone().await;
    for host in 1..=30 {
        assert_eq!(guess(&app, "lin", &format!("2001:db8:0:{host}::1")).await.status, 401, "{host}");
    }
    let answer = guess(&app, "lin", "2001:db8:0:99::1").await;
    assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("429 too_many_attempts", "1"));
    app.pass(1);
    assert_eq!(guess(&app, "lin", "2001:db8:0:99::1").await.status, 401);
}

#[tokio::test]
async fn an_ipv6_network_of_64_bits_is_one() {
    let app = TestApp::new().await;
    for host in 1..=5 {
        assert_eq!(guess(&app, "lin", &format!("2001:db8::{host}")).await.status, 401);
    }
    assert_eq!(guess(&app, "lin", "2001:db8::6").await.problem(), "429 too_many_attempts");
}

#[tokio::test]
async fn a_network_is_known_from_which_the_phone_has_called() {
    let app = TestApp::new().await;
    let mut owner = app.phone().await;
    owner.address = Some("203.0.113.9".parse().unwrap());
    assert_eq!(owner.refresh().await.status, 200);
    for host in 1..=31 {
        guess(&app, "lin", &format!("198.51.100.{host}")).await;
    }
    assert_eq!(Phone::new(&app).at("203.0.113.9").sign_in("lin", PASSWORD).await.status, 202);
    assert_eq!(Phone::new(&app).at("203.0.113.10").sign_in("lin", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn of_twenty_tries_at_once_five_are_looked_at() {
    let app = TestApp::new().await;
    let calls = (0..20).map(async |_| guess(&app, "lin", ELSEWHERE).await.status.as_u16());
    let mut statuses = futures_util::future::join_all(calls).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[401; 5].as_slice(), &[429; 15]].concat());
}

#[tokio::test]
async fn all_is_forgotten_a_day_after_the_last_try() {
    let app = TestApp::new().await;
    guess_until_refused(&app, "lin", ELSEWHERE).await;
    app.pass(24 * 3600);
    assert_eq!(guess_until_refused(&app, "lin", ELSEWHERE).await.0, 5);
}

#[tokio::test]
async fn who_knows_the_password_and_waits_for_a_yes_has_no_more_tries_than_others() {
    let app = TestApp::new().await;
    let owner = app.phone().await;
    for _ in 0..5 {
        let mut stranger = Phone::new(&app).at(ELSEWHERE);
        assert_eq!(stranger.sign_in("lin", PASSWORD).await.status, 202);
    }
    let refused = Phone::new(&app).at(ELSEWHERE).sign_in("lin", PASSWORD).await;
    assert_eq!(refused.problem(), "429 too_many_attempts", "so that nobody is asked until they say yes");
    let waiting = owner.waiting().await;
    owner.turn_away(&waiting[0]).await;
    let refused = Phone::new(&app).at(ELSEWHERE).sign_in("lin", PASSWORD).await;
    assert_eq!(refused.header("retry-after"), "32", "a no counts as five");
}

#[tokio::test]
async fn a_yes_forgives() {
    let app = TestApp::new().await;
    let owner = app.phone().await;
    for _ in 0..4 {
        guess(&app, "lin", ELSEWHERE).await;
    }
    let mut phone = Phone::new(&app).at(ELSEWHERE);
    let waiting = phone.sign_in("lin", PASSWORD).await;
    let digits = waiting.json()["digits"].as_str().unwrap().to_owned();
    owner.allow(&owner.waiting().await[0], &digits).await;
    assert_eq!(phone.sign_in_result("lin", &waiting).await.status, 201);
    assert_eq!(guess_until_refused(&app, "lin", ELSEWHERE).await.0, 5);
}

#[tokio::test]
async fn a_flood_of_names_pushes_out_its_own_counts_first() {
    let app = TestApp::new().await;
    let store = &app.app.store;
    let now = app.app.clock.now();
    let attempt = |name: String| {
        let name = AccountName::parse(&name).unwrap();
        Attempt::new(Some(&name), &Thumbprint::from_stored("key".into()), ELSEWHERE.parse().unwrap())
    };
    for _ in 0..5 {
        assert!(matches!(
            store.claim_attempt(&attempt("lin".into()), 10, now).await.unwrap(),
            Verdict::Go(_)
        ));
    }
    for number in 0..600 {
        store.claim_attempt(&attempt(format!("nobody-{number}")), 10, now).await.unwrap();
    }
    assert!(app.count("sign_in_attempts").await <= 10 + 256);
    let held = store.claim_attempt(&attempt("lin".into()), 10, now).await.unwrap();
    assert!(matches!(held, Verdict::Wait(_)), "{held:?}");
}
