//! The phone against a fake server that checks every proof and keeps to a script.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use protocol::ProblemCode;
use serde_json::{Value, json};

use super::proof::access_token_hash;
use super::{MockPhone, PhoneError, Secret, Verdict};

const QR: &str = "http://localhost/q/abcdefghijklmnopqrstuvwxyz0";

/// The form that the fake server's token endpoint takes.
const ASSERTION: &str =
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=head.claims.signature";

/// What the fake server knows and has seen.
#[derive(Default)]
struct Script {
    base: String,
    calls: Vec<String>,
    /// Number of the access token that counts; each sign-in and refresh makes the next.
    token: u32,
    /// Status and code to refuse the calls after sign-in with.
    refuse: Option<(u16, &'static str)>,
    /// The answer is a page.
    broken: bool,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Script>>);

impl Fake {
    /// Listens on a port of the loopback.
    async fn start() -> Self {
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self::default();
        fake.script().base = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }

    /// The calls since the last look.
    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.script().calls)
    }

    async fn signed_in(&self, home: &Path) -> MockPhone {
        let phone = MockPhone::open(home).unwrap();
        self.sign_in(&phone).await.unwrap();
        self.calls();
        phone
    }

    async fn sign_in(&self, phone: &MockPhone) -> Result<super::SignedInAs, PhoneError> {
        let server = format!("{}/", self.script().base);
        phone.sign_in(&server, "ann", "secret-password", "Ann's phone").await
    }
}

async fn answer(
    State(fake): State<Fake>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut script = fake.script();
    let call = format!("{method} {}", uri.path());
    let public = call.ends_with("/sign-in") || call.ends_with("/token");
    let token = format!("access-{}", script.token);
    let url = format!("{}{}", script.base, uri.path());
    script.calls.push(call.clone());
    let sent = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let proved = check_proof(&headers, (method.as_str(), &url), sent.as_deref());
    if script.broken {
        return (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response();
    }
    if let Err(why) = proved {
        return problem(401, "invalid_dpop_proof", why);
    }
    if !public && sent != Some(format!("DPoP {token}")) {
        return problem(401, "invalid_token", "refresh");
    }
    if let (Some((status, code)), false) = (script.refuse, call.ends_with("/sign-in")) {
        return problem(status, code, "as the script says");
    }
    if uri.path() == "/token" && body != ASSERTION {
        let json = json!({"error": "invalid_grant", "error_description": "the assertion was used before"});
        return (StatusCode::BAD_REQUEST, axum::Json(json)).into_response();
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let account = json!({"name": "ann", "display_name": "Ann"});
    let device =
        json!({"id": "d1", "name": "Ann's phone", "enrolled_at": 1, "last_seen_at": 2, "current": true});
    let path = call.rsplit_once('/').map_or("", |(_, last)| last);
    let json = match path {
        "sign-in" if body["password"] != "secret-password" => {
            return problem(401, "wrong_credentials", "Account name or password is wrong.");
        }
        "sign-in" | "token" => {
            script.token += 1;
            json!({"device_id": "d1", "account": account, "refresh_token": "refresh-secret",
                   "access_token": format!("access-{}", script.token), "token_type": "DPoP", "expires_in": 600})
        }
        "confirm" if body.get("scopes").is_some_and(|scopes| *scopes != json!(["openid"])) => {
            return problem(400, "needed_scope", "The site needs that.");
        }
        "scan" if body["qr"] != QR && body["user_code"] != "wdjb mjht" => {
            return problem(400, "foreign_qr", "This code is another server's.");
        }
        "scan" => json!({"ticket": "ticket-secret", "expires_in": 60, "account": account,
                         "site": {"name": "A site", "host": "site.example", "consent": true, "scopes": [
                             {"name": "openid", "optional": false, "granted": false},
                             {"name": "email", "optional": true, "granted": false}]},
                         "browser": {"name": "Chrome on Linux", "address": "192.0.2.1", "started_at": 1}}),
        "match" if body["digits"] != "47" => return problem(409, "wrong_match_code", "Other digits."),
        "unlock" if body["password"] != "secret-password" => {
            return problem(403, "wrong_password", "Not the password.");
        }
        "match" | "unlock" => json!({"expires_in": 60}),
        "confirm" | "deny" if body["ticket"] != "ticket-secret" => {
            return problem(403, "invalid_ticket", "No.");
        }
        "sites" => json!({"sites": [{"client_id": "a site/1", "name": "A site", "scopes": ["openid"],
                                     "granted_at": 1, "used_at": 2}]}),
        "devices" => json!({"devices": [device]}),
        "me" => json!({"account": account, "device": device, "has_password": true}),
        "d1" | "d2" if method == Method::PATCH => device,
        _ => return StatusCode::NO_CONTENT.into_response(),
    };
    axum::Json(json).into_response()
}

fn problem(status: u16, code: &str, detail: &str) -> Response {
    let json = json!({"type": format!("urn:saoma:problem:{code}"), "status": status, "detail": detail, "code": code});
    (StatusCode::from_u16(status).unwrap(), axum::Json(json)).into_response()
}

/// Checks a proof against the call that it came with.
fn check_proof(headers: &HeaderMap, call: (&str, &str), sent: Option<&str>) -> Result<(), &'static str> {
    let proof = headers.get("dpop").ok_or("no proof")?.to_str().map_err(|_| "not text")?;
    let header = jsonwebtoken::decode_header(proof).map_err(|_| "header")?;
    let key = DecodingKey::from_jwk(&header.jwk.ok_or("jwk")?).map_err(|_| "key")?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(proof, &key, &validation).map_err(|_| "signature")?.claims;
    let ath = sent.map(|sent| json!(access_token_hash(&Secret::new(&sent["DPoP ".len()..]))));
    if (&claims["htm"], &claims["htu"]) != (&json!(call.0), &json!(call.1)) {
        return Err("another call");
    }
    if claims.get("ath") == ath.as_ref() { Ok(()) } else { Err("ath") }
}

#[tokio::test]
async fn a_phone_signs_in_scans_and_confirms() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = MockPhone::open(home.path()).unwrap();
    assert_eq!(fake.sign_in(&phone).await.unwrap().device_id, "d1");
    let scanned = phone.scan(QR).await.unwrap();
    assert_eq!((scanned.site.name.as_str(), scanned.browser.name.as_str()), ("A site", "Chrome on Linux"));
    phone.confirm().await.unwrap();
    assert_eq!(fake.calls(), ["POST /api/phone/sign-in", "POST /api/phone/scan", "POST /api/phone/confirm"]);
}

