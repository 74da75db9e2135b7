//! `GET /api/logins/{id}` by plain poll and long-poll.

use serde_json::json;

use crate::support::{TestApp, site::REDIRECT_URI};

#[tokio::test]
async fn all_three_transports_agree() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    app.pass(1);
    let view =
        json!({"state": "scanned", "version": 2, "expires_in": 59, "renewals_left": 5, "age_ms": 1000});
    assert_eq!(widget.look().await.json(), view);
    assert_eq!(widget.wait(1).await.json(), view);
    let mut events = widget.events(None).await;
    events.next().await;
    let event = events.next().await.unwrap();
    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(data).unwrap(), view);
    phone.confirm(&ticket).await;
    assert_eq!(widget.look().await.json()["version"], 3);
}

#[tokio::test]
async fn a_look_is_never_stored_by_caches() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    assert_eq!(widget.look().await.header("cache-control"), "no-store");
    assert_eq!(widget.wait(0).await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_long_poll_behind_the_version_returns_at_once() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    assert_eq!(widget.wait(0).await.json()["version"], 1);
    phone.ticket(&widget.qr).await;
    assert_eq!(widget.wait(1).await.json()["state"], "scanned");
}

#[tokio::test]
async fn a_long_poll_returns_upon_a_change() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let (answer, ()) = tokio::join!(widget.wait(1), async {
        app.until_followed().await;
        phone.ticket(&widget.qr).await;
    });
    assert_eq!((&answer.json()["state"], &answer.json()["version"]), (&json!("scanned"), &json!(2)));
}

#[tokio::test]
async fn a_long_poll_without_a_change_returns_after_25_seconds() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let (answer, ()) = tokio::join!(widget.wait(1), async {
        app.until_followed().await;
        app.pass(25);
    });
    let view =
        json!({"state": "waiting", "version": 1, "expires_in": 95, "renewals_left": 5, "age_ms": 25_000});
    assert_eq!((answer.status.as_u16(), answer.json()), (200, view));
}

#[tokio::test]
async fn a_long_poll_returns_when_the_time_runs_out() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    app.pass(110);
    let (answer, ()) = tokio::join!(widget.wait(1), async {
        app.until_followed().await;
        app.pass(10);
    });
    assert_eq!(answer.json()["state"], "expired");
}

#[tokio::test]
async fn a_long_poll_of_an_ended_login_returns_at_once() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    widget.cancel().await;
    assert_eq!(widget.wait(99).await.json()["state"], "cancelled");
}

#[tokio::test]
async fn a_server_that_stops_answers_its_long_polls_at_once() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let (answer, ()) = tokio::join!(widget.wait(1), async {
        app.until_followed().await;
        app.app.shutdown.stop();
    });
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (200, &json!("waiting")));
}

#[tokio::test]
async fn a_version_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let mut widget = app.widget().start().await;
    let id = widget.id.clone();
    for odd in ["?after=", "?after=x", "?after=-1", "?after=99999999999999999999", "?after=1&after=1"] {
        widget.id = format!("{id}{odd}");
        assert_eq!(widget.look().await.problem(), "400 invalid_request", "{odd}");
    }
    widget.id = id;
    assert_eq!(widget.state().await, "waiting");
}

#[tokio::test]
async fn expiry_is_seen_without_any_write() {
    let app = TestApp::new().await;
    let widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    app.pass(119);
    assert_eq!(widget.look().await.json()["expires_in"], 1);
    app.pass(1);
    let view = widget.look().await.json();
    assert_eq!(
        (&view["state"], &view["version"], &view["expires_in"]),
        (&json!("expired"), &json!(2), &json!(0))
    );
    assert_eq!(app.stored(&widget.id).await, stored);
}

#[tokio::test]
async fn every_unfinished_state_expires() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (scanned, confirmed) = (app.widget().start().await, app.widget().start().await);
    let (delivered, redeemed) = (app.widget().start().await, app.widget().start().await);
    phone.ticket(&scanned.qr).await;
    for widget in [&confirmed, &delivered, &redeemed] {
        phone.approve(&widget.qr).await;
    }
    delivered.code().await;
    app.site().redeem(&redeemed.code().await).await;
    app.pass(60);
    for widget in [&scanned, &confirmed, &delivered] {
        assert_eq!(widget.state().await, "expired");
    }
    assert_eq!(redeemed.state().await, "confirmed");
}

#[tokio::test]
async fn after_a_no_the_way_back_is_told() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    assert!(widget.look().await.json().get("return_to").is_none());
    let ticket = phone.ticket(&widget.qr).await;
    phone.deny(&ticket).await;
    let view = widget.look().await.json();
    let back = view["return_to"].as_str().unwrap();
    assert!(back.starts_with(&format!("{REDIRECT_URI}?error=access_denied&error_description=")), "{back}");
    assert!(back.ends_with("&iss=https%3A%2F%2Flogin.example&state=the-state"), "{back}");
}

#[tokio::test]
async fn too_many_who_wait_are_told_so_and_may_still_look() {
    let app = TestApp::with(|config| config.limits.followers = 1).await;
    let widget = app.widget().start().await;
    let events = widget.events(None).await;
    for refused in [widget.wait(1).await, widget.listen(None).await] {
        assert_eq!(refused.problem(), "503 busy");
        assert_eq!(refused.header("retry-after"), "2");
    }
    assert_eq!(widget.state().await, "waiting");
    drop(events);
    assert_eq!(widget.wait(0).await.status, 200, "who leaves makes room");
}

#[tokio::test]
async fn no_login_takes_all_the_places() {
    let app = TestApp::new().await;
    let (widget, other) = (app.widget().start().await, app.widget().start().await);
    let mut following = Vec::new();
    for _ in 0..16 {
        let mut events = widget.events(Some(1)).await;
        events.next().await;
        following.push(Box::pin(async move { events.next().await }));
    }
    let waiting = futures_util::future::join_all(following);
    let (_, refused) = tokio::join!(waiting, async {
        app.until_followed().await;
        let refused = widget.wait(1).await.problem();
        assert_eq!(other.wait(0).await.status, 200, "another login has room");
        widget.cancel().await;
        refused
    });
    assert_eq!(refused, "503 busy");
}
