//! Limits, as the operator sets them.

use reqwest::{Client, StatusCode, header};
use saoma_tests::{Browser, Operator, RelyingParty};

#[tokio::test]
async fn whoever_starts_too_much_is_told_when_to_come_again_and_what_is_under_way_goes_on() {
    let operator = Operator::new();
    let server = operator.open_with(&["--limit-starts", "3"]).await;
    let mut browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    for _ in 0..2 {
        browser.ask_by_widget().await;
    }
    let refused = browser.get(&RelyingParty::authorize_path()).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "three a minute are one in 20 s: {wait}");
    assert_eq!(browser.state(&login).await, "waiting");
}

#[tokio::test]
async fn who_forgot_to_name_their_proxy_is_told_once() {
    let operator = Operator::new();
    let mut server = operator.open_with(&["--limit-sites", "1"]).await;
    let url = format!("{}/token", server.url());
    let mut refused = 0;
    for visitor in 1..=5 {
        let call = Client::new().post(&url).header("x-forwarded-for", format!("198.51.100.{visitor}"));
        let answer = call.send().await.unwrap();
        refused += u32::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    }
    assert_eq!(refused, 4, "they all come from one address");
    server.ask_to_stop();
    server.stopped().await;
    assert_eq!(server.log().matches("name it in trusted_proxies").count(), 1, "{}", server.log());

    let mut server = operator.server().with(&["--limit-sites", "1", "--trusted-proxies", "127.0.0.1"]);
    server.start().await;
    for visitor in 1..=5 {
        let call = Client::new().post(format!("{}/token", server.url()));
        let answer = call.header("x-forwarded-for", format!("198.51.100.{visitor}")).send().await.unwrap();
        assert_ne!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "each is a caller of their own");
    }
}
