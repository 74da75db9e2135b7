//! Twins that do not keep a login to its browser's key.
//!
//! A twin cannot prove another's key. So these bind logins to a key of their own, and prove that for whom they please.

use axum::{
    http::{Method, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::{
    clock::Clock,
    mock_phone::{DeviceKey, ProofTarget, proof},
};
use serde_json::{Value, json};

use crate::{
    stage::{assert_fails, assert_finds, nothing},
    twin::{Call, Memory, Real, Twin, edit, read},
};

/// Older proofs are old, in seconds.
const OLD: i64 = 60;

/// A proof by a twin's key for a `POST` to a path.
fn prove(key: &DeviceKey, call: &Call, path: &str) -> String {
    let url = url(call, path);
    proof(key, ProofTarget { method: "POST", url: &url, access_token: None }, now()).unwrap()
}

fn url(call: &Call, path: &str) -> String {
    format!("http://{}{path}", call.headers[header::HOST].to_str().unwrap())
}

fn now() -> i64 {
    Clock::System.now().seconds()
}

/// What a call proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    NoProof,
    Rubbish,
    AnotherKey,
    AnotherCall,
    Old,
    Used,
    Good,
}

/// B1: besides good proofs, one kind that is not gets the result.
struct Lax {
    takes: Shown,
    key: DeviceKey,
    browsers: Memory,
    seen: Memory,
}

impl Lax {
    fn new(takes: Shown) -> Self {
        let key = DeviceKey::generate().unwrap();
        Self { takes, key, browsers: Memory::default(), seen: Memory::default() }
    }

    /// What a call proves for a login that was started with this key, as its proof's header says it.
    fn judge(&self, call: &Call, browser: &str) -> Shown {
        let Some(proof) = call.header("dpop") else { return Shown::NoProof };
        let Some((head, claims)) = parts(proof) else { return Shown::Rubbish };
        if head != browser {
            Shown::AnotherKey
        } else if claims["htu"] != url(call, &call.path) {
            Shown::AnotherCall
        } else if claims["iat"].as_i64().unwrap() < now() - OLD {
            Shown::Old
        } else if self.seen.get(proof).is_some() {
            Shown::Used
        } else {
            self.seen.keep(proof, "seen");
            Shown::Good
        }
    }
}

/// A proof's header, as it is written, and its claims.
fn parts(proof: &str) -> Option<(&str, Value)> {
    let (head, rest) = proof.split_once('.')?;
    let claims = URL_SAFE_NO_PAD.decode(rest.split_once('.')?.0).ok()?;
    Some((head, serde_json::from_slice(&claims).ok()?))
}

impl Twin for Lax {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.is(&Method::POST, "/api/logins") {
            let Some(head) = call.header("dpop").and_then(parts).map(|(head, _)| head.to_owned()) else {
                return real.send(call).await;
            };
            let own = prove(&self.key, &call, &call.path);
            let (started, response) = read(real.send(call.with_header("dpop", &own)).await).await;
            if let Some(id) = started["id"].as_str() {
                self.browsers.keep(id, &head);
            }
            return response;
        }
        let browser = call.login().filter(|(_, tail)| *tail == "result");
        let Some(browser) = browser.and_then(|(id, _)| self.browsers.get(id)) else {
            return real.send(call).await;
        };
        let shown = self.judge(&call, &browser);
        if shown == Shown::Good || shown == self.takes {
            let own = prove(&self.key, &call, &call.path);
            return real.send(call.with_header("dpop", &own)).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn b1_a_result_without_a_proof() {
    assert_finds(Lax::new(Shown::NoProof), "B1", "without a proof").await;
}

#[tokio::test]
async fn b1_a_result_for_what_is_no_proof() {
    assert_finds(Lax::new(Shown::Rubbish), "B1", "with what is no proof").await;
}

#[tokio::test]
async fn b1_a_result_for_any_key() {
    assert_finds(Lax::new(Shown::AnotherKey), "B1", "another key").await;
}

#[tokio::test]
async fn b1_a_result_for_another_call_s_proof() {
    assert_finds(Lax::new(Shown::AnotherCall), "B1", "another call").await;
}

#[tokio::test]
async fn b1_a_result_for_an_old_proof() {
    assert_finds(Lax::new(Shown::Old), "B1", "ten minutes ago").await;
}

#[tokio::test]
async fn b1_a_result_for_a_proof_that_was_used() {
    assert_finds(Lax::new(Shown::Used), "B1", "used before").await;
}

/// B2: what may not be bound is said to be.
struct Agreeing(StatusCode);

impl Twin for Agreeing {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let binds = call.login().is_some_and(|(_, tail)| tail == "key");
        let mut response = real.send(call).await;
        if binds && response.status() == self.0 {
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = nothing();
        }
        response
    }
}

#[tokio::test]
async fn b2_a_login_that_is_bound_without_its_secret() {
    assert_finds(Agreeing(StatusCode::NOT_FOUND), "B2", "another login's browser binds").await;
}

#[tokio::test]
async fn b2_a_login_that_is_bound_without_a_proof() {
    assert_finds(Agreeing(StatusCode::UNAUTHORIZED), "B2", "without a proof").await;
}

#[tokio::test]
async fn b2_a_login_that_is_bound_too_late() {
    assert_finds(Agreeing(StatusCode::CONFLICT), "B2", "after somebody has scanned").await;
}

/// B2: whoever comes second has the login.
#[derive(Default)]
struct Fickle(Memory);

impl Twin for Fickle {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let bound = call.login().filter(|(_, tail)| *tail == "key").map(|(id, _)| id.to_owned());
        let proven = call.header("dpop").is_some();
        let mut response = real.send(call).await;
        let Some(id) = bound.filter(|_| proven) else { return response };
        if response.status() == StatusCode::NO_CONTENT {
            self.0.keep(&id, "bound");
        } else if response.status() == StatusCode::UNAUTHORIZED && self.0.get(&id).is_some() {
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = nothing();
        }
        response
    }
}

#[tokio::test]
async fn b2_a_login_that_is_bound_anew() {
    assert_finds(Fickle::default(), "B2", "a second key").await;
}

/// B3: the page delivers to its cookie.
struct CookieIsEnough {
    key: DeviceKey,
    pages: Memory,
    /// Whether to look at the page is enough, or it takes the form.
    to_look: bool,
}

impl CookieIsEnough {
    fn new(to_look: bool) -> Self {
        Self { key: DeviceKey::generate().unwrap(), pages: Memory::default(), to_look }
    }

    /// Sends the page's form with a proof.
    async fn deliver(&self, mut call: Call, id: &str, real: &Real) -> Response {
        (call.method, call.path) = (Method::POST, format!("/login/{id}/result"));
        let proof = prove(&self.key, &call, &call.path);
        real.send(call.with_form(&format!("proof={proof}"))).await
    }
}

impl Twin for CookieIsEnough {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let binds = call.login().filter(|(_, tail)| *tail == "key" && call.header("cookie").is_some());
        if let Some((id, _)) = binds {
            self.pages.keep(id, "bound");
            let own = prove(&self.key, &call, &call.path);
            return real.send(call.with_header("dpop", &own)).await;
        }
        let page = call.path.strip_prefix("/login/").map(|page| page.split_once('/').unwrap_or((page, "")));
        let page = page.filter(|(id, _)| self.pages.get(id).is_some());
        let Some((id, tail)) = page.map(|(id, tail)| (id.to_owned(), tail.to_owned())) else {
            return real.send(call).await;
        };
        if self.to_look && call.method == Method::GET {
            let delivered = self.deliver(call.clone(), &id, real).await;
            return if delivered.status().is_redirection() { delivered } else { real.send(call).await };
        }
        if !self.to_look && tail == "result" {
            return self.deliver(call, &id, real).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn b3_a_page_that_delivers_to_whoever_looks() {
    assert_finds(CookieIsEnough::new(true), "B3", "the cookie alone").await;
}

#[tokio::test]
async fn b3_a_form_that_delivers_without_a_proof() {
    assert_finds(CookieIsEnough::new(false), "B3", "without a proof").await;
}

/// B4: every browser is said to have a key.
struct Flattering;

impl Twin for Flattering {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let scans = call.is(&Method::POST, "/api/phone/scan");
        let response = real.send(call).await;
        if scans && response.status().is_success() {
            return edit(response, |scanned| scanned["browser"]["bound"] = json!(true)).await;
        }
        response
    }
}

#[tokio::test]
async fn b4_a_browser_that_is_said_to_have_a_key() {
    assert_fails(Flattering, &["B4"]).await;
}
