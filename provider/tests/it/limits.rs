//! Limits: whoever asks too often waits; nobody else does.

use axum::http::Method;
use provider::{config::Limits, limits::Rule};
use serde_json::json;

use crate::support::{
    Answer, Ask, PASSWORD, Phone, TestApp,
    site::{CLIENT, PUBLIC_CLIENT, SECRET},
};
use provider::forwarded::{ForwardedHeader, Proxies};

/// The address that tests' requests come from by themselves.
const PROXY: &str = "192.0.2.7";

/// A provider with these limits, and one rule at this many calls a minute, that lets tests say where a request comes from.
async fn limited(rule: Rule, calls: u32) -> TestApp {
    with(|limits| limits.rates.set(rule, calls)).await
}

async fn with(change: impl FnOnce(&mut Limits)) -> TestApp {
    TestApp::with(|config| {
        change(&mut config.limits);
        let trusted = vec![Proxies::parse(PROXY).unwrap()];
        config.proxies = Proxies { trusted, header: ForwardedHeader::XForwardedFor };
    })
    .await
}

/// A site sends a browser at this address.
async fn start(app: &TestApp, address: &str) -> Answer {
    let path = format!("/authorize?{}", Ask::default().query());
    app.call(Method::GET, &path, &[("x-forwarded-for", address)], "").await
}

/// A site without a credential, at this address, asks for tokens.
async fn token(app: &TestApp, address: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", address)];
    let ask = Ask::redeem("saoma_code_none").with("client_id", PUBLIC_CLIENT);
    app.call(Method::POST, "/token", &headers, &ask.query()).await
}

/// Asserts that somebody is told to wait for so long.
#[track_caller]
fn assert_waits(answer: &Answer, seconds: u32) {
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.header("retry-after"), seconds.to_string());
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn who_starts_too_many_sign_ins_waits_as_long_as_told() {
    let app = limited(Rule::Starts, 6).await;
    for _ in 0..6 {
        assert_eq!(start(&app, "198.51.100.1").await.status, 303);
    }
    let refused = start(&app, "198.51.100.1").await;
    assert_waits(&refused, 10);
    assert!(refused.body.contains("Too many requests") && refused.body.contains("请求过于频繁"));
    assert_eq!((app.logins().await, refused.header("set-cookie")), (6, ""), "nothing was started");
    app.pass(9);
    assert_waits(&start(&app, "198.51.100.1").await, 1);
    app.pass(1);
    assert_eq!(start(&app, "198.51.100.1").await.status, 303);
    assert_waits(&start(&app, "198.51.100.1").await, 10);
}

#[tokio::test]
async fn another_address_is_another_caller_and_a_network_of_ipv6_is_one() {
    let app = limited(Rule::Starts, 1).await;
    assert_eq!(start(&app, "198.51.100.1").await.status, 303);
    assert_eq!(start(&app, "198.51.100.2").await.status, 303);
    assert_eq!(start(&app, "2001:db8:0:1::1").await.status, 303);
    for same in
        ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff:ffff:ffff:ffff", "::ffff:198.51.100.2"]
    {
        assert_waits(&start(&app, same).await, 60);
    }
    assert_eq!(start(&app, "2001:db8:0:2::1").await.status, 303);
}

#[tokio::test]
async fn a_forwarded_header_of_a_stranger_makes_nobody_another_caller() {
    let app = TestApp::with(|config| config.limits.rates.set(Rule::Starts, 1)).await;
    assert_eq!(start(&app, "198.51.100.1").await.status, 303);
    assert_waits(&start(&app, "198.51.100.2").await, 60);
}

#[tokio::test]
async fn a_widget_is_refused_in_a_way_that_its_page_may_read() {
    let app = limited(Rule::Starts, 1).await;
    app.widget().start().await;
    let refused = app.widget().try_start(&Ask::default()).await;
    assert_eq!(refused.problem(), "429 too_many_requests");
    assert_waits(&refused, 60);
    assert_eq!(refused.header("access-control-allow-origin"), "*");
    assert_eq!(refused.header("access-control-expose-headers"), "retry-after");
    let stranger = [("origin", "https://evil.example"), ("content-type", "application/json")];
    let path = format!("/api/logins?client_id={CLIENT}");
    let told = app.call(Method::POST, &path, &stranger, &Ask::default().json().to_string()).await;
    assert_eq!(told.body, refused.body, "everybody is told the same");
}