#[tokio::test]
async fn a_code_can_be_typed_as_it_was_read() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    assert_eq!(phone.type_code(" wdjb mjht\n").await.unwrap().site.name, "A site");
    phone.confirm().await.unwrap();
}

#[tokio::test]
async fn a_part_of_what_is_asked_can_be_declined() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    fake.signed_in(home.path()).await.scan(QR).await.unwrap();
    let phone = MockPhone::open(home.path()).unwrap();
    let declined = |scope: &str| vec![scope.to_owned()];
    assert_eq!(phone.confirm_without(&declined("phone")).await.unwrap_err().code(), "not_asked");
    assert_eq!(phone.confirm_without(&declined("openid")).await.unwrap_err().code(), "needed_scope");
    phone.confirm_without(&declined("email")).await.unwrap();
}

#[tokio::test]
async fn sites_are_listed_and_removed_by_whatever_identifier() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    let sites = phone.sites().await.unwrap();
    phone.remove_site(&sites[0].client_id).await.unwrap();
    assert_eq!(fake.calls(), ["GET /api/phone/sites", "DELETE /api/phone/sites/a%20site%2F1"]);
    for id in ["", ".", ".."] {
        assert_eq!(phone.remove_site(id).await.unwrap_err().code(), "invalid_client_id");
    }
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_phone_that_was_switched_off_remembers_its_ticket_and_its_token() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    fake.signed_in(home.path()).await.scan(QR).await.unwrap();
    let again = MockPhone::open(home.path()).unwrap();
    assert_eq!(again.signed_in_as().unwrap().account.name, "ann");
    again.deny().await.unwrap();
    assert_eq!(fake.calls(), ["POST /api/phone/scan", "POST /api/phone/deny"]);
}

