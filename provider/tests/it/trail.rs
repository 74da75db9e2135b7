//! The audit trail: what is done is told by the same transaction, cannot be changed or cut, and holds no secret.

use std::time::Duration;

use provider::{
    account::{AccountId, AccountName, admission},
    clock::Time,
    trail::{Event, Kept, Part, Revocation, line},
};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{Ask, PASSWORD, Phone, START, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn trail(app: &TestApp) -> Vec<Kept> {
    app.app.store.trail(Part::default(), 10_000).await.unwrap()
}

async fn kinds(app: &TestApp) -> Vec<String> {
    trail(app).await.iter().map(|kept| line(kept)["kind"].as_str().unwrap().to_owned()).collect()
}

async fn lin(app: &TestApp) -> AccountId {
    let name = AccountName::parse("lin").unwrap();
    app.app.store.account_by_name(&name).await.unwrap().unwrap().id
}

async fn database(app: &TestApp) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(app.directory.path().join("saoma.sqlite"));
    file.connect().await.unwrap()
}

#[tokio::test]
async fn a_login_is_told_from_its_start_to_its_grant() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    app.tokens_by(&phone).await;
    let told = kinds(&app).await;
    let of_login = told.iter().skip_while(|kind| *kind != "login_started").collect::<Vec<_>>();
    assert_eq!(of_login, ["login_started", "login_scanned", "login_confirmed", "signed_in", "grant_made"]);
    let trail = trail(&app).await;
    let scanned = line(trail.iter().find(|kept| line(kept)["kind"] == "login_scanned").unwrap());
    assert_eq!(scanned["at"], "2026-01-01T00:00:00.000Z");
    assert_eq!(scanned["address"], "192.0.2.7");
    assert_eq!(scanned["client"], "site");
    assert_eq!(scanned["device"], phone.device);
    assert_eq!(scanned["details"]["browser"], "192.0.2.7");
    for member in ["id", "account", "login"] {
        assert!(scanned[member].is_string(), "{member}: {scanned}");
    }
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let widget = app.widget().start().await;
    let ticket = phone.ticket(&widget.qr).await;
    phone.confirm(&ticket).await;
    let before = kinds(&app).await;
    assert_eq!(phone.confirm(&ticket).await.problem(), "409 already_decided");
    assert_eq!(phone.deny(&ticket).await.problem(), "409 already_decided");
    assert_eq!(phone.scan(&widget.qr).await.problem(), "409 already_decided");
    widget.cancel().await;
    assert_eq!(kinds(&app).await, before);
}

#[tokio::test]
async fn a_replayed_code_and_a_stolen_refresh_token_say_why_a_grant_ended() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    app.site().redeem(&code).await;
    app.site().redeem(&code).await;
    let first = app.tokens(&Ask::default()).await["refresh_token"].as_str().unwrap().to_owned();
    let second = app.site().refresh(&first).await.json()["refresh_token"].as_str().unwrap().to_owned();
    app.site().refresh(&second).await;
    app.site().refresh(&first).await;
    let why: Vec<_> = trail(&app)
        .await
        .into_iter()
        .filter_map(|kept| match kept.entry.event {
            Event::GrantRevoked { why, .. } => Some(why),
            _ => None,
        })
        .collect();
    assert_eq!(why, [Revocation::CodeReplayed, Revocation::RefreshTokenReplayed]);
}

#[tokio::test]
async fn what_strangers_can_repeat_is_counted_and_told_a_hundred_times_an_hour() {
    let app = TestApp::new().await;
    for _ in 0..105 {
        app.widget().start().await;
    }
    let started = async || kinds(&app).await.iter().filter(|kind| *kind == "login_started").count();
    assert_eq!(started().await, 100);
    app.pass(3600);
    app.widget().start().await;
    assert_eq!(started().await, 101);
    let counts = app.app.store.trail_counts(None).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|one| (one.subject.as_str(), one.count)).collect();
    assert_eq!(counts, [("site", 105), ("site", 1)]);
}

