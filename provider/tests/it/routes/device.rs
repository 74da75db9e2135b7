//! The device grant (RFC 8628): `POST /device_authorization`, `GET /device`, and the device code at `POST /token`.

use axum::http::Method;
use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, Phone, TestApp, id_token,
    site::{SECRET, basic},
};

const TELEVISION: &str = "television";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let device = |id: &str| {
        json!({
            "client_id": id, "client_name": "A television", "token_endpoint_auth_method": "none",
            "grant_types": [GRANT, "refresh_token"], "redirect_uris": [],
        })
    };
    app.import(json!([device(TELEVISION), device("another")])).await;
    app
}

async fn post(app: &TestApp, path: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", "Television/1.0")];
    app.call(Method::POST, path, &headers, form).await
}

async fn start(app: &TestApp) -> Value {
    let form = format!("client_id={TELEVISION}&scope=openid%20profile%20offline_access");
    let answer = post(app, "/device_authorization", &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn poll_as(app: &TestApp, client: &str, device_code: &Value) -> Answer {
    let ask = Ask::redeem("").without("code").without("redirect_uri").without("code_verifier");
    let ask = ask.with("grant_type", GRANT).with("device_code", device_code.as_str().unwrap());
    app.site().token_as(None, &ask.with("client_id", client)).await
}

async fn poll(app: &TestApp, started: &Value) -> Answer {
    poll_as(app, TELEVISION, &started["device_code"]).await
}

async fn type_code(phone: &Phone<'_>, code: &str) -> Answer {
    phone.call(Method::POST, "/api/phone/scan", Some(json!({"user_code": code}))).await
}

/// MUST: RFC 8628 section 3.2: the answer has device_code, user_code, verification_uri and expires_in, as JSON that nobody may store.
#[tokio::test]
async fn rfc8628_3_2_the_answer_has_what_a_device_needs() {
    let app = app().await;
    let answer = post(&app, "/device_authorization", &format!("client_id={TELEVISION}&scope=openid")).await;
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        ("application/json", "no-store")
    );
    let started = answer.json();
    assert_eq!(started["verification_uri"], "https://login.example/device");
    assert!(started["verification_uri_complete"].as_str().unwrap().starts_with("https://login.example/q/"));
    assert_eq!((&started["expires_in"], &started["interval"]), (&json!(600), &json!(5)));
    let code = started["user_code"].as_str().unwrap();
    assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
}

/// MUST: RFC 8628 section 3.3.1: the complete verification URI carries all that the person would type: it is the code to scan.
#[tokio::test]
async fn rfc8628_3_3_1_the_complete_uri_is_a_scan() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 authorization_pending");
    let scanned = phone.scan(started["verification_uri_complete"].as_str().unwrap()).await.json();
    assert_eq!(scanned["site"].get("host"), None, "nothing is sent anywhere");
    assert_eq!(scanned["site"]["name"], "A television");
    assert_eq!(phone.confirm(scanned["ticket"].as_str().unwrap()).await.status, 204);
    let tokens = poll(&app, &started).await.json();
    assert_eq!(tokens["scope"], "openid profile offline_access");
    assert!(tokens["refresh_token"].is_string());
    let claims = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, TELEVISION).await;
    assert_eq!((&claims["acr"], claims.get("nonce")), (&json!("urn:saoma:acr:scan"), None));
}

/// MUST: RFC 8628 section 3.3: the user code can be typed, whatever its case and hyphens.
#[tokio::test]
async fn rfc8628_3_3_the_code_can_be_typed() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    let code = started["user_code"].as_str().unwrap().to_lowercase().replace('-', " ");
    let scanned = type_code(&phone, &code).await.json();
    assert_eq!(phone.confirm(scanned["ticket"].as_str().unwrap()).await.status, 204);
    let tokens = poll(&app, &started).await.json();
    let claims = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, TELEVISION).await;
    assert_eq!(claims["acr"], "urn:saoma:acr:typed-code");
}

#[tokio::test]
async fn what_is_no_code_cannot_be_typed() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    for odd in ["", "AEIO-UAEI", "WDJB-MJH", "0000-0000"] {
        assert_eq!(type_code(&phone, odd).await.problem(), "400 malformed_qr", "{odd}");
    }
    let other = if started["user_code"] == "BCDF-GHJK" { "BCDF-GHJL" } else { "BCDF-GHJK" };
    assert_eq!(type_code(&phone, other).await.problem(), "404 unknown_qr");
    for both in [json!({}), json!({"qr": "x", "user_code": "x"})] {
        let answer = phone.call(Method::POST, "/api/phone/scan", Some(both)).await;
        assert_eq!(answer.problem(), "400 invalid_request");
    }
}

