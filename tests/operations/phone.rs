//! `saoma phone`: the mock phone as a command. It answers in JSON, says by its exit status whether it worked, and prints no
//! secret.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::{
    clock::Clock,
    mock_phone::{Admitted, DeviceKey, MockPhone},
};
use saoma_tests::{
    Browser, Operator, PASSWORD, PhoneCommand, Ran, RelyingParty, Server, draw_qr, eventually,
};
use serde_json::{Value, json};

struct Place {
    operator: Operator,
    server: Server,
    browser: Browser,
    phone: PhoneCommand,
}

impl Place {
    async fn open() -> Self {
        Self::with(|server| server).await
    }

    /// With a server that is set up like this.
    async fn with(set_up: impl FnOnce(Server) -> Server) -> Self {
        let operator = Operator::new();
        let server = operator.start(set_up(operator.server())).await;
        let (browser, phone) = (Browser::new(&server.url()), PhoneCommand::new(operator.path("phone")));
        phone.sign_in(server.issuer(), "lin", PASSWORD).await.well();
        Self { operator, server, browser, phone }
    }
}

/// A company's back end, which vouches for its users (RFC 7523).
struct Company {
    key: DeviceKey,
    issuer: String,
}

impl Company {
    async fn register(place: &Place) -> Self {
        let key = DeviceKey::generate().unwrap();
        let metadata = json!({
            "client_id": "company", "client_name": "A company", "token_endpoint_auth_method": "private_key_jwt",
            "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "jwks": {"keys": [key.public_jwk()]},
        });
        place.operator.import(&metadata).await.well();
        Self { key, issuer: place.server.issuer().to_owned() }
    }

    /// An assertion about this person, whose identifier is `jti`.
    fn vouch(&self, account: &str, jti: &str) -> String {
        let now = Clock::System.now().seconds();
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let claims = json!({
            "iss": "company", "sub": account, "aud": self.issuer, "iat": now, "exp": now + 60, "jti": jti,
            "device_name": "Company phone",
        });
        let message = format!("{}.{}", part(&json!({"alg": "ES256"})), part(&claims));
        let signature = self.key.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// It failed, with this error in JSON and one line for people.
#[track_caller]
fn assert_failed(ran: &Ran, error: &str) {
    assert_eq!((ran.status, &ran.json()["error"]), (Some(1), &json!(error)), "{ran:?}");
    assert!(ran.err.starts_with("saoma phone: ") && ran.err.lines().count() == 1, "{}", ran.err);
}

#[tokio::test]
async fn sign_in_scan_and_confirm() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    let scanned = place.phone.run(&["scan", &login.qr], "").await;
    let scanned = scanned.well().json();
    assert_eq!(scanned["site"]["name"], "A site");
    assert_eq!(scanned["site"]["host"], "site.example");
    assert_eq!(scanned["account"]["display_name"], "Lin Example");
    assert_eq!(scanned["browser"]["name"], "Chrome on Linux");
    assert_eq!(place.browser.state(&login).await, "scanned");
    let confirmed = place.phone.run(&["confirm"], "").await;
    assert_eq!(confirmed.well().json(), json!({"decision": "confirmed"}));
    assert_eq!(place.browser.state(&login).await, "confirmed");
    assert_failed(&place.phone.run(&["confirm"], "").await, "nothing_scanned");
}

#[tokio::test]
async fn the_digits_and_the_password_are_given_with_the_yes() {
    let place = Place::open().await;
    let mut site = RelyingParty::metadata();
    site["match_code"] = json!("always");
    site["require_unlock"] = json!(true);
    place.operator.import(&site).await.well();
    let login = place.browser.ask_by_widget().await;
    let scanned = place.phone.run(&["scan", &login.qr], "").await;
    let scanned = scanned.well().json();
    assert_eq!((&scanned["match_required"], &scanned["unlock"]), (&json!(true), &json!({"password": true})));
    assert_failed(&place.phone.run(&["confirm"], "").await, "match_needed");
    let view = place.browser.look(&login).await.json();
    let digits = view["match_code"].as_str().unwrap();
    assert_failed(&place.phone.run(&["confirm", "--match-code", digits], "").await, "unlock_needed");
    let wrong = place.phone.run(&["confirm", "--password-stdin"], "wrong\n").await;
    assert_failed(&wrong, "wrong_password");
    let confirmed = place.phone.run(&["confirm", "--password-stdin"], &format!("{PASSWORD}\n")).await;
    assert_eq!(confirmed.well().json(), json!({"decision": "confirmed"}));
    assert_eq!(place.browser.state(&login).await, "confirmed");
}

#[tokio::test]
async fn wrong_digits_end_it() {
    let place = Place::open().await;
    let mut site = RelyingParty::metadata();
    site["match_code"] = json!("always");
    place.operator.import(&site).await.well();
    let login = place.browser.ask_by_widget().await;
    place.phone.run(&["scan", &login.qr], "").await.well();
    let view = place.browser.look(&login).await.json();
    let digits: u32 = view["match_code"].as_str().unwrap().parse().unwrap();
    let other = format!("{:02}", (digits + 1) % 100);
    assert_failed(&place.phone.run(&["confirm", "--match-code", &other], "").await, "wrong_match_code");
    assert_failed(&place.phone.run(&["confirm"], "").await, "nothing_scanned");
    assert_eq!(place.browser.state(&login).await, "denied");
}

#[tokio::test]
async fn scan_and_deny() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.run(&["scan", &login.qr], "").await.well();
    let denied = place.phone.run(&["deny"], "").await;
    assert_eq!(denied.well().json(), json!({"decision": "denied"}));
    assert_eq!(place.browser.state(&login).await, "denied");
    assert_failed(&place.phone.run(&["approve", &login.qr], "").await, "already_decided");
}