#[tokio::test]
async fn a_ticket_is_spent_once() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    assert_eq!(phone.confirm().await.unwrap_err().code(), "nothing_scanned");
    phone.approve(QR).await.unwrap();
    assert_eq!(phone.deny().await.unwrap_err().code(), "nothing_scanned");
}

#[tokio::test]
async fn a_ticket_survives_what_may_pass_and_not_what_is_final() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    phone.scan(QR).await.unwrap();
    for (status, code) in [(503, "busy"), (410, "login_expired")] {
        fake.script().refuse = Some((status, code));
        assert_eq!(phone.confirm().await.unwrap_err().code(), code);
    }
    assert_eq!(phone.confirm().await.unwrap_err().code(), "nothing_scanned");
}

#[tokio::test]
async fn an_access_token_that_ran_out_is_refreshed_first() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let now = Arc::new(AtomicI64::new(1_000));
    let hand = now.clone();
    let clock: super::Clock = Arc::new(move || hand.load(Ordering::SeqCst));
    let phone = MockPhone::open_with_clock(home.path(), clock).unwrap();
    fake.sign_in(&phone).await.unwrap();
    now.store(1_590, Ordering::SeqCst);
    phone.me().await.unwrap();
    now.store(1_600, Ordering::SeqCst);
    phone.me().await.unwrap();
    phone.me().await.unwrap();
    let expected = ["POST /api/phone/sign-in", "GET /api/phone/me", "POST /api/phone/token"];
    assert_eq!(fake.calls(), [&expected[..], &["GET /api/phone/me"; 2]].concat());
}

#[tokio::test]
async fn a_refused_access_token_is_refreshed_once() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    fake.script().token = 7;
    assert_eq!(phone.devices().await.unwrap()[0].id, "d1");
    let tried_twice = ["GET /api/phone/devices", "POST /api/phone/token", "GET /api/phone/devices"];
    assert_eq!(fake.calls(), tried_twice);

    fake.script().refuse = Some((401, "invalid_token"));
    let error = phone.devices().await.unwrap_err();
    assert_eq!(error.problem_code(), Some(ProblemCode::InvalidToken));
    assert_eq!(fake.calls(), tried_twice[..2], "a refused refresh ends it");
}

#[tokio::test]
async fn the_server_s_refusal_is_passed_on() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    let error = phone.scan("https://evil.example/q/abcdefghijklmnopqrstuvwxyz0").await.unwrap_err();
    assert_eq!(
        (error.code(), error.detail()),
        ("foreign_qr".into(), "This code is another server's.".into())
    );
    let stolen = phone.decide(&Secret::new("another-ticket"), Verdict::Confirm).await.unwrap_err();
    assert_eq!(stolen.problem_code(), Some(ProblemCode::InvalidTicket));
}

#[tokio::test]
async fn a_failed_sign_in_leaves_no_trace() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = MockPhone::open(&home.path().join("phone")).unwrap();
    let server = fake.script().base.clone();
    let error = phone.sign_in(&server, "ann", "wrong", "Ann's phone").await.unwrap_err();
    assert_eq!(error.problem_code(), Some(ProblemCode::WrongCredentials));
    assert!(phone.signed_in_as().is_none() && !home.path().join("phone").exists());
    assert_eq!(phone.scan(QR).await.unwrap_err().code(), "not_signed_in");
}

#[tokio::test]
async fn an_assertion_enrols_the_phone_and_its_owner_is_asked_for() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = MockPhone::open(home.path()).unwrap();
    let server = fake.script().base.clone();
    let who = phone.enrol(&server, &Secret::new("head.claims.signature")).await.unwrap();
    assert_eq!((who.device_id.as_str(), who.account.display_name.as_str()), ("d1", "Ann"));
    assert_eq!(fake.calls(), ["POST /token", "GET /api/phone/me"]);
    let again = MockPhone::open(home.path()).unwrap();
    assert_eq!(again.signed_in_as(), Some(who), "it is remembered");
    again.approve(QR).await.unwrap();
}

#[tokio::test]
async fn a_refused_assertion_leaves_the_phone_as_it_was() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    let (server, before) = (fake.script().base.clone(), phone.signed_in_as());
    let error = phone.enrol(&server, &Secret::new("another")).await.unwrap_err();
    assert_eq!(
        (error.code(), error.detail()),
        ("invalid_grant".into(), "the assertion was used before".into())
    );
    assert_eq!((fake.calls(), phone.signed_in_as()), (vec!["POST /token".to_owned()], before));
}