#[tokio::test]
async fn a_wrong_password_is_told_of_known_accounts_and_counted_of_others() {
    let app = TestApp::new().await;
    for name in ["lin", "nobody", "no name"] {
        let refused = Phone::new(&app).sign_in(name, "a wrong one").await;
        assert_eq!(refused.problem(), "401 wrong_credentials");
    }
    let counts = app.app.store.trail_counts(None).await.unwrap();
    let id = lin(&app).await.0.to_string();
    let counts: Vec<_> = counts.iter().map(|one| (one.subject.clone(), one.count)).collect();
    assert_eq!(counts, [(String::new(), 2), (id, 1)]);
    let of_lin = app.app.store.trail(Part { account: Some(lin(&app).await), ..Part::default() }, 100);
    let last = of_lin.await.unwrap().pop().unwrap();
    assert_eq!(line(&last)["kind"], "sign_in_failed");
    assert_eq!(line(&last)["address"], "192.0.2.7");
}

#[tokio::test]
async fn recent_requests_are_an_account_s_scans_since_then() {
    let app = TestApp::new().await;
    app.add_account("kim").await;
    let (phone, other) = (app.phone().await, app.phone_of("kim").await);
    for phone in [&phone, &phone, &other] {
        phone.ticket(&app.widget().start().await.qr).await;
        app.pass(60);
    }
    let id = lin(&app).await;
    let since = async |seconds: u64| {
        app.app.store.recent_requests(id, START + Duration::from_secs(seconds)).await.unwrap()
    };
    assert_eq!((since(0).await, since(60).await, since(61).await), (2, 1, 0));
}

#[tokio::test]
async fn a_phone_that_asks_to_be_let_in_is_told_of_and_what_came_of_it() {
    let app = TestApp::new().await;
    let before = trail(&app).await.len();
    let first = app.phone().await;
    let mut second = Phone::new(&app);
    let asked = second.sign_in("lin", PASSWORD).await;
    first.allow(&first.waiting().await[0], asked.json()["digits"].as_str().unwrap()).await;
    second.sign_in_result("lin", &asked).await;
    Phone::new(&app).sign_in("lin", PASSWORD).await;
    let stranger = first.waiting().await[0].clone();
    first.turn_away(&stranger).await;
    first.turn_away(&stranger).await;
    assert_eq!(
        kinds(&app).await[before..],
        [
            "device_enrolled",
            "device_asked",
            "device_allowed",
            "device_enrolled",
            "device_asked",
            "device_turned_away"
        ]
    );
    let told = trail(&app).await;
    let (asked, allowed) = (line(&told[before + 1]), line(&told[before + 2]));
    assert_eq!((&asked["details"]["name"], &asked["address"]), (&"A phone".into(), &"192.0.2.7".into()));
    assert!(asked.get("device").is_none(), "it is none of the account's");
    assert_eq!((&allowed["details"]["name"], &allowed["device"]), (&"A phone".into(), &first.device.into()));
}

#[tokio::test]
async fn not_me_is_told_with_all_that_it_took_back() {
    let app = TestApp::new().await;
    let (owner, stranger) = (app.phone().await, app.phone().await);
    stranger.approve(&app.widget().start().await.qr).await;
    let before = trail(&app).await.len();
    let notices = owner.notices().await;
    let of_stranger = notices.iter().find(|notice| notice["kind"] == "device").unwrap();
    owner.says("not-me", of_stranger).await;
    owner.says("not-me", of_stranger).await;
    let told: Vec<_> = trail(&app).await[before..].iter().map(line).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((&told[0]["kind"], &told[0]["details"]["what"]), (&"taken_back".into(), &"device".into()));
    assert_eq!(told[0]["device"], owner.device, "by whom");
    assert_eq!((&told[1]["kind"], &told[1]["device"]), (&"device_revoked".into(), &stranger.device.into()));
    assert_eq!(told[1]["details"]["by"], owner.device);
}