#[tokio::test]
async fn a_renewal_is_a_start() {
    let app = limited(Rule::Starts, 2).await;
    let mut widget = app.widget().start().await;
    app.pass(120);
    for expected in [201, 201, 429] {
        let renewed = widget.renew("request").await;
        assert_eq!(renewed.status, expected, "{renewed:?}");
        if expected == 201 {
            widget.take(&renewed.json());
            widget.cancel().await;
        }
    }
}

#[tokio::test]
async fn polling_has_a_limit_of_its_own() {
    let app = limited(Rule::Browsing, 3).await;
    let widget = app.widget().start().await;
    for _ in 0..3 {
        assert_eq!(widget.state().await, "waiting");
    }
    assert_eq!(widget.look().await.problem(), "429 too_many_requests");
    assert_eq!(start(&app, PROXY).await.status, 303, "starting is counted apart");
}

#[tokio::test]
async fn a_site_is_refused_in_oauth_s_words() {
    let app = limited(Rule::Sites, 1).await;
    assert_eq!(token(&app, "198.51.100.1").await.oauth_error(), "400 invalid_grant");
    let refused = token(&app, "198.51.100.1").await;
    assert_eq!(refused.oauth_error(), "429 temporarily_unavailable");
    assert_waits(&refused, 60);
    assert_eq!(token(&app, "198.51.100.2").await.oauth_error(), "400 invalid_grant");
    for path in ["/introspect", "/revoke", "/par", "/userinfo", "/register"] {
        let refused = app.call(Method::POST, path, &[("x-forwarded-for", "198.51.100.1")], "").await;
        assert_eq!(refused.oauth_error(), "429 temporarily_unavailable", "{path}");
    }
}

#[tokio::test]
async fn a_client_is_counted_wherever_it_calls_from_once_it_has_proved_who_it_is() {
    let app = limited(Rule::Client, 2).await;
    let wrong = Some((CLIENT, "a secret that a stranger has made up for it"));
    for _ in 0..5 {
        let refused = app.site().token_as(wrong, &Ask::refresh("saoma_refresh_none")).await;
        assert_eq!(refused.oauth_error(), "401 invalid_client", "a stranger uses up nothing of the client's");
    }
    let ask = Ask::refresh("saoma_refresh_none");
    let right = Some((CLIENT, SECRET));
    for _ in 0..2 {
        assert_eq!(app.site().token_as(right, &ask).await.oauth_error(), "400 invalid_grant");
    }
    let refused = app.site().token_as(right, &ask).await;
    assert_eq!(refused.oauth_error(), "429 temporarily_unavailable");
    assert_waits(&refused, 30);
    assert_eq!(token(&app, PROXY).await.oauth_error(), "400 invalid_grant", "others go on");
}

#[tokio::test]
async fn a_phone_is_counted_by_itself_and_a_stranger_uses_up_nothing_of_its() {
    let app = limited(Rule::Device, 2).await;
    app.add_account("mei").await;
    let (phone, other) = (app.phone().await, app.phone_of("mei").await);
    for _ in 0..5 {
        let forged = other.proof("GET", "/api/phone/me", Some(&phone.access_token));
        let refused = phone.call_with(Method::GET, "/api/phone/me", None, &forged).await;
        assert_eq!(refused.problem(), "401 invalid_token");
    }
    for _ in 0..2 {
        assert_eq!(phone.call(Method::GET, "/api/phone/me", None).await.status, 200);
    }
    let refused = phone.call(Method::GET, "/api/phone/me", None).await;
    assert_eq!(refused.problem(), "429 too_many_requests");
    assert_waits(&refused, 30);
    assert_eq!(other.call(Method::GET, "/api/phone/me", None).await.status, 200);
}

#[tokio::test]
async fn an_account_s_scans_are_counted_over_all_its_phones() {
    let app = limited(Rule::Scans, 2).await;
    app.add_account("mei").await;
    let (one, other, mei) = (app.phone().await, app.phone().await, app.phone_of("mei").await);
    let widget = app.widget().start().await;
    assert_eq!(one.scan("nothing").await.problem(), "400 malformed_qr");
    assert_eq!(other.scan("nothing").await.problem(), "400 malformed_qr");
    assert_eq!(one.scan(&widget.qr).await.problem(), "429 too_many_requests");
    assert_eq!(widget.state().await, "waiting", "it was not scanned");
    assert_eq!(mei.scan(&widget.qr).await.status, 200);
}