#[tokio::test]
async fn approve_what_a_code_says() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    let approved = place.phone.run(&["approve", &login.qr], "").await;
    assert_eq!(approved.well().json()["decision"], "confirmed");
    assert_eq!(place.browser.state(&login).await, "confirmed");

    let login = place.browser.ask_by_widget().await;
    place.phone.run(&["approve", "-"], &format!("{}\n", login.qr)).await.well();
    assert_eq!(place.browser.state(&login).await, "confirmed", "from standard input");
}

#[tokio::test]
async fn approve_a_picture_of_a_code() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    let picture = place.operator.path("screenshot.png");
    draw_qr(&login.qr, &picture);
    let approved = place.phone.run(&["approve", picture.to_str().unwrap()], "").await;
    assert_eq!(approved.well().json()["site"]["name"], "A site");
    assert_eq!(place.browser.state(&login).await, "confirmed");

    std::fs::write(&picture, "no picture").unwrap();
    let refused = place.phone.run(&["approve", picture.to_str().unwrap()], "").await;
    assert_failed(&refused, "unreadable_picture");
}

#[tokio::test]
async fn devices_are_listed_named_and_revoked() {
    let place = Place::open().await;
    let other = PhoneCommand::new(place.operator.path("other-phone"));
    let allowed = place.operator.run(&["account", "allow-device", "lin"], "").await;
    assert_eq!(allowed.well().json(), json!({"account": "lin", "hours": 24}));
    let enrolled = other.sign_in(&place.server.url(), "lin", PASSWORD).await;
    let id = enrolled.well().json()["device_id"].as_str().unwrap().to_owned();
    place.phone.run(&["rename", &id, "The lost one"], "").await.well();
    let devices = place.phone.run(&["devices"], "").await;
    let devices = devices.well().json();
    assert_eq!(devices["devices"].as_array().unwrap().len(), 2);
    assert_eq!(devices["devices"][0]["name"], "The lost one");

    let revoked = place.phone.run(&["revoke", &id], "").await;
    assert_eq!(revoked.well().json(), json!({"revoked": id}));
    assert_failed(&other.run(&["devices"], "").await, "invalid_token");
    let gone = place.phone.run(&["sign-out"], "").await;
    assert_eq!(gone.well().json(), json!({"signed_out": true}));
    assert_failed(&place.phone.run(&["devices"], "").await, "not_signed_in");
}

/// What waits, once something does.
async fn waiting(phone: &PhoneCommand) -> String {
    eventually("a phone waits to be let in", async || {
        let notices = phone.run(&["notices"], "").await;
        notices.well().json()["waiting"][0]["id"].as_str().map(str::to_owned)
    })
    .await
}

#[tokio::test]
async fn another_phone_is_let_in_by_its_digits_or_turned_away() {
    let place = Place::open().await;
    let url = place.server.url();
    let newcomer = MockPhone::open(&place.operator.path("newcomer")).unwrap();
    let asked = newcomer.ask_to_sign_in(&url, "lin", PASSWORD, "Another phone").await.unwrap();
    let Admitted::Waiting(asked) = asked else { panic!("the password alone let it in") };
    let id = waiting(&place.phone).await;
    let allowed = place.phone.run(&["allow-device", &id, &asked.digits], "").await;
    assert_eq!(allowed.well().json(), json!({"allowed": id}));
    newcomer.wait_for_consent(&asked).await.unwrap();
    assert_eq!(newcomer.devices().await.unwrap().len(), 2);

    let stranger = PhoneCommand::new(place.operator.path("stranger"));
    let (refused, denied) = tokio::join!(stranger.sign_in(&url, "lin", PASSWORD), async {
        let id = waiting(&place.phone).await;
        (place.phone.run(&["deny-device", &id], "").await, id)
    });
    assert_eq!(denied.0.well().json(), json!({"denied": denied.1}));
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (Some(1), &json!("device_declined")),
        "{refused:?}"
    );
    assert!(refused.err.contains("Type there: "), "{}", refused.err);
}