/// MUST: RFC 8628 section 3.5: a device that asks too often is told slow_down, and one that waits is not.
#[tokio::test]
async fn rfc8628_3_5_who_asks_too_often_is_slowed_down() {
    let app = app().await;
    let started = start(&app).await;
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 authorization_pending");
    app.pass(4);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 slow_down");
    let patient = start(&app).await;
    for _ in 0..3 {
        assert_eq!(poll(&app, &patient).await.oauth_error(), "400 authorization_pending");
        app.pass(5);
    }
}

/// MUST: RFC 8628 section 3.5: slow_down makes the interval five seconds longer, for this and all questions that follow.
#[tokio::test]
async fn rfc8628_3_5_each_slow_down_adds_five_seconds_for_good() {
    let app = app().await;
    let started = start(&app).await;
    for (passes, answer) in [
        (0, "400 authorization_pending"),
        (4, "400 slow_down"),
        (9, "400 slow_down"),
        (15, "400 authorization_pending"),
        (14, "400 slow_down"),
        (20, "400 authorization_pending"),
        (20, "400 authorization_pending"),
        (5, "400 slow_down"),
    ] {
        app.pass(passes);
        assert_eq!(poll(&app, &started).await.oauth_error(), answer, "after {passes} s");
    }
    let other = start(&app).await;
    assert_eq!(poll(&app, &other).await.oauth_error(), "400 authorization_pending");
    app.pass(5);
    assert_eq!(
        poll(&app, &other).await.oauth_error(),
        "400 authorization_pending",
        "another login's is as it was"
    );
}

#[tokio::test]
async fn no_slow_down_is_lost_where_many_ask_at_once() {
    let app = app().await;
    let started = start(&app).await;
    let answers = join_all((0..20).map(|_| poll(&app, &started))).await;
    let slowed = answers.iter().filter(|answer| answer.oauth_error() == "400 slow_down").count();
    assert_eq!(slowed, 19);
    app.pass(5 + 19 * 5 - 1);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 slow_down");
    app.pass(5 + 20 * 5);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 authorization_pending");
}

#[tokio::test]
async fn an_impatient_device_gets_its_result_all_the_same() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    for _ in 0..10 {
        poll(&app, &started).await;
    }
    phone.approve(started["verification_uri_complete"].as_str().unwrap()).await;
    assert_eq!(poll(&app, &started).await.status, 200);
}

/// MUST: RFC 8628 section 3.5: where the person declined, the device is told access_denied.
#[tokio::test]
async fn rfc8628_3_5_a_no_is_access_denied() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    let ticket = phone.ticket(started["verification_uri_complete"].as_str().unwrap()).await;
    assert_eq!(phone.deny(&ticket).await.status, 204);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 access_denied");
}

/// MUST: RFC 8628 section 3.5: where the code's time is over, the device is told expired_token.
#[tokio::test]
async fn rfc8628_3_5_a_code_expires() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    app.pass(600);
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 expired_token");
    assert_eq!(
        type_code(&phone, started["user_code"].as_str().unwrap()).await.problem(),
        "401 invalid_token"
    );
    let phone = app.phone().await;
    assert_eq!(
        type_code(&phone, started["user_code"].as_str().unwrap()).await.problem(),
        "410 login_expired"
    );
}

/// MUST: RFC 8628 section 3.4: a device code is good for the client that it was given to, once.
#[tokio::test]
async fn rfc8628_3_4_a_device_code_is_its_client_s_and_good_once() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    phone.approve(started["verification_uri_complete"].as_str().unwrap()).await;
    let stolen = poll_as(&app, "another", &started["device_code"]).await;
    assert_eq!(stolen.oauth_error(), "400 invalid_grant");
    let answers = join_all((0..50).map(|_| poll(&app, &started))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.oauth_error(), "400 invalid_grant");
    }
}

#[tokio::test]
async fn what_is_no_device_code_is_refused() {
    let app = app().await;
    let started = start(&app).await;
    let widget = app.widget().start().await;
    let browser_s = json!(format!("{}.{}", widget.id, widget.secret));
    let id = started["device_code"].as_str().unwrap().split('.').next().unwrap().to_owned();
    let odd_spelling = json!(started["device_code"].as_str().unwrap().replacen(&id, &id.to_uppercase(), 1));
    let odd_ones = [
        json!("x"),
        json!(format!("{id}.x")),
        json!(format!("{id}.{}", widget.secret)),
        browser_s,
        odd_spelling,
    ];
    for odd in odd_ones {
        assert_eq!(poll_as(&app, TELEVISION, &odd).await.oauth_error(), "400 invalid_grant", "{odd}");
    }
}

/// MUST: RFC 8628 section 3.1: a client that may not use the grant, or asks for nothing that it may have, is refused as at the token endpoint.
#[tokio::test]
async fn rfc8628_3_1_requests_are_checked_as_at_the_token_endpoint() {
    let app = app().await;
    for (form, error) in [
        ("client_id=public", "400 unauthorized_client"),
        ("client_id=nobody", "401 invalid_client"),
        ("scope=openid", "401 invalid_client"),
        ("client_id=television&scope=admin", "400 invalid_scope"),
        ("client_id=television&resource=https://api.example", "400 invalid_target"),
        ("client_id=television&client_id=television", "400 invalid_request"),
    ] {
        assert_eq!(post(&app, "/device_authorization", form).await.oauth_error(), error, "{form}");
    }
    assert_eq!(app.logins().await, 0);
}

