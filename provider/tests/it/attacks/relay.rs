//! Phishing across devices: the attacker's browser, the victim's phone.

use protocol::phone::Sign;
use serde_json::{Value, json};

use crate::support::{Ask, Phone, TestApp, Widget, places::places};

/// Where the victim's phone is, in Lyon. The attacker's browser is in Hamburg, where every browser of these tests is.
const VICTIM: &str = "203.0.113.9";

async fn app() -> TestApp {
    TestApp::with(|config| config.geoip = places()).await
}

async fn victim(app: &TestApp) -> Phone<'_> {
    app.phone().await.at(VICTIM)
}

fn has(scanned: &Value, sign: Sign) -> bool {
    scanned["signs"].as_array().unwrap().contains(&json!(sign))
}

/// Asserts that the attacker has nothing in hand.
async fn assert_empty_handed(attacker: &Widget<'_>) {
    assert_eq!(attacker.state().await, "denied");
    assert_eq!(attacker.result().await.problem(), "409 not_confirmed");
}

/// Session phishing: "scan this to win". The phone says whose browser it is, and asks for digits that the victim's screen does not have.
#[tokio::test]
async fn a_code_that_was_relayed_meets_digits_and_the_truth_about_its_browser() {
    let app = app().await;
    let (attacker, victim) = (app.widget().start().await, victim(&app).await);
    let scanned = victim.scan(&attacker.qr_now().await).await.json();
    assert_eq!(scanned["browser"]["place"], json!({"country": "Germany", "city": "Hamburg"}));
    assert!(has(&scanned, Sign::OtherCountry) && has(&scanned, Sign::FirstTimeAtSite), "{scanned}");
    assert_eq!(scanned["match_required"], true);
    let ticket = scanned["ticket"].as_str().unwrap();
    assert_eq!(victim.confirm(ticket).await.problem(), "409 match_needed");
    let other = if attacker.digits().await == "00" { "01" } else { "00" };
    assert_eq!(victim.match_digits(ticket, other).await.problem(), "409 wrong_match_code");
    assert_empty_handed(&attacker).await;
}

/// Where the victim knows the site, too: another country is a risk by itself.
#[tokio::test]
async fn a_site_that_the_victim_knows_makes_no_difference() {
    let app = app().await;
    let victim = victim(&app).await;
    let own = app.widget().start().await;
    victim.approve_all(&own.qr, async || own.digits().await).await;
    let attacker = app.widget().start().await;
    let scanned = victim.scan(&attacker.qr).await.json();
    assert!(!has(&scanned, Sign::FirstTimeAtSite) && has(&scanned, Sign::OtherCountry), "{scanned}");
    assert_eq!(scanned["match_required"], true);
    assert_eq!(victim.deny(scanned["ticket"].as_str().unwrap()).await.status, 204);
    assert_empty_handed(&attacker).await;
}

/// Consent phishing: a site of the attacker's, by a name that is another's. Nobody has vouched for it, its own host is shown, and it
/// gets what the person agrees to and no more.
#[tokio::test]
async fn a_site_by_another_s_name_is_shown_by_its_own_host_and_gets_what_it_is_given() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "bank", "client_name": "Your Bank", "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://bank.attacker.example/callback"], "allowed_origins": ["https://site.example"],
    }))
    .await;
    let ask = Ask::default()
        .with("client_id", "bank")
        .with("redirect_uri", "https://bank.attacker.example/callback");
    let (attacker, victim) = (app.widget().start_with(&ask).await, app.phone().await);
    let scanned = victim.scan(&attacker.qr).await.json();
    let site = &scanned["site"];
    assert_eq!((&site["host"], &site["verified"]), (&json!("bank.attacker.example"), &json!(false)));
    assert!(site.get("logo").is_none() && has(&scanned, Sign::FirstTimeAtSite), "{scanned}");
    assert_eq!(site["consent"], true, "it is asked what it gets");
    let ticket = scanned["ticket"].as_str().unwrap();
    assert_eq!(victim.confirm_only(ticket, &["openid"]).await.status, 204);
    let redeem = Ask::redeem(&attacker.code().await)
        .with("client_id", "bank")
        .with("redirect_uri", "https://bank.attacker.example/callback");
    let tokens = app.site().token_as(None, &redeem).await.json();
    assert_eq!(tokens["scope"], "openid");
    let told = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert!(told.get("email").is_none() && told.get("name").is_none(), "{told}");
}

/// Device-code phishing, by a browser: letters that are read out over the telephone have no age that a frame could tell.
#[tokio::test]
async fn letters_that_are_read_out_meet_digits_wherever_they_are_typed() {
    let app = TestApp::new().await;
    let (attacker, victim) = (app.widget().start().await, app.phone().await);
    let letters = attacker.type_code().await.json()["user_code"].as_str().unwrap().to_owned();
    let scanned = victim.type_code(&letters).await.json();
    assert!(has(&scanned, Sign::TypedCode), "{scanned}");
    assert_eq!(scanned["match_required"], true);
    assert_eq!(victim.confirm(scanned["ticket"].as_str().unwrap()).await.problem(), "409 match_needed");
    assert_eq!(attacker.state().await, "scanned");
}

/// Push fatigue: whoever tries again and again makes it worse for themselves.
#[tokio::test]
async fn who_tries_again_and_again_is_known_by_that() {
    let app = TestApp::new().await;
    let victim = app.phone().await;
    app.tokens_by(&victim).await;
    for _ in 0..5 {
        let attacker = app.widget().start().await;
        let scanned = victim.scan(&attacker.qr).await.json();
        assert!(!has(&scanned, Sign::ManyRequests) && scanned["match_required"] == false, "{scanned}");
        victim.deny(scanned["ticket"].as_str().unwrap()).await;
    }
    let scanned = victim.scan(&app.widget().start().await.qr).await.json();
    assert!(has(&scanned, Sign::ManyRequests) && scanned["match_required"] == true, "{scanned}");
}

/// What nothing stops: a victim who is shown the digits as well, types them, and confirms. The phone tells of it at once, and one word
/// takes everything back.
#[tokio::test]
async fn who_was_led_through_every_step_hears_of_it_and_takes_it_back() {
    let app = app().await;
    let (mut attacker, victim) = (app.browser(), victim(&app).await);
    let code = attacker.sign_in(&Ask::default(), &victim).await.code();
    let tokens = app.site().redeem(&code).await.json();
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.site().userinfo(access).await.status, 200, "the attacker is in");

    let notices = victim.notices().await;
    let notice = notices.iter().find(|notice| notice["kind"] == "login").unwrap();
    assert_eq!(victim.says("not-me", notice).await.status, 204);
    assert_eq!(app.site().userinfo(access).await.status, 401);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(app.site().refresh(refresh).await.oauth_error(), "400 invalid_grant");
    let silent = attacker.try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(silent.error(), "login_required");
}
