//! A provider small enough to misbehave on demand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use demo_relying_party::clock::Clock;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::keys::Key;

/// Has characters that Basic authentication must encode (RFC 6749 section 2.3.1).
pub(crate) const CLIENT_SECRET: &str = "saoma_secret_ +:%";
/// Who always confirms.
pub(crate) const SUBJECT: &str = "subject-1";

/// The provider's session of every login.
pub(crate) const SID: &str = "session-1";

/// What the provider does, and what it has seen.
pub(crate) struct Script {
    /// The key it signs with.
    pub(crate) key: Key,
    /// The keys it publishes.
    pub(crate) jwks: Vec<Value>,
    /// Claims put over those of an honest ID token; `null` takes one away.
    pub(crate) claims: Value,
    /// Who userinfo says it is.
    pub(crate) userinfo_subject: &'static str,
    /// The issuer that discovery tells, if not its own.
    pub(crate) discovery_issuer: Option<String>,
    /// Whether refreshing is refused.
    pub(crate) refuses_refresh: bool,
    /// Whether discovery names a place to sign out.
    pub(crate) takes_part_in_logout: bool,
    /// How often each path was called.
    pub(crate) calls: HashMap<&'static str, u32>,
    logins: HashMap<String, HashMap<String, String>>,
    codes: u32,
    refreshes: u32,
}

pub(crate) struct FakeProvider {
    pub(crate) issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    clock: Clock,
    script: Mutex<Script>,
}

/// An authorization response.
#[derive(Debug, Clone)]
pub(crate) struct Approval {
    pub(crate) code: String,
    pub(crate) state: String,
    pub(crate) iss: String,
}

impl Approval {
    pub(crate) fn callback(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", &self.code).append_pair("state", &self.state).append_pair("iss", &self.iss);
        format!("/callback?{}", query.finish())
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "code": self.code, "state": self.state, "iss": self.iss })
    }
}

impl FakeProvider {
    pub(crate) async fn start(clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Key::es256("key-1");
        let script = Script {
            jwks: vec![serde_json::to_value(key.jwk()).unwrap()],
            key,
            claims: json!({}),
            userinfo_subject: SUBJECT,
            discovery_issuer: None,
            refuses_refresh: false,
            takes_part_in_logout: true,
            calls: HashMap::new(),
            logins: HashMap::new(),
            codes: 0,
            refreshes: 0,
        };
        let shared = Arc::new(Shared { issuer: issuer.clone(), clock, script: Mutex::new(script) });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks.json", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, shared }
    }

    /// Changes what the provider does.
    pub(crate) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap());
    }

    pub(crate) fn calls(&self, path: &str) -> u32 {
        self.shared.script.lock().unwrap().calls.get(path).copied().unwrap_or(0)
    }

    /// An honest logout token with these claims put over its own; `null` takes one away.
    pub(crate) fn logout_token(&self, changes: &Value) -> String {
        let now = self.shared.clock.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": "demo-site", "iat": now, "exp": now + 120, "jti": "logout-1", "sid": SID, "sub": SUBJECT,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.shared.script.lock().unwrap().key.sign_as("logout+jwt", &claims)
    }

    /// The person scans and confirms: the answer to this authorization request.
    pub(crate) fn approve(&self, request: &HashMap<String, String>) -> Approval {
        let mut script = self.shared.script.lock().unwrap();
        script.codes += 1;
        let code = format!("saoma_code_{}", script.codes);
        script.logins.insert(code.clone(), request.clone());
        Approval { code, state: request["state"].clone(), iss: self.issuer.clone() }
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let mut script = shared.script.lock().unwrap();
    *script.calls.entry("discovery").or_default() += 1;
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": script.discovery_issuer.as_ref().unwrap_or(issuer),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks.json"),
        "end_session_endpoint": script.takes_part_in_logout.then(|| format!("{issuer}/logout")),
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn jwks(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let mut script = shared.script.lock().unwrap();
    *script.calls.entry("jwks").or_default() += 1;
    Json(json!({ "keys": script.jwks }))
}

async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if headers.get(AUTHORIZATION).is_none_or(|value| value != "Bearer access-0") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let sub = shared.script.lock().unwrap().userinfo_subject;
    Json(json!({ "sub": sub, "name": "Lin <Mei>", "email": "lin@example.com" })).into_response()
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut script = shared.script.lock().unwrap();
    *script.calls.entry("token").or_default() += 1;
    if !is_the_site(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let nonce = match form["grant_type"].as_str() {
        "authorization_code" => match script.logins.remove(&form["code"]) {
            Some(login) if is_proven(&login, &form) => login["nonce"].clone(),
            _ => return refusal(StatusCode::BAD_REQUEST, "invalid_grant"),
        },
        _ if script.refuses_refresh || form["refresh_token"] != format!("refresh-{}", script.refreshes) => {
            return refusal(StatusCode::BAD_REQUEST, "invalid_grant");
        }
        _ => {
            script.refreshes += 1;
            String::new()
        }
    };
    let id_token = script.key.sign(&claims(&shared, &script, &nonce));
    let answer = json!({
        "access_token": "access-0", "token_type": "Bearer", "expires_in": 600, "id_token": id_token,
        "refresh_token": format!("refresh-{}", script.refreshes), "scope": "openid profile email offline_access",
    });
    Json(answer).into_response()
}

fn claims(shared: &Shared, script: &Script, nonce: &str) -> Value {
    let now = shared.clock.now();
    let mut claims = json!({
        "iss": shared.issuer, "aud": "demo-site", "sub": SUBJECT, "iat": now, "exp": now + 300,
        "sid": SID, "acr": "urn:saoma:acr:scan", "amr": ["swk", "mca"],
    });
    if nonce.is_empty() {
        claims["auth_time"] = json!(super::NOW - 5);
    } else {
        claims["auth_time"] = json!(now - 5);
        claims["nonce"] = json!(nonce);
    }
    for (name, value) in script.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn is_the_site(headers: &HeaderMap) -> bool {
    let Some(basic) = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Basic ")) else {
        return false;
    };
    let text = String::from_utf8(BASE64_STANDARD.decode(basic).unwrap()).unwrap();
    let (id, secret) = text.split_once(':').unwrap();
    let decoded: String = form_urlencoded::parse(secret.as_bytes()).map(|(k, _)| k.into_owned()).collect();
    id == "demo-site" && decoded == CLIENT_SECRET
}

/// PKCE (RFC 7636 section 4.6) and the redirect URI (RFC 6749 section 4.1.3).
fn is_proven(login: &HashMap<String, String>, form: &HashMap<String, String>) -> bool {
    let hash = digest(&SHA256, form["code_verifier"].as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hash) == login["code_challenge"]
        && form["redirect_uri"] == login["redirect_uri"]
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "error": code, "error_description": "secret details" }))).into_response()
}
