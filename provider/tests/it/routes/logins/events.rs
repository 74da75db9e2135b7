//! `GET /api/logins/{id}` by server-sent events.

use crate::support::TestApp;

/// What a login event with this version and state looks like.
fn event(version: u64, state: &str, expires_in: u64) -> String {
    format!(
        "event: login\nid: {version}\ndata: {{\"state\":\"{state}\",\"version\":{version},\
         \"expires_in\":{expires_in},\"renewals_left\":5,\"age_ms\":0}}\n\n"
    )
}

#[tokio::test]
async fn each_change_is_an_event_and_a_final_one_the_last() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let mut events = widget.events(None).await;
    assert_eq!(events.next().await.unwrap(), "retry: 1000\n: hello\n\n");
    assert_eq!(events.next().await.unwrap(), event(1, "waiting", 120));
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(events.next().await.unwrap(), event(2, "scanned", 60));
    phone.confirm(&ticket).await;
    assert_eq!(events.next().await.unwrap(), event(3, "confirmed", 0));
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_change_wakes_who_listens() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let (heard, ()) = tokio::join!(widget.listen(Some(1)), async {
        app.until_followed().await;
        phone.approve(&widget.qr).await;
    });
    assert!(heard.body.contains("\"state\":\"confirmed\""), "{heard:?}");
    assert!(!heard.body.contains("waiting"));
}

#[tokio::test]
async fn it_resumes_past_the_last_event() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    let mut events = widget.events(Some(1)).await;
    events.next().await;
    assert_eq!(events.next().await.unwrap(), event(2, "scanned", 60));
    let mut events = widget.events(Some(2)).await;
    events.next().await;
    phone.confirm(&ticket).await;
    assert_eq!(events.next().await.unwrap(), event(3, "confirmed", 0));
}

#[tokio::test]
async fn every_15_seconds_it_says_that_it_is_alive() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let mut events = widget.events(Some(1)).await;
    events.next().await;
    for _ in 0..3 {
        let (beat, ()) = tokio::join!(events.next(), async {
            app.until_followed().await;
            app.pass(15);
        });
        assert_eq!(beat.unwrap(), ": still here\n\n");
    }
}

#[tokio::test]
async fn expiry_is_an_event_and_the_end() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.pass(110);
    let (heard, ()) = tokio::join!(widget.listen(Some(1)), async {
        app.until_followed().await;
        app.pass(10);
    });
    assert!(heard.body.contains("id: 2\n") && heard.body.contains("\"state\":\"expired\""), "{heard:?}");
}

#[tokio::test]
async fn an_ended_login_s_stream_ends_even_for_who_has_seen_the_end() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    widget.cancel().await;
    assert!(widget.listen(None).await.body.contains("\"state\":\"cancelled\""));
    assert!(!widget.listen(Some(2)).await.body.contains("event: login"));
}

#[tokio::test]
async fn it_ends_when_the_server_stops() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let (heard, ()) = tokio::join!(widget.listen(Some(1)), async {
        app.until_followed().await;
        app.app.shutdown.stop();
    });
    assert!(!heard.body.contains("event: login"), "{heard:?}");
    assert_eq!(app.app.bell.listened_to(), 0);
}

#[tokio::test]
async fn an_odd_last_event_begins_at_the_beginning() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    widget.cancel().await;
    let headers = [
        ("accept", "text/event-stream"),
        ("last-event-id", "not a number"),
        ("saoma-browser-secret", &widget.secret),
    ];
    let path = format!("/api/logins/{}", widget.id);
    let answer = app.call(axum::http::Method::GET, &path, &headers, "").await;
    assert!(answer.body.contains("\"state\":\"cancelled\""), "{answer:?}");
}