#[tokio::test]
async fn signing_out_forgets_everything() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    phone.sign_out().await.unwrap();
    assert_eq!(fake.calls(), ["DELETE /api/phone/devices/d1"]);
    assert!(MockPhone::open(home.path()).unwrap().signed_in_as().is_none());
    assert_eq!(phone.sign_out().await.unwrap_err().code(), "not_signed_in");
}

#[tokio::test]
async fn a_device_that_was_revoked_elsewhere_can_sign_out() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    fake.script().refuse = Some((401, "invalid_token"));
    phone.sign_out().await.unwrap();
    assert!(phone.signed_in_as().is_none());
}

#[tokio::test]
async fn another_device_is_renamed_and_revoked() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    phone.rename("d2", "Old phone").await.unwrap();
    phone.revoke("d2").await.unwrap();
    assert_eq!(fake.calls(), ["PATCH /api/phone/devices/d2", "DELETE /api/phone/devices/d2"]);
    assert!(phone.signed_in_as().is_some(), "this phone stays signed in");
}

#[tokio::test]
async fn a_device_id_cannot_lead_to_another_path() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    for id in ["", "../me", "d1/x", "d1?x", "d1#", "%2e"] {
        assert_eq!(phone.revoke(id).await.unwrap_err().code(), "invalid_device_id", "{id}");
    }
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_told_apart() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    fake.script().broken = true;
    let error = phone.me().await.unwrap_err();
    assert_eq!(error.code(), "unexpected_answer");
    assert!(error.detail().contains("502"), "{}", error.detail());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let home = tempfile::tempdir().unwrap();
    let phone = MockPhone::open(home.path()).unwrap();
    let error = phone.sign_in(&server, "ann", "secret-password", "phone").await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(!error.detail().contains("secret-password"));
}

#[tokio::test]
async fn one_phone_can_race_with_itself_from_several_tasks() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = Arc::new(fake.signed_in(home.path()).await);
    let scans: Vec<_> = (0..4)
        .map(|_| {
            let phone = phone.clone();
            tokio::spawn(async move { phone.scan(QR).await })
        })
        .collect();
    for scan in scans {
        scan.await.unwrap().unwrap();
    }
    assert_eq!(fake.calls(), ["POST /api/phone/scan"; 4]);
    assert!(MockPhone::open(home.path()).is_ok(), "its memory is whole");
}

#[tokio::test]
async fn the_ticket_outlives_a_check_that_is_passed_and_no_login_that_is_over() {
    let (fake, home) = (Fake::start().await, tempfile::tempdir().unwrap());
    let phone = fake.signed_in(home.path()).await;
    assert!(matches!(phone.match_code("47").await, Err(PhoneError::NothingScanned)));
    phone.scan(QR).await.unwrap();
    assert_eq!(phone.match_code("47").await.unwrap().expires_in, 60);
    let wrong = phone.unlock("another").await.unwrap_err();
    assert_eq!(wrong.problem_code(), Some(ProblemCode::WrongPassword));
    phone.unlock("secret-password").await.unwrap();
    phone.confirm().await.unwrap();

    phone.scan(QR).await.unwrap();
    let over = phone.match_code("48").await.unwrap_err();
    assert_eq!(over.problem_code(), Some(ProblemCode::WrongMatchCode));
    assert!(matches!(phone.confirm().await, Err(PhoneError::NothingScanned)));
}

#[test]
fn a_scanned_login_shows_no_ticket() {
    let scanned: super::ScannedLogin = serde_json::from_value::<protocol::phone::Scanned>(json!({
        "ticket": "ticket-secret", "expires_in": 60, "account": {"name": "ann", "display_name": "Ann"},
        "site": {"name": "A site", "host": "site.example", "consent": false, "scopes": []},
        "browser": {"name": "Chrome on Linux", "address": "192.0.2.1", "started_at": 1},
    }))
    .unwrap()
    .into();
    let shown = format!("{scanned:?} {}", serde_json::to_string(&scanned).unwrap());
    assert!(shown.contains("site.example") && !shown.contains("ticket-secret"), "{shown}");
}
