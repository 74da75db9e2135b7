//! Twins that neglect one thing of RFC 9700 each.

use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    stage::{REDIRECT_URI, assert_fails, assert_finds, nothing},
    twin::{Call, Memory, Real, Twin, edit, made_up, read},
};

/// P1: a redirect URI is good if it begins as the registered one.
struct Prefixed;

impl Twin for Prefixed {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let mut body = call.json();
        let starts = body["redirect_uri"].as_str().is_some_and(|uri| uri.starts_with(REDIRECT_URI));
        if call.is(&Method::POST, "/api/logins") && starts {
            body["redirect_uri"] = json!(REDIRECT_URI);
            return real.send(call.with_json(&body)).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn p1_redirect_uris_by_prefix() {
    assert_fails(Prefixed, &["P1"]).await;
}

/// P2: an error goes wherever the request says.
struct Redirecting;

impl Twin for Redirecting {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let elsewhere = call.path == "/authorize" && call.query.contains("elsewhere.example%2F&");
        let response = real.send(call).await;
        if elsewhere && response.status() == StatusCode::BAD_REQUEST {
            let response = Response::builder().status(StatusCode::FOUND);
            let location = "https://elsewhere.example/?error=invalid_request";
            return response.header(header::LOCATION, location).body(nothing()).unwrap();
        }
        response
    }
}

#[tokio::test]
async fn p2_errors_that_go_anywhere() {
    assert_fails(Redirecting, &["P2"]).await;
}

/// P3: `plain` is as good as S256.
struct Plain;

impl Twin for Plain {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let mut body = call.json();
        if call.is(&Method::POST, "/api/logins") && body["code_challenge_method"] == "plain" {
            body["code_challenge_method"] = json!("S256");
            return real.send(call.with_json(&body)).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn p3_plain_challenges() {
    assert_fails(Plain, &["P3"]).await;
}

/// P4: challenge and verifier are ignored.
struct Stripping;

impl Twin for Stripping {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let mut body = call.json();
        let good = body["code_challenge"].as_str().is_some_and(|challenge| challenge.len() == 43)
            && body["code_challenge_method"] == "S256";
        if call.is(&Method::POST, "/api/logins") && good {
            let members = body.as_object_mut().unwrap();
            members.remove("code_challenge");
            members.remove("code_challenge_method");
            return real.send(call.with_json(&body)).await;
        }
        if call.path == "/token" {
            return real.send(call.without("code_verifier")).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn p4_pkce_that_is_ignored() {
    assert_fails(Stripping, &["P4"]).await;
}

/// P5 and P8: what was answered once to a code, or a refresh token, is answered again.
struct Repeating {
    by: &'static str,
    answers: Memory,
}

impl Twin for Repeating {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let Some(key) = call.form(self.by).filter(|_| call.path == "/token") else {
            return real.send(call).await;
        };
        let (json, response) = read(real.send(call).await).await;
        if response.status().is_success() {
            self.answers.keep(&key, &json.to_string());
            return response;
        }
        match self.answers.get(&key) {
            Some(first) => made_up(StatusCode::OK, &serde_json::from_str::<Value>(&first).unwrap()),
            None => response,
        }
    }
}

#[tokio::test]
async fn p5_a_code_that_is_redeemed_twice() {
    assert_fails(Repeating { by: "code", answers: Memory::default() }, &["P5"]).await;
}

#[tokio::test]
async fn p8_a_refresh_token_that_comes_back() {
    assert_fails(Repeating { by: "refresh_token", answers: Memory::default() }, &["P8"]).await;
}

/// P6: nobody asks for which redirect URI a code was made.
struct Loose;

impl Twin for Loose {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let elsewhere = call.form("redirect_uri").is_some_and(|uri| uri.contains("elsewhere"));
        if call.path == "/token" && elsewhere {
            return real.send(call.without("redirect_uri")).await;
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn p6_a_code_for_any_redirect_uri() {
    assert_fails(Loose, &["P6"]).await;
}

/// P7: a response says that it is another provider's.
struct MixedUp;

impl Twin for MixedUp {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let collects = call.login().is_some_and(|(_, tail)| tail == "result");
        let response = real.send(call).await;
        if !collects || !response.status().is_success() {
            return response;
        }
        edit(response, |result| result["iss"] = json!("https://other.example")).await
    }
}

#[tokio::test]
async fn p7_a_response_of_another_issuer() {
    assert_fails(MixedUp, &["P7"]).await;
}

/// P9: nothing is said of DPoP.
struct Unbinding;

impl Twin for Unbinding {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let discovery = call.path.starts_with("/.well-known/");
        let response = real.send(call).await;
        if !discovery {
            return response;
        }
        edit(response, |document| {
            document.as_object_mut().unwrap().remove("dpop_signing_alg_values_supported");
        })
        .await
    }
}

#[tokio::test]
async fn p9_no_sender_constrained_tokens() {
    assert_fails(Unbinding, &["P9"]).await;
}

/// P9: whatever is called a nonce is taken for one.
struct Credulous;

impl Twin for Credulous {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let proof = call.header("dpop").filter(|_| call.path == "/token").unwrap_or_default();
        let claims = proof.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
        let claims: Value = serde_json::from_slice(&claims.unwrap_or_default()).unwrap_or_default();
        let mut response = real.send(call).await;
        if claims["nonce"].is_string() {
            *response.status_mut() = StatusCode::OK;
        }
        response
    }
}

#[tokio::test]
async fn p9_a_nonce_that_nobody_gave() {
    assert_finds(Credulous, "P9", "a nonce that the provider never gave").await;
}

/// P10: a password gets a token.
struct PasswordGrant;

impl Twin for PasswordGrant {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        if call.path == "/token" && call.form("grant_type").as_deref() == Some("password") {
            return made_up(StatusCode::OK, &json!({"access_token": "a-token", "token_type": "Bearer"}));
        }
        real.send(call).await
    }
}

#[tokio::test]
async fn p10_a_password_grant() {
    assert_fails(PasswordGrant, &["P10"]).await;
}

/// P11: any page may frame ours.
pub(crate) struct Framed;

impl Twin for Framed {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let mut response = real.send(call).await;
        response.headers_mut().remove(header::CONTENT_SECURITY_POLICY);
        response
    }
}

#[tokio::test]
async fn p11_pages_in_foreign_frames() {
    assert_fails(Framed, &["P11"]).await;
}

/// P12: browsers tell everybody where they come from.
struct Telling;

impl Twin for Telling {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let mut response = real.send(call).await;
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("unsafe-url"));
        response
    }
}