#[tokio::test]
async fn a_passkey_unlocks_here_and_signs_in_elsewhere() {
    let place = Place::with(|server| server.on_localhost().with(&["--match-code", "never"])).await;
    let mut site = RelyingParty::metadata();
    site["require_unlock"] = json!(true);
    place.operator.import(&site).await.well();
    assert_failed(&place.phone.run(&["add-passkey", "--password-stdin"], "wrong\n").await, "wrong_password");
    let typed = format!("{PASSWORD}\n");
    let made = place.phone.run(&["add-passkey", "--name", "My key", "--password-stdin"], &typed).await;
    let made = made.well().json();
    assert_eq!((&made["name"], &made["backed_up"]), (&json!("My key"), &json!(true)));

    let login = place.browser.ask_by_widget().await;
    let scanned = place.phone.run(&["scan", &login.qr], "").await;
    assert!(scanned.well().json()["unlock"]["passkey"].is_string());
    place.phone.run(&["confirm", "--passkey"], "").await.well();
    assert_eq!(place.browser.state(&login).await, "confirmed");

    let other = PhoneCommand::new(place.operator.path("other"));
    let file = place.operator.path("phone/passkey.json");
    let by = ["sign-in", "--server", place.server.issuer(), "--passkey", file.to_str().unwrap()];
    assert_eq!(other.run(&by, "").await.well().json()["account"]["name"], "lin");
    let listed = other.run(&["passkeys"], "").await.well().json();
    assert_eq!(listed["passkeys"][0]["id"], made["id"]);
    let id = made["id"].as_str().unwrap();
    let renamed = other.run(&["rename-passkey", id, "The blue one"], "").await;
    assert_eq!(renamed.well().json()["name"], "The blue one");
    assert_eq!(other.run(&["remove-passkey", id], "").await.well().json(), json!({"removed": id}));
    let third = PhoneCommand::new(place.operator.path("third"));
    assert_failed(&third.run(&by, "").await, "wrong_passkey");
}

#[tokio::test]
async fn what_was_somebody_else_is_taken_back() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.run(&["approve", &login.qr], "").await.well();
    let notices = place.phone.run(&["notices"], "").await;
    let notice = notices.well().json()["notices"][0].clone();
    assert_eq!((&notice["site"], &notice["due"]), (&json!("A site"), &json!(true)));
    let id = notice["id"].as_str().unwrap();
    assert_eq!(place.phone.run(&["seen", id], "").await.well().json(), json!({"seen": id}));
    let taken_back = place.phone.run(&["not-me", id], "").await;
    assert_eq!(taken_back.well().json(), json!({"taken_back": id}));
    assert_eq!(place.browser.state(&login).await, "cancelled");
    assert_failed(&place.phone.run(&["not-me", id], "").await, "unknown_notice");
}