#[tokio::test]
async fn the_operator_s_word_for_a_phone_is_told() {
    let app = TestApp::new().await;
    admission::allow_next_device(&*app.app.store, lin(&app).await, app.app.clock.now()).await.unwrap();
    let told = line(trail(&app).await.last().unwrap());
    assert_eq!((&told["kind"], told["account"].is_string()), (&"next_device_allowed".into(), true));
}

#[tokio::test]
async fn the_database_refuses_to_change_or_cut_the_trail() {
    let app = TestApp::new().await;
    app.widget().start().await;
    let before = trail(&app).await;
    let mut database = database(&app).await;
    for sql in [
        "update trail set address = null",
        "update trail set at = 0",
        "delete from trail",
        "insert or replace into trail (number, at, kind, details) values (1, 0, 'login_denied', '{}')",
        "insert or replace into trail (id, at, kind, details)
             values ((select id from trail limit 1), 0, 'login_denied', '{}')",
        "update trail_counts set count = 0",
        "delete from trail_counts",
        "delete from trail_retention",
        "update trail_retention set start = -1",
    ] {
        let refused = sqlx::query(sql).execute(&mut database).await.unwrap_err();
        let said = refused.to_string();
        assert!(said.contains("append-only") || said.contains("retention"), "{sql}: {said}");
    }
    assert_eq!(trail(&app).await, before);
}

#[tokio::test]
async fn what_is_older_than_the_retention_is_cut_and_nothing_else() {
    let app = TestApp::new().await;
    app.widget().start().await;
    app.clock.advance(DAY);
    let phone = app.phone().await;
    let now = app.app.clock.now();
    assert!(app.app.store.cut_trail(now - DAY / 2).await.unwrap() > 0);
    assert_eq!(kinds(&app).await, ["device_enrolled"]);
    assert_eq!(app.app.store.cut_trail(START).await.unwrap(), 0, "a clock turned back cuts nothing");
    let mut database = database(&app).await;
    assert!(sqlx::query("delete from trail").execute(&mut database).await.is_err());
    phone.ticket(&app.widget().start().await.qr).await;
    assert_eq!(kinds(&app).await, ["device_enrolled", "login_started", "login_scanned"]);
}

#[tokio::test]
async fn it_holds_no_secret() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let qr = browser.qr(&page).await;
    let ticket = phone.ticket(&qr).await;
    phone.match_digits(&ticket, &browser.digits(&page).await).await;
    phone.confirm(&ticket).await;
    let back = browser.get(&page).await.header("location").to_owned();
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let tokens = app.site().redeem(code).await.json();
    Phone::new(&app).sign_in("lin", "a wrong password").await;

    let text: String = trail(&app).await.iter().map(|kept| line(kept).to_string()).collect();
    let mut secrets = vec![qr.clone(), ticket, code.to_owned(), PASSWORD.into(), "a wrong password".into()];
    secrets.push(qr.rsplit('/').next().unwrap().to_owned());
    secrets.extend(browser.cookies.values().cloned());
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.push(tokens[name].as_str().unwrap().to_owned());
    }
    secrets.extend([phone.access_token.expose().to_owned(), phone.refresh_token.expose().to_owned()]);
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}");
    }
    assert!(!text.contains("saoma_"), "{text}");
}

#[tokio::test]
async fn a_part_is_read_from_a_time_and_a_place_on() {
    let app = TestApp::new().await;
    app.pass(10);
    let phone = app.phone().await;
    phone.ticket(&app.widget().start().await.qr).await;
    let since = Some(Time::from_millis(START.millis() + 1));
    let part = Part { since, ..Part::default() };
    let later = app.app.store.trail(part, 100).await.unwrap();
    assert_eq!(later.len(), 3);
    let rest = app.app.store.trail(Part { after: later[0].number, ..part }, 1).await.unwrap();
    assert_eq!(rest, later[1..2]);
}
