//! The proof that comes with every call (RFC 9449). What is wrong with a proof in itself, `oauth/dpop/tests.rs` lists.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::mock_phone::{ProofTarget, proof};
use serde_json::json;

use crate::support::{Answer, ISSUER, Phone, START, TestApp, Widget};

const SCAN: &str = "/api/phone/scan";

/// Scans with these `DPoP` headers.
async fn scan(phone: &Phone<'_>, widget: &Widget<'_>, proofs: &[&str]) -> Answer {
    let authorization = format!("DPoP {}", phone.access_token.expose());
    let mut headers = vec![("content-type", "application/json"), ("authorization", &authorization)];
    headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
    phone.app.call(Method::POST, SCAN, &headers, &json!({"qr": widget.qr}).to_string()).await
}

/// Asserts that a scan with these headers is refused and changes nothing, and that a good one still works.
async fn assert_refused(app: &TestApp, phone: &Phone<'_>, proofs: &[&str]) {
    let widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    let answer = scan(phone, &widget, proofs).await;
    assert_eq!(answer.problem(), "401 invalid_dpop_proof");
    assert_eq!(answer.header("www-authenticate"), r#"DPoP error="invalid_dpop_proof", algs="ES256""#);
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr).await.status, 200);
}

fn good(phone: &Phone<'_>) -> String {
    phone.proof("POST", SCAN, Some(&phone.access_token))
}

/// MUST: RFC 9449 section 4.3: there is exactly one DPoP header.
#[tokio::test]
async fn rfc9449_4_3_there_must_be_exactly_one() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    assert_refused(&app, &phone, &[]).await;
    assert_refused(&app, &phone, &[""]).await;
    assert_refused(&app, &phone, &["garbage"]).await;
    assert_refused(&app, &phone, &[&good(&phone), &good(&phone)]).await;
    let joined = format!("{}, {}", good(&phone), good(&phone));
    assert_refused(&app, &phone, &[&joined]).await;
}

/// MUST: RFC 9449 section 11.1: a proof is not taken twice.
#[tokio::test]
async fn rfc9449_11_1_it_is_good_once() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let (proof, widget) = (good(&phone), app.widget().start().await);
    assert_eq!(scan(&phone, &widget, &[&proof]).await.status, 200);
    assert_refused(&app, &phone, &[&proof]).await;
    app.pass(60);
    assert_refused(&app, &phone, &[&proof]).await;
    app.pass(1);
    assert_refused(&app, &phone, &[&proof]).await;
}

#[tokio::test]
async fn one_from_a_clock_ahead_is_good_once_for_as_long_as_it_is_fresh() {
    let app = TestApp::new().await;
    let (phone, widget) = (app.phone().await, app.widget().start().await);
    let url = format!("{ISSUER}{SCAN}");
    let target = ProofTarget { method: "POST", url: &url, access_token: Some(&phone.access_token) };
    let ahead = proof(&phone.key, target, app.app.clock.now().seconds() + 60).unwrap();
    assert_eq!(scan(&phone, &widget, &[&ahead]).await.status, 200);
    for _ in 0..3 {
        app.pass(40);
        app.app.store.sweep(app.app.clock.now(), START).await.unwrap();
        assert_refused(&app, &phone, &[&ahead]).await;
    }
}

/// MUST: RFC 9449 section 4.3: htm and htu are those of the request.
#[tokio::test]
async fn rfc9449_4_3_it_is_for_one_method_and_one_address() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let token = Some(&phone.access_token);
    assert_refused(&app, &phone, &[&phone.proof("GET", SCAN, token)]).await;
    assert_refused(&app, &phone, &[&phone.proof("post", SCAN, token)]).await;
    assert_refused(&app, &phone, &[&phone.proof("POST", "/api/phone/confirm", token)]).await;
    assert_refused(&app, &phone, &[&phone.proof("POST", "/api/phone/scan/", token)]).await;
    let url = "https://evil.example/api/phone/scan";
    let target = ProofTarget { method: "POST", url, access_token: token };
    let elsewhere = proof(&phone.key, target, app.app.clock.now().seconds()).unwrap();
    assert_refused(&app, &phone, &[&elsewhere]).await;
}

#[tokio::test]
async fn a_query_does_not_count() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let proof = phone.proof("GET", "/api/phone/me", Some(&phone.access_token));
    assert_eq!(phone.call_with(Method::GET, "/api/phone/me?x=1", None, &proof).await.status, 200);
}

/// MUST: RFC 9449 section 7.1: the key of the proof is the key that the access token is bound to.
#[tokio::test]
async fn rfc9449_7_1_another_key_s_proof_does_not_fit_the_token() {
    let app = TestApp::new().await;
    let (phone, other) = (app.phone().await, app.phone().await);
    let widget = app.widget().start().await;
    let stored = app.stored(&widget.id).await;
    let foreign = other.proof("POST", SCAN, Some(&phone.access_token));
    assert_eq!(scan(&phone, &widget, &[&foreign]).await.problem(), "401 invalid_token");
    assert_eq!(app.stored(&widget.id).await, stored);
    assert_eq!(phone.scan(&widget.qr).await.status, 200);
}

/// MUST: RFC 9449 section 4.3: iat is within an acceptable window.
#[tokio::test]
async fn rfc9449_4_3_it_is_good_for_a_minute_to_either_side() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let now = app.app.clock.now().seconds();
    let (url, token) = (format!("{ISSUER}{SCAN}"), Some(&phone.access_token));
    let at = |time: i64| {
        proof(&phone.key, ProofTarget { method: "POST", url: &url, access_token: token }, time).unwrap()
    };
    for wrong in [now - 61, now + 61, 0, i64::MAX, -now] {
        assert_refused(&app, &phone, &[&at(wrong)]).await;
    }
    for right in [now - 60, now + 60] {
        let widget = app.widget().start().await;
        assert_eq!(scan(&phone, &widget, &[&at(right)]).await.status, 200);
    }
}

/// MUST: RFC 9449 section 4.3: ath is the hash of the access token that comes with the proof.
#[tokio::test]
async fn rfc9449_4_3_it_is_for_one_access_token() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    assert_refused(&app, &phone, &[&phone.proof("POST", SCAN, None)]).await;
    assert_refused(&app, &phone, &[&phone.proof("POST", SCAN, Some(&phone.refresh_token))]).await;
}

#[tokio::test]
async fn a_proof_of_another_call_s_token_signs_nobody_in() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let path = "/api/phone/token";
    let with_token = phone.proof("POST", path, Some(&phone.access_token));
    let body = json!({"refresh_token": phone.refresh_token.expose()});
    let answer = app.post_json(path, &[("dpop", &with_token)], &body).await;
    assert_eq!(answer.problem(), "401 invalid_dpop_proof", "ath without a token");
}

/// MUST: RFC 9449 section 4.3: typ is dpop+jwt, the algorithm asymmetric and never none, and the signature good by
/// the key in the header.
#[tokio::test]
async fn rfc9449_4_3_one_without_a_signature_or_of_another_kind_is_refused() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let good = good(&phone);
    let parts: Vec<&str> = good.split('.').collect();
    let header = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    for (from, to) in [("ES256", "none"), ("ES256", "HS256"), ("ES256", "RS256"), ("dpop+jwt", "JWT")] {
        let header = URL_SAFE_NO_PAD.encode(header.replace(from, to));
        for signature in ["", parts[2]] {
            assert_refused(&app, &phone, &[&format!("{header}.{}.{signature}", parts[1])]).await;
        }
    }
    assert_refused(&app, &phone, &[&format!("{}.{}.", parts[0], parts[1])]).await;
}
