//! SIGTERM: whoever waits is answered at once, requests under way are finished, and browsers go on with the next server.

use std::time::Duration;

use saoma_tests::{Browser, Operator, RelyingParty, eventually, sign_in, within};

/// Much less than the 15 s of a heartbeat and the 25 s of a long-poll.
const AT_ONCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn an_event_stream_ends_and_resumes_at_the_next_server() {
    let operator = Operator::new();
    let mut server = operator.open().await;
    let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    let mut events = browser.listen(&login, None).await;
    assert_eq!(events.next().await.unwrap().data["state"], "waiting");
    phone.scan(&login.qr).await.unwrap();
    let scanned = within(AT_ONCE, "the scan is told", events.next()).await.unwrap();
    assert_eq!(scanned.data["state"], "scanned");

    server.ask_to_stop();
    assert_eq!(within(AT_ONCE, "the stream ends", events.next()).await, None);
    assert_eq!(server.stopped().await.code(), Some(0));
    server.start().await;

    let mut events = browser.listen(&login, Some(&scanned.id)).await;
    phone.confirm().await.unwrap();
    let confirmed = within(AT_ONCE, "the confirmation is told", events.next()).await.unwrap();
    assert_eq!(confirmed.data["state"], "confirmed", "what was seen before is not told again");
    assert_eq!(events.next().await, None, "a final state ends the stream");
    let site = RelyingParty::new(&server.url());
    assert_eq!(site.redeem(&browser.code(&login).await).await.status, 200);
}

#[tokio::test]
async fn a_held_long_poll_is_answered() {
    let operator = Operator::new();
    drop(operator.open().await);
    let mut server = operator.server().with(&["--max-followers", "1"]);
    server.start().await;
    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    let (waiter, waited_for) = (browser.clone(), login.clone());
    // There is room for one, so others are sent away while this one is held; until then they may have its place.
    let held = tokio::spawn(async move {
        loop {
            let answer = waiter.wait(&waited_for, 1).await;
            if answer.status != 503 {
                return answer;
            }
        }
    });
    eventually("the long-poll is held", async || {
        let next = browser.wait(&login, 0).await;
        (next.status == 503).then_some(())
    })
    .await;

    server.ask_to_stop();
    let answer = within(AT_ONCE, "the long-poll is answered", held).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!((answer.text("state").as_str(), answer.json()["version"].as_u64()), ("waiting", Some(1)));
    assert_eq!(server.stopped().await.code(), Some(0));
    assert!(server.log().contains("stopped"), "{}", server.log());
}

#[tokio::test]
async fn an_idle_server_stops_and_leaves_its_data_closed() {
    let operator = Operator::new();
    let mut server = operator.open().await;
    server.ask_to_stop();
    assert_eq!(server.stopped().await.code(), Some(0));
    let files = std::fs::read_dir(operator.data()).unwrap().map(|file| file.unwrap().file_name());
    let files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
    assert!(files.contains(&"saoma.sqlite".to_owned()), "{files:?}");
    assert!(!files.iter().any(|name| name.ends_with("-wal")), "SQLite's log is written back: {files:?}");
}
