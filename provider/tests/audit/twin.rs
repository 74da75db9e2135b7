//! A broken twin stands before the real provider and spoils one thing.

use std::{collections::HashMap, net::SocketAddr, sync::Mutex, time::Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
    response::Response,
};
use protocol::{
    login::{QrSeed, StartedLogin},
    qr::{self, FRAME_MS, FrameKey},
};
use provider::oauth::parameters::Parameters;
use serde_json::Value;
use tower::ServiceExt;

/// A call on its way to the provider.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: ConnectInfo<SocketAddr>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn is(&self, method: &Method, path: &str) -> bool {
        self.method == method && self.path == path
    }

    /// The login that the path names, and what follows it.
    pub(crate) fn login(&self) -> Option<(&str, &str)> {
        let rest = self.path.strip_prefix("/api/logins/")?;
        Some(rest.split_once('/').unwrap_or((rest, "")))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// With this body in place of its own.
    pub(crate) fn with_json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.headers.remove(header::CONTENT_LENGTH);
        self
    }

    /// A parameter of the form.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let form = Parameters::from_urlencoded(std::str::from_utf8(&self.body).ok()?).ok()?;
        form.get(name).map(str::to_owned)
    }

    /// Without a parameter of the form.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let body = String::from_utf8(self.body).unwrap();
        let start = format!("{name}=");
        let kept: Vec<_> = body.split('&').filter(|pair| !pair.starts_with(&start)).collect();
        self.body = kept.join("&").into_bytes();
        self.headers.remove(header::CONTENT_LENGTH);
        self
    }

    /// With this form in place of its body.
    pub(crate) fn with_form(mut self, form: &str) -> Self {
        self.body = form.as_bytes().to_vec();
        self.headers.remove(header::CONTENT_LENGTH);
        self.with_header("content-type", "application/x-www-form-urlencoded")
    }

    /// A header's text; `None` if it is not there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }
}

/// The provider.
#[derive(Clone)]
pub(crate) struct Real(pub(crate) Router);

impl Real {
    pub(crate) async fn send(&self, call: Call) -> Response {
        let uri = if call.query.is_empty() { call.path } else { format!("{}?{}", call.path, call.query) };
        let mut request = Request::builder().method(call.method).uri(uri);
        *request.headers_mut().unwrap() = call.headers;
        let request = request.extension(call.peer).body(Body::from(call.body)).unwrap();
        self.0.clone().oneshot(request).await.unwrap()
    }
}

/// How a provider is broken.
pub(crate) trait Twin: Send + Sync {
    fn answer(&self, call: Call, real: &Real) -> impl Future<Output = Response> + Send;
}

/// The provider as it is.
pub(crate) struct Sound;

impl Twin for Sound {
    async fn answer(&self, call: Call, real: &Real) -> Response {
        real.send(call).await
    }
}

/// Reads an answer's JSON, and gives the answer back.
pub(crate) async fn read(response: Response) -> (Value, Response) {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let json = serde_json::from_slice(&body).unwrap_or_default();
    (json, Response::from_parts(parts, Body::from(body)))
}

/// Changes an answer's JSON.
pub(crate) async fn edit(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut json, response) = read(response).await;
    change(&mut json);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(json.to_string()))
}

/// An answer made up.
pub(crate) fn made_up(status: StatusCode, json: &Value) -> Response {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(json.to_string())).unwrap()
}

/// What a twin remembers: a text for a text.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<String, String>>);

impl Memory {
    pub(crate) fn keep(&self, key: &str, value: &str) {
        self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
    }

    pub(crate) fn get(&self, key: &str) -> Option<String> {
        self.0.lock().unwrap().get(key).cloned()
    }

    /// Remembers a login's browser secret from the answer that began it.
    pub(crate) async fn keep_secret(&self, response: Response) -> Response {
        let (json, response) = read(response).await;
        if let (Some(id), Some(secret)) = (json["id"].as_str(), json["browser_secret"].as_str()) {
            self.keep(id, secret);
        }
        response
    }
}

/// The codes that a provider has handed out, and what they say at any time.
#[derive(Default)]
pub(crate) struct Codes(Mutex<Vec<(QrSeed, Instant)>>);

impl Codes {
    /// Remembers the code of a login from the answer that began it.
    pub(crate) async fn keep(&self, response: Response) -> Response {
        let (json, response) = read(response).await;
        if let Ok(started) = serde_json::from_value::<StartedLogin>(json) {
            self.0.lock().unwrap().push((started.qr, Instant::now()));
        }
        response
    }

    /// What the code of this prefix says now; `None` if there is none.
    pub(crate) fn now(&self, prefix: &str) -> Option<String> {
        self.0.lock().unwrap().iter().find(|(seed, _)| seed.prefix == prefix).map(|code| draw(code, 0))
    }

    /// Whether this is what a code said not longer ago.
    pub(crate) fn is_recent(&self, code: &str, longest_ms: u64) -> bool {
        let codes = self.0.lock().unwrap();
        let mut ages = (0..longest_ms).step_by(1_000);
        ages.any(|ago_ms| codes.iter().any(|one| draw(one, ago_ms) == code))
    }

    /// Whether a code's prefix differs from this one in one character.
    pub(crate) fn has_near(&self, prefix: &str) -> bool {
        let apart =
            |other: &str| prefix.chars().zip(other.chars()).filter(|(one, other)| one != other).count();
        self.0.lock().unwrap().iter().any(|(seed, _)| apart(&seed.prefix) == 1)
    }

    /// What the last code says now.
    pub(crate) fn last(&self) -> Option<String> {
        self.0.lock().unwrap().last().map(|code| draw(code, 0))
    }
}

/// What a code said so many milliseconds ago. The frames begin again after 4096, so that no time is before the first.
fn draw((seed, since): &(QrSeed, Instant), ago_ms: u64) -> String {
    let elapsed_ms = u64::try_from(since.elapsed().as_millis()).unwrap();
    let key = FrameKey::parse(&seed.key).unwrap();
    qr::dated(&seed.prefix, &key, seed.age_ms + elapsed_ms + 4096 * FRAME_MS - ago_ms)
}

/// A code's prefix with its handle, and what dates it; `None` if it is too short to be one.
pub(crate) fn handle_and_stamp(code: &str) -> Option<(String, String)> {
    let (path, secret) = code.rsplit_once('/')?;
    let (handle, stamp) = secret.split_at_checked(22)?;
    Some((format!("{path}/{handle}"), stamp.to_owned()))
}
