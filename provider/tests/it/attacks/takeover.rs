//! Universal account takeover (flaw F5 of Zhang et al.): naming whom one would like to be, wherever something is taken in.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Ask, TestApp, site::ORIGIN};

/// Members by which providers of this kind have believed who somebody is.
fn claims_to_be_lin() -> Value {
    json!({
        "account": "lin", "account_id": "lin", "user": "lin", "user_id": "lin", "uid": "lin", "sub": "lin", "name": "lin",
        "phone_number": "+4940123456", "email": "lin@example.com", "device_id": "00000000-0000-0000-0000-000000000000",
    })
}

#[tokio::test]
async fn who_confirms_is_who_the_phone_s_key_and_token_say() {
    let app = TestApp::new().await;
    app.add_person("mallory", json!({"name": "Mallory", "email": "mallory@example.com"})).await;
    let mallory =
        app.phone_of("mallory").await.with_header("x-user-id", "lin").with_header("x-account", "lin");
    let widget = app.widget().start().await;
    let with = |name: &str, value: &str| {
        let mut body = claims_to_be_lin();
        body[name] = value.into();
        body
    };
    let scanned = mallory.call(Method::POST, "/api/phone/scan", Some(with("qr", &widget.qr))).await.json();
    assert_eq!(scanned["account"]["name"], "mallory");
    let ticket = scanned["ticket"].as_str().unwrap();
    let confirm =
        mallory.call(Method::POST, "/api/phone/confirm?account=lin&uid=lin", Some(with("ticket", ticket)));
    assert_eq!(confirm.await.status, 204);
    let tokens = app.site().redeem(&widget.code().await).await.json();
    let told = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(told["email"], "mallory@example.com");
}

/// From the browser's side: a start that names the account, an identifier, a secret or a state is a start like any other.
#[tokio::test]
async fn what_a_browser_says_of_itself_decides_nothing() {
    let app = TestApp::new().await;
    let mut body = Ask::default().json();
    for (name, value) in claims_to_be_lin().as_object().unwrap() {
        body[name] = value.clone();
    }
    body["id"] = json!("00000000000000000000000000000000");
    body["browser_secret"] = json!("saoma_browser_of_the_attacker_s_choice");
    body["login_state"] = json!("confirmed");
    let headers = [("origin", ORIGIN)];
    let answer = app.post_json("/api/logins?client_id=site", &headers, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let started = answer.json();
    assert_ne!(started["id"], body["id"]);
    assert_ne!(started["browser_secret"], body["browser_secret"]);
    let mut widget = app.widget().without_key();
    widget.take(&started);
    assert_eq!(widget.state().await, "waiting");
    assert_eq!(widget.result().await.problem(), "409 not_confirmed");
}

/// Double login: two people scan the same code at the same time. One of them is asked, and nobody else can say yes.
#[tokio::test]
async fn one_code_never_signs_two_people_in() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (widget, lin, mei) = (app.widget().start().await, app.phone().await, app.phone_of("mei").await);
    let (first, second) = tokio::join!(lin.scan(&widget.qr), mei.scan(&widget.qr));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let (winner, loser, scanned) =
        if first.status == 200 { (&lin, &mei, first.json()) } else { (&mei, &lin, second.json()) };
    let ticket = scanned["ticket"].as_str().unwrap();
    assert_eq!(loser.confirm(ticket).await.problem(), "403 invalid_ticket");
    assert_eq!(winner.confirm(ticket).await.status, 204);
    assert_eq!(loser.scan(&widget.qr).await.status, 409);
}
