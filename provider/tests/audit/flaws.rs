//! Twins with the six flaws.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::json;

use crate::{
    stage::{assert_fails, assert_finds},
    twin::{Call, Codes, Memory, Real, Twin, edit, handle_and_stamp, made_up, read},
};

/// F1: who knows a login's identifier may look at it.
#[derive(Default)]
struct Unbound(Memory);

impl Twin for Unbound {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return self.0.keep_secret(real.send(call).await).await;
        }
        let known = call.login().and_then(|(id, _)| self.0.get(id));
        match known {
            Some(secret) if call.method == Method::GET => {
                real.send(call.with_header("saoma-browser-secret", &secret)).await
            }
            _ => real.send(call).await,
        }
    }
}

#[tokio::test]
async fn f1_a_login_that_anybody_may_look_at() {
    assert_fails(Unbound::default(), &["F1"]).await;
}

/// F2: a code that has been scanned is scanned again.
#[derive(Default)]
struct Reusable(Memory);

impl Twin for Reusable {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if !call.is(&Method::POST, "/api/phone/scan") {
            return real.send(call).await;
        }
        let qr = call.json()["qr"].as_str().unwrap_or_default().to_owned();
        let (json, response) = read(real.send(call).await).await;
        if response.status() == StatusCode::OK {
            self.0.keep(&qr, &json.to_string());
            return response;
        }
        match self.0.get(&qr) {
            Some(first) => made_up(StatusCode::OK, &serde_json::from_str(&first).unwrap()),
            None => response,
        }
    }
}

#[tokio::test]
async fn f2_a_code_that_is_good_twice() {
    assert_fails(Reusable::default(), &["F2"]).await;
}

/// F3: four characters of a code are random, and no more.
#[derive(Default)]
struct Predictable(Memory);

impl Twin for Predictable {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return edit(real.send(call).await, |started| {
                let Some(prefix) = started["qr"]["prefix"].as_str().map(str::to_owned) else { return };
                let (path, handle) = prefix.rsplit_once('/').unwrap();
                let weak = format!("{path}/AAAAAAAAAAAAAAAAAA{}", &handle[..4]);
                self.0.keep(&weak, &prefix);
                started["qr"]["prefix"] = json!(weak);
            })
            .await;
        }
        let mut body = call.json();
        let known = body["qr"]
            .as_str()
            .and_then(handle_and_stamp)
            .and_then(|(weak, stamp)| self.0.get(&weak).map(|real| real + &stamp));
        match known {
            Some(qr) if call.is(&Method::POST, "/api/phone/scan") => {
                body["qr"] = json!(qr);
                real.send(call.with_json(&body)).await
            }
            _ => real.send(call).await,
        }
    }
}

#[tokio::test]
async fn f3_codes_that_are_short_of_randomness() {
    assert_fails(Predictable::default(), &["F3"]).await;
}

/// F2: whatever its date, a code is taken for this moment's.
#[derive(Default)]
struct Timeless(Codes);

impl Twin for Timeless {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return self.0.keep(real.send(call).await).await;
        }
        let mut body = call.json();
        let now = body["qr"].as_str().and_then(handle_and_stamp).and_then(|(prefix, _)| self.0.now(&prefix));
        match now {
            Some(now) if call.is(&Method::POST, "/api/phone/scan") => {
                body["qr"] = json!(now);
                real.send(call.with_json(&body)).await
            }
            _ => real.send(call).await,
        }
    }
}

#[tokio::test]
async fn f2_a_code_without_a_date() {
    // Nothing checks the mac either, so guesses at it are good: that is A3.
    assert_fails(Timeless::default(), &["F2", "A3"]).await;
}

/// F2: a code is good for half a minute.
#[derive(Default)]
struct Slow(Codes);

impl Twin for Slow {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            return self.0.keep(real.send(call).await).await;
        }
        let mut body = call.json();
        let qr = body["qr"].as_str().unwrap_or_default().to_owned();
        if call.is(&Method::POST, "/api/phone/scan") && self.0.is_recent(&qr, 30_000) {
            let (prefix, _) = handle_and_stamp(&qr).unwrap();
            body["qr"] = json!(self.0.now(&prefix));
            return real.send(call.with_json(&body)).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn f2_a_code_that_is_good_for_half_a_minute() {
    assert_finds(Slow::default(), "F2", "20 seconds ago").await;
}

/// F2: whatever picture is shown before anybody is signed in is taken for one of that moment.
struct Trusting;

impl Twin for Trusting {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let shows = call.is(&Method::POST, "/api/phone/sighting");
        let mut response = real.send(call).await;
        if shows && response.status() == StatusCode::GONE {
            *response.status_mut() = StatusCode::OK;
        }
        response
    }
}

#[tokio::test]
async fn f2_a_picture_that_is_noted_late() {
    assert_finds(Trusting, "F2", "nobody is signed in").await;
}

/// F4: the browser names the login.
struct Chosen;

impl Twin for Chosen {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let chosen = call.json()["id"].clone();
        let begins = call.is(&Method::POST, "/api/logins") && chosen.is_string();
        let response = real.send(call).await;
        if begins { edit(response, |started| started["id"] = chosen).await } else { response }
    }
}

#[tokio::test]
async fn f4_an_identifier_that_the_browser_chooses() {
    assert_fails(Chosen, &["F4"]).await;
}

/// F5: who confirms need not say who they are.
struct Unchecked;

impl Twin for Unchecked {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let confirms = call.is(&Method::POST, "/api/phone/confirm");
        let mut response = real.send(call).await;
        if confirms && response.status() == StatusCode::UNAUTHORIZED {
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = crate::stage::nothing();
        }
        response
    }
}

#[tokio::test]
async fn f5_a_confirmation_without_a_token() {
    assert_fails(Unchecked, &["F5"]).await;
}

/// F6: the browser is told who has scanned.
#[derive(Default)]
struct Leaking(Memory);

impl Twin for Leaking {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let looks = call.login().is_some_and(|(_, tail)| tail.is_empty());
        let scans = call.is(&Method::POST, "/api/phone/scan");
        let response = real.send(call).await;
        if scans {
            let (json, response) = read(response).await;
            if let Some(name) = json["account"]["display_name"].as_str() {
                self.0.keep("who", name);
            }
            return response;
        }
        if !looks || response.headers()["content-type"] == "text/event-stream" {
            return response;
        }
        edit(response, |view| {
            if view["state"] == "scanned" {
                view["scanned_by"] = json!(self.0.get("who"));
            }
        })
        .await
    }
}

#[tokio::test]
async fn f6_a_page_that_is_told_who_scans() {
    assert_fails(Leaking::default(), &["F6"]).await;
}
