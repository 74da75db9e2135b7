//! What the approver is told of a request: each sign is there where it is true, and nowhere else.

use provider::login::match_code::MatchPolicy;
use serde_json::{Value, json};

use crate::support::{Ask, Phone, TestApp, Widget, places::places, site::more_sites};

/// Where browsers are, in Hamburg.
const BROWSER: &str = "192.0.2.7";

/// What a phone at this address is told; a widget of the site waits for it at [`BROWSER`].
async fn scan_from(app: &TestApp, address: &str) -> Value {
    let widget = app.widget().start().await;
    app.phone().await.at(address).scan(&widget.qr).await.json()
}

fn signs(scanned: &Value) -> Vec<&str> {
    scanned["signs"].as_array().unwrap().iter().map(|sign| sign.as_str().unwrap()).collect()
}

/// Signs in once, so that it is not the first time.
async fn have_been_here(app: &TestApp) {
    let widget = app.widget().start().await;
    app.phone().await.approve(&widget.qr).await;
}

#[tokio::test]
async fn first_time_at_a_site_is_said_once() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    assert_eq!(signs(&scan_from(&app, BROWSER).await), ["first_time_at_site", "same_network"]);
    assert_eq!(
        signs(&scan_from(&app, BROWSER).await),
        ["first_time_at_site", "same_network"],
        "a scan is no sign-in"
    );
    have_been_here(&app).await;
    assert_eq!(signs(&scan_from(&app, BROWSER).await), ["same_network"]);
    let widget = app.widget().start().await;
    let mei = app.phone_of("mei").await.scan(&widget.qr).await.json();
    assert_eq!(signs(&mei), ["first_time_at_site", "same_network"], "it was somebody else");
}

/// Also where nobody is asked what they allow, and what is allowed is taken back.
#[tokio::test]
async fn the_provider_s_own_sites_are_known_too_and_no_withdrawal_is_forgotten() {
    let app = TestApp::new().await;
    let mut own = more_sites()[0].clone();
    own["allowed_origins"] = json!(["https://site.example"]);
    app.import(own).await;
    let phone = app.phone().await;
    for ask in [Ask::of("own"), Ask::default()] {
        let widget = app.widget().start_with(&ask).await;
        phone.approve(&widget.qr).await;
    }
    assert_eq!(phone.withdraw("site").await.status, 204);
    for ask in [Ask::of("own"), Ask::default()] {
        let widget = app.widget().start_with(&ask).await;
        assert_eq!(signs(&phone.scan(&widget.qr).await.json()), ["same_network"]);
    }
}

#[tokio::test]
async fn networks_are_compared() {
    let app = TestApp::new().await;
    have_been_here(&app).await;
    assert_eq!(signs(&scan_from(&app, BROWSER).await), ["same_network"]);
    assert_eq!(signs(&scan_from(&app, "192.0.2.8").await), ["other_network"]);
    assert_eq!(signs(&scan_from(&app, "2001:db8::1").await), [""; 0], "nothing can be said");
}

#[tokio::test]
async fn countries_are_compared_where_they_are_known() {
    let app = TestApp::with(|config| config.geoip = places()).await;
    have_been_here(&app).await;
    for (phone, expected) in [
        ("192.0.2.7", vec!["same_network"]),
        ("198.51.100.1", vec!["other_network"]),
        ("203.0.113.1", vec!["other_country", "other_network"]),
        ("100.64.0.1", vec!["other_network"]),
    ] {
        let scanned = scan_from(&app, phone).await;
        assert_eq!(signs(&scanned), expected, "{phone}");
        assert_eq!(scanned["browser"]["place"], json!({"city": "Hamburg", "country": "Germany"}));
    }
    let without = TestApp::new().await;
    let scanned = scan_from(&without, "203.0.113.1").await;
    assert_eq!(scanned["browser"].get("place"), None);
    assert!(!signs(&scanned).contains(&"other_country"));
}

#[tokio::test]
async fn places_are_named_in_the_phone_s_language() {
    let app = TestApp::with(|config| config.geoip = places()).await;
    let widget = app.widget().start().await;
    let scanned = app.phone().await.with_header("accept-language", "zh-CN").scan(&widget.qr).await.json();
    assert_eq!(scanned["browser"]["place"], json!({"city": "汉堡", "country": "德国"}));
}

#[tokio::test]
async fn many_requests_in_vain_are_told_and_forgotten() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    have_been_here(&app).await;
    let scan = async || {
        let widget = app.widget().start().await;
        (phone.scan(&widget.qr).await.json(), widget)
    };
    for _ in 0..5 {
        assert_eq!(signs(&scan().await.0), ["same_network"]);
    }
    let (sixth, widget) = scan().await;
    assert_eq!(signs(&sixth), ["many_requests", "same_network"]);
    assert_eq!(sixth["match_required"], true, "and that is a risk");
    phone.match_digits(sixth["ticket"].as_str().unwrap(), &widget.digits().await).await;
    assert_eq!(phone.confirm(sixth["ticket"].as_str().unwrap()).await.status, 204);
    app.pass(599);
    assert_eq!(signs(&scan_from(&app, BROWSER).await)[0], "many_requests");
    app.pass(601);
    assert_eq!(signs(&scan_from(&app, BROWSER).await), ["same_network"]);
}

/// What was confirmed was wanted.
#[tokio::test]
async fn requests_that_were_confirmed_are_not_many() {
    let app = TestApp::new().await;
    for _ in 0..8 {
        have_been_here(&app).await;
    }
    assert_eq!(signs(&scan_from(&app, BROWSER).await), ["same_network"]);
}

/// Where the site leaves it to the risk, the digits are asked for on a risk, and a usual login takes one tap.
#[tokio::test]
async fn the_digits_are_asked_for_on_a_risk() {
    let app = TestApp::with(|config| config.geoip = places()).await;
    let asked = async |phone: &str| scan_from(&app, phone).await["match_required"].clone();
    assert_eq!(asked(BROWSER).await, false, "the first time, at home");
    assert_eq!(asked("198.51.100.1").await, true, "the first time, from another network");
    assert_eq!(asked("2001:db8::1").await, true, "the first time, and nobody knows");
    have_been_here(&app).await;
    assert_eq!(asked("198.51.100.1").await, false, "a phone on its own network is usual");
    assert_eq!(asked("203.0.113.1").await, true, "another country is not");

    let never = TestApp::with(|config| config.match_code = MatchPolicy::Never).await;
    assert_eq!(scan_from(&never, "198.51.100.1").await["match_required"], false);
}

/// What a forwarded header says is believed of a phone as little as of a browser.
#[tokio::test]
async fn a_phone_cannot_choose_its_network() {
    let app = TestApp::new().await;
    have_been_here(&app).await;
    let (widget, phone): (Widget<'_>, Phone<'_>) =
        (app.widget().start().await, app.phone().await.at("198.51.100.1"));
    let scanned = phone.with_header("x-forwarded-for", BROWSER).scan(&widget.qr).await.json();
    assert_eq!(signs(&scanned), ["other_network"]);
}