#[tokio::test]
async fn what_a_site_asks_for_is_declined_listed_and_taken_back() {
    let place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    let scanned = place.phone.run(&["scan", &login.qr], "").await;
    let site = &scanned.well().json()["site"];
    assert_eq!(site["consent"], true);
    assert_eq!(site["scopes"][0], json!({"name": "openid", "optional": false, "granted": false}));
    assert_failed(&place.phone.run(&["confirm", "--decline", "email"], "").await, "not_asked");
    assert_failed(&place.phone.run(&["confirm", "--decline", "openid"], "").await, "needed_scope");
    place.phone.run(&["confirm", "--decline", "profile"], "").await.well();

    let sites = place.phone.run(&["sites"], "").await;
    let sites = sites.well().json();
    assert_eq!(
        (&sites["sites"][0]["client_id"], &sites["sites"][0]["name"]),
        (&json!("site"), &json!("A site"))
    );
    let scopes = sites["sites"][0]["scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("openid")) && !scopes.contains(&json!("profile")), "{sites}");
    let removed = place.phone.run(&["remove-site", "site"], "").await;
    assert_eq!(removed.well().json(), json!({"removed": "site"}));
    assert_failed(&place.phone.run(&["remove-site", "site"], "").await, "unknown_site");
}

#[tokio::test]
async fn a_phone_that_a_company_vouches_for_is_enrolled_and_approves() {
    let place = Place::open().await;
    let company = Company::register(&place).await;
    let phone = PhoneCommand::new(place.operator.path("company-phone"));
    let enrolled = phone.enrol(&place.server.url(), &company.vouch("lin", "first")).await;
    let enrolled = enrolled.well().json();
    assert_eq!(enrolled["account"], json!({"name": "lin", "display_name": "Lin Example"}));
    let devices = phone.run(&["devices"], "").await;
    let device = &devices.well().json()["devices"][0];
    assert_eq!((&device["id"], &device["name"]), (&enrolled["device_id"], &json!("Company phone")));
    let login = place.browser.ask_by_widget().await;
    phone.run(&["approve", &login.qr], "").await.well();
    assert_eq!(place.browser.state(&login).await, "confirmed");
}

#[tokio::test]
async fn an_assertion_is_given_as_text_or_in_a_file() {
    let place = Place::open().await;
    let company = Company::register(&place).await;
    let file = place.operator.path("assertion");
    std::fs::write(&file, company.vouch("lin", "in a file")).unwrap();
    let text = company.vouch("lin", "as text");
    for given in [file.to_str().unwrap(), &text] {
        let phone = PhoneCommand::new(place.operator.path("company-phone"));
        phone.run(&["enrol", "--server", &place.server.url(), "--assertion", given], "").await.well();
    }
}

#[tokio::test]
async fn an_assertion_that_does_not_hold_enrols_nobody() {
    let place = Place::open().await;
    let (company, url) = (Company::register(&place).await, place.server.url());
    let phone = PhoneCommand::new(place.operator.path("company-phone"));
    assert_failed(&phone.enrol(&url, "").await, "invalid_input");
    assert_failed(&phone.enrol(&url, "hello").await, "invalid_grant");
    assert_failed(&phone.enrol(&url, &company.vouch("nobody", "first")).await, "invalid_grant");
    assert_failed(&phone.run(&["devices"], "").await, "not_signed_in");
    let good = company.vouch("lin", "second");
    phone.enrol(&url, &good).await.well();
    assert_failed(&phone.enrol(&url, &good).await, "invalid_grant");
    phone.run(&["devices"], "").await.well();
}

#[tokio::test]
async fn a_typed_code_that_nobody_shows_is_unknown() {
    let place = Place::open().await;
    assert_failed(&place.phone.run(&["scan", "--code", "BBBB-BBBB"], "").await, "unknown_qr");
    assert_failed(&place.phone.run(&["approve", "--code", "hello"], "").await, "malformed_qr");
}

#[tokio::test]
async fn what_fails_says_why() {
    let mut place = Place::open().await;
    let url = place.server.url();
    let nobody = PhoneCommand::new(place.operator.path("nobody"));
    assert_failed(&nobody.sign_in(&url, "lin", "a wrong password").await, "wrong_credentials");
    assert_failed(&nobody.run(&["confirm"], "").await, "not_signed_in");
    assert_failed(&place.phone.run(&["scan", "hello"], "").await, "malformed_qr");
    let foreign = "https://evil.example/q/abcdefghijklmnopqrstuA";
    assert_failed(&place.phone.run(&["scan", foreign], "").await, "foreign_qr");
    place.server.ask_to_stop();
    place.server.stopped().await;
    assert_failed(&place.phone.run(&["devices"], "").await, "unreachable");
    assert_eq!(place.phone.run(&["dance"], "").await.status, Some(2), "no such command");
}

#[tokio::test]
async fn no_secret_is_printed() {
    let place = Place::open().await;
    let mut secrets = place.phone.secrets();
    let mut printed = String::new();
    let logins = [place.browser.ask_by_widget().await, place.browser.ask_by_widget().await];
    let lines: [&[&str]; 8] = [
        &["scan", &logins[0].qr],
        &["scan", &logins[0].qr],
        &["confirm"],
        &["deny"],
        &["approve", &logins[1].qr],
        &["devices"],
        &["rename", "no-such-device", "A name"],
        &["--help"],
    ];
    for line in lines {
        let ran = place.phone.run(line, "").await;
        printed.extend([ran.out, ran.err]);
        secrets.extend(place.phone.secrets());
    }
    let again = place.phone.sign_in(&place.server.url(), "lin", PASSWORD).await;
    printed.extend([again.out, again.err]);
    secrets.extend(place.phone.secrets());
    let assertion = Company::register(&place).await.vouch("lin", "the only one");
    for _ in ["good", "used"] {
        let enrolled = place.phone.enrol(&place.server.url(), &assertion).await;
        printed.extend([enrolled.out, enrolled.err]);
    }
    secrets.extend(place.phone.secrets());
    secrets.extend([PASSWORD.to_owned(), assertion]);
    for secret in secrets {
        assert!(!printed.contains(&secret), "{secret} was printed");
    }
    assert!(!printed.contains("saoma_"), "{printed}");
}