#[tokio::test]
async fn p12_a_referrer_for_everybody() {
    assert_fails(Telling, &["P12"]).await;
}

/// P12: caches may keep the sign-in page.
pub(crate) struct Cached;

impl Cached {
    /// Spoils an answer of a page.
    pub(crate) fn spoil(mut response: Response) -> Response {
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
        }
        response
    }
}

impl Twin for Cached {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        Self::spoil(real.send(call).await)
    }
}

#[tokio::test]
async fn p12_a_page_that_is_stored() {
    assert_fails(Cached, &["P12"]).await;
}

/// P13: every site's scripts may read the authorization endpoint.
struct Open;

impl Twin for Open {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let asks = call.path == "/authorize";
        let mut response = real.send(call).await;
        if asks {
            let everybody = HeaderValue::from_static("*");
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody);
        }
        response
    }
}

#[tokio::test]
async fn p13_an_authorization_endpoint_for_scripts() {
    assert_fails(Open, &["P13"]).await;
}

/// P14: what was posted is posted on.
struct Repeated;

impl Twin for Repeated {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let posts = call.is(&Method::POST, "/authorize");
        let mut response = real.send(call).await;
        if posts && response.status() == StatusCode::SEE_OTHER {
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        }
        response
    }
}

#[tokio::test]
async fn p14_a_redirect_that_repeats_the_form() {
    assert_fails(Repeated, &["P14"]).await;
}

/// P15: a key is published whole.
struct Exposed;

impl Twin for Exposed {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        let keys = call.path == "/jwks.json";
        let response = real.send(call).await;
        if !keys {
            return response;
        }
        edit(response, |jwks| jwks["keys"][0]["d"] = json!("a private number")).await
    }
}

#[tokio::test]
async fn p15_a_private_key_in_public() {
    assert_fails(Exposed, &["P15"]).await;
}