#[tokio::test]
async fn an_account_s_decisions_are_counted() {
    let app = limited(Rule::Decisions, 2).await;
    let (phone, widget) = (app.phone().await, app.widget().start().await);
    let ticket = phone.ticket(&widget.qr).await;
    for path in ["/api/phone/confirm", "/api/phone/deny"] {
        let guess = json!({"ticket": "saoma_ticket_none"});
        assert_eq!(phone.call(Method::POST, path, Some(guess)).await.problem(), "403 invalid_ticket");
    }
    assert_eq!(phone.confirm(&ticket).await.problem(), "429 too_many_requests");
    app.pass(30);
    assert_eq!(phone.confirm(&ticket).await.status, 204);
}

#[tokio::test]
async fn phones_that_sign_in_are_counted_before_their_passwords_are_looked_at() {
    let app = limited(Rule::SignIns, 1).await;
    let phone = app.phone().await;
    let body = json!({"account": "lin", "password": "wrong", "device_name": "A phone"});
    let proof = phone.proof("POST", "/api/phone/sign-in", None);
    let refused = app.post_json("/api/phone/sign-in", &[("dpop", &proof)], &body).await;
    assert_eq!(refused.problem(), "429 too_many_requests");
    assert_waits(&refused, 60);
    assert_eq!(phone.call(Method::GET, "/api/phone/me", None).await.status, 200, "who is in stays in");
}

#[tokio::test]
async fn a_phone_that_waits_to_be_let_in_asks_as_often_as_it_likes() {
    let app = limited(Rule::SignIns, 2).await;
    let first = app.phone().await;
    let mut second = Phone::new(&app);
    let waiting = second.sign_in("lin", PASSWORD).await;
    for _ in 0..10 {
        assert_eq!(second.sign_in_result("lin", &waiting).await.status, 202);
    }
    first.allow(&first.waiting().await[0], waiting.json()["digits"].as_str().unwrap()).await;
    assert_eq!(second.sign_in_result("lin", &waiting).await.status, 201);
}

#[tokio::test]
async fn one_network_opens_so_many_sign_ins_and_none_of_them_is_lost() {
    let app = with(|limits| limits.open_logins_per_network = 2).await;
    let mut browser = app.browser();
    let first = browser.ask(&Ask::default()).await;
    let second = start(&app, PROXY).await;
    assert_eq!(second.status, 303);
    for _ in 0..50 {
        assert_waits(&start(&app, PROXY).await, 10);
    }
    assert_eq!(app.logins().await, 2);
    assert_eq!(start(&app, "2001:db8::1").await.status, 303, "other networks go on");
    browser.approve(&first, &app.phone().await).await;
    assert_eq!(
        browser.get(&first).await.header("location").split('?').next(),
        Some("https://site.example/callback")
    );
    assert_eq!(start(&app, PROXY).await.status, 303, "what has ended makes room");
}

#[tokio::test]
async fn what_has_run_out_makes_room() {
    let app = with(|limits| limits.open_logins_per_network = 1).await;
    assert_eq!(start(&app, "2001:db8::1").await.status, 303);
    assert_waits(&start(&app, "2001:db8::2").await, 10);
    app.pass(120);
    assert_eq!(start(&app, "2001:db8::2").await.status, 303);
}

#[tokio::test]
async fn a_flood_from_everywhere_ends_at_the_whole_server_s_number_and_pushes_nobody_out() {
    let app = with(|limits| limits.open_logins = 5).await;
    let widget = app.widget().start().await;
    let flood = (0..100).map(|n| format!("198.51.100.{n}"));
    let mut refused = 0;
    for address in flood {
        let answer = start(&app, &address).await;
        if answer.status == 429 {
            refused += 1;
        }
    }
    assert_eq!((refused, app.logins().await), (96, 5));
    app.phone().await.approve(&widget.qr).await;
    assert_eq!(app.site().redeem(&widget.code().await).await.status, 200, "who was first goes on");
    app.pass(121);
    assert_eq!(start(&app, PROXY).await.status, 303);
}

#[tokio::test]
async fn files_and_documents_are_never_refused() {
    let app = TestApp::with(|config| {
        for rule in Rule::ALL {
            config.limits.rates.set(rule, 1);
        }
    })
    .await;
    for path in ["/.well-known/openid-configuration", "/jwks.json", "/openapi.json", "/healthz", "/readyz"] {
        for _ in 0..3 {
            assert_eq!(app.get(path).await.status, 200, "{path}");
        }
    }
}
