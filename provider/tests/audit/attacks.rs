//! Twins on which the five attacks succeed.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::json;

use crate::{
    stage::{assert_fails, nothing},
    twin::{Call, Codes, Memory, Real, Twin, edit, handle_and_stamp, made_up},
};

/// A1: whoever comes first collects.
#[derive(Default)]
struct FirstCome(Memory);

impl Twin for FirstCome {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return self.0.keep_secret(real.send(call).await).await;
        }
        match call.login().and_then(|(id, tail)| self.0.get(id).filter(|_| tail == "result")) {
            Some(secret) => real.send(call.with_header("saoma-browser-secret", &secret)).await,
            None => real.send(call).await,
        }
    }
}

#[tokio::test]
async fn a1_a_result_for_whoever_asks_first() {
    assert_fails(FirstCome::default(), &["A1"]).await;
}

/// A2: a ticket confirms as often as it is sent.
#[derive(Default)]
struct Generous(Memory);

impl Twin for Generous {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if !call.is(&Method::POST, "/api/phone/confirm") {
            return real.send(call).await;
        }
        let ticket = call.json()["ticket"].as_str().unwrap_or_default().to_owned();
        let mut response = real.send(call).await;
        if response.status().is_success() {
            self.0.keep(&ticket, "spent");
        } else if response.status() == StatusCode::CONFLICT && self.0.get(&ticket).is_some() {
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = nothing();
        }
        response
    }
}

#[tokio::test]
async fn a2_a_ticket_that_is_good_twice() {
    assert_fails(Generous::default(), &["A2"]).await;
}

/// A3: a code that is nearly right is taken for the last one that was made.
#[derive(Default)]
struct Obliging(Codes);

impl Twin for Obliging {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return self.0.keep(real.send(call).await).await;
        }
        let mut body = call.json();
        let handle = body["qr"].as_str().and_then(handle_and_stamp).map(|(handle, _)| handle);
        let guessed = handle.is_some_and(|handle| self.0.has_near(&handle));
        if guessed && call.is(&Method::POST, "/api/phone/scan") {
            body["qr"] = json!(self.0.last());
            return real.send(call.with_json(&body)).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn a3_a_guess_that_hits() {
    assert_fails(Obliging::default(), &["A3"]).await;
}

/// A4: the account that a confirmation names is signed in.
#[derive(Default)]
struct Believing(Memory);

impl Twin for Believing {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let named = call.json()["account"].as_str().map(str::to_owned);
        let (confirms, asks) = (call.path == "/api/phone/confirm", call.path == "/userinfo");
        let response = real.send(call).await;
        if let (true, true, Some(named)) = (confirms, response.status().is_success(), named) {
            self.0.keep("who", &named);
        }
        match self.0.get("who") {
            Some(who) if asks && response.status().is_success() => {
                edit(response, |claims| claims["sub"] = json!(who)).await
            }
            _ => response,
        }
    }
}

#[tokio::test]
async fn a4_an_account_that_the_request_names() {
    assert_fails(Believing::default(), &["A4"]).await;
}

/// A5: a wrong name is told from a wrong password.
struct Chatty;

impl Twin for Chatty {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let nobody = call.json()["account"].as_str().is_some_and(|name| name.contains("nobody"));
        if nobody && call.path == "/api/phone/sign-in" {
            return made_up(StatusCode::NOT_FOUND, &json!({"code": "unknown_account"}));
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn a5_an_answer_that_tells_who_exists() {
    assert_fails(Chatty, &["A5"]).await;
}