#[tokio::test]
async fn a_device_s_login_cannot_be_collected_by_a_browser() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    phone.approve(started["verification_uri_complete"].as_str().unwrap()).await;
    let code = started["device_code"].as_str().unwrap();
    let (id, secret) = code.split_once('.').unwrap();
    let headers = [("saoma-browser-secret", secret)];
    let answer = app.call(Method::POST, &format!("/api/logins/{id}/result"), &headers, "").await;
    assert_eq!(answer.problem(), "404 unknown_login");
    assert_eq!(poll(&app, &started).await.status, 200);
}

#[tokio::test]
async fn the_page_says_where_the_code_goes() {
    let app = app().await;
    let english = app.browser().get("/device").await;
    assert!(english.body.contains(r#"href="/app#/code""#) && english.body.contains("Type a code"));
    let chinese = app.call(Method::GET, "/device", &[("accept-language", "zh")], "").await;
    assert!(chinese.body.contains("输入代码"));
}

/// MUST: RFC 8628 section 3.1: a device client that has a credential proves itself when it starts, and an unknown parameter is ignored.
#[tokio::test]
async fn rfc8628_3_1_a_client_with_a_credential_proves_itself() {
    let app = with_secret().await;
    let form = Ask::bare().with("scope", "openid").with("unknown", "x");
    let refused = app.post_form("/device_authorization", &[], &form.clone().with("client_id", "box")).await;
    assert_eq!(refused.oauth_error(), "401 invalid_client");
    let started = app.post_form("/device_authorization", &[("authorization", &basic("box"))], &form).await;
    assert_eq!(started.status, 200, "{started:?}");
}

/// A client of this grant that has a secret.
async fn with_secret() -> TestApp {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "box", "client_secret": SECRET, "client_name": "A box", "grant_types": [GRANT], "redirect_uris": [],
    }))
    .await;
    app
}

/// MUST: RFC 8628 section 3.4: a device client that has a credential proves itself whenever it asks.
#[tokio::test]
async fn rfc8628_3_4_a_client_with_a_credential_proves_itself() {
    let app = with_secret().await;
    let form = Ask::bare().with("scope", "openid");
    let started =
        app.post_form("/device_authorization", &[("authorization", &basic("box"))], &form).await.json();
    let phone = app.phone().await;
    phone.approve(started["verification_uri_complete"].as_str().unwrap()).await;
    assert_eq!(poll_as(&app, "box", &started["device_code"]).await.oauth_error(), "401 invalid_client");
    let ask =
        Ask::bare().with("grant_type", GRANT).with("device_code", started["device_code"].as_str().unwrap());
    assert_eq!(app.site().token_as(Some(("box", SECRET)), &ask).await.status, 200);
}

/// MUST: RFC 8628 section 3.4: the request has a device_code.
#[tokio::test]
async fn rfc8628_3_4_the_device_code_is_there() {
    let app = app().await;
    let ask = Ask::bare().with("grant_type", GRANT).with("client_id", TELEVISION);
    assert_eq!(app.site().token_as(None, &ask).await.oauth_error(), "400 invalid_request");
}

/// MUST: RFC 8628 section 3.3: a device gets nothing before the person has agreed, whatever they have scanned or typed.
#[tokio::test]
async fn rfc8628_3_3_nothing_is_given_before_the_person_agrees() {
    let app = app().await;
    let (started, phone) = (start(&app).await, app.phone().await);
    let scanned = type_code(&phone, started["user_code"].as_str().unwrap()).await.json();
    assert_eq!(poll(&app, &started).await.oauth_error(), "400 authorization_pending");
    assert_eq!(phone.confirm(scanned["ticket"].as_str().unwrap()).await.status, 204);
    app.pass(5);
    assert_eq!(poll(&app, &started).await.status, 200);
}

/// MUST: RFC 8628 section 4: the metadata names the endpoint and the grant.
#[tokio::test]
async fn rfc8628_4_the_metadata_names_the_endpoint() {
    let app = app().await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["device_authorization_endpoint"], "https://login.example/device_authorization");
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
}

/// MUST: RFC 8628 section 5.2: device codes cannot be guessed, and no two devices get the same of anything.
#[tokio::test]
async fn rfc8628_5_2_device_codes_cannot_be_guessed() {
    let app = app().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let started = start(&app).await;
        let code = started["device_code"].as_str().unwrap();
        let (_, secret) = code.split_once(".saoma_browser_").unwrap();
        assert_eq!(secret.len(), 43, "256 bits: {code}");
        for name in ["device_code", "user_code", "verification_uri_complete"] {
            assert!(seen.insert(started[name].to_string()), "{name}");
        }
    }
}
