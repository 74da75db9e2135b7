//! HTTP by `fetch`, as little of it as the programs need.

use protocol::ProblemCode;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit, Response};

use crate::browser::{window, within};

/// One request.
#[derive(Debug)]
pub struct Call<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// Absolute, or relative to the page.
    pub url: String,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// JSON, or nothing.
    pub json: Option<String>,
    /// Whether the origin's cookies go with it.
    pub credentials: RequestCredentials,
    /// Ends the request early.
    pub signal: Option<&'a AbortSignal>,
    /// How long to wait for the head of the answer, in milliseconds; [`PATIENCE_MS`] for an answer that is to come at once.
    pub patience_ms: f64,
}

/// How long an answer may take that is to come at once, in milliseconds.
pub const PATIENCE_MS: f64 = 15_000.0;

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No answer at all: offline, refused by CORS, or the connection broke.
    Unreachable,
    /// No answer in time.
    Silent,
    /// The server answered with an error.
    Refused(Refusal),
}

/// An error that the server answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Its body: problem details (RFC 9457), where the answer is ours and not a proxy's.
    pub body: String,
}

impl Failure {
    /// Whether trying the same again may help: nothing came, or the server has trouble of its own.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable | Self::Silent => true,
            Self::Refused(refusal) => refusal.status >= 500 || refusal.status == 429,
        }
    }
}

/// The member of problem details that a program reads.
#[derive(Deserialize)]
struct ProblemBody {
    code: ProblemCode,
}

impl Refusal {
    /// What happened; `None` where the answer is none of ours, such as a proxy's page or a newer server's code.
    pub fn code(&self) -> Option<ProblemCode> {
        serde_json::from_str::<ProblemBody>(&self.body).ok().map(|problem| problem.code)
    }
}

impl Call<'_> {
    /// Sends it and returns the answer once its head is there, whatever its status.
    ///
    /// # Errors
    ///
    /// [`Failure::Unreachable`] or [`Failure::Silent`] if no answer came.
    pub async fn send(&self) -> Result<Response, Failure> {
        let promise = self.begin().map_err(|_| Failure::Unreachable)?;
        let response = within(self.patience_ms, promise).await.ok_or(Failure::Silent)?;
        response.ok().and_then(|response| response.dyn_into().ok()).ok_or(Failure::Unreachable)
    }

    /// Begins the request: the promise of a [`Response`].
    fn begin(&self) -> Result<js_sys::Promise, JsValue> {
        let headers = Headers::new()?;
        for (name, value) in self.headers {
            headers.set(name, value)?;
        }
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_credentials(self.credentials);
        init.set_cache(RequestCache::NoStore);
        init.set_signal(self.signal);
        if let Some(json) = &self.json {
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from_str(json));
        }
        init.set_headers(&headers);
        Ok(window().fetch_with_str_and_init(&self.url, &init).unchecked_into())
    }

    /// Sends it and returns the body of a good answer.
    ///
    /// # Errors
    ///
    /// [`Failure`] if no answer came or its status is not 2xx.
    pub async fn text(&self) -> Result<String, Failure> {
        let response = self.send().await?;
        let body = body(&response).await?;
        if response.ok() {
            Ok(body)
        } else {
            Err(Failure::Refused(Refusal { status: response.status(), body }))
        }
    }
}

/// Reads all of an answer's body as text.
///
/// # Errors
///
/// [`Failure::Unreachable`] if the connection broke.
pub async fn body(response: &Response) -> Result<String, Failure> {
    let text = JsFuture::from(
        response.text().map_err(|_| Failure::Unreachable)?.unchecked_into::<js_sys::Promise>(),
    );
    text.await.ok().and_then(|text| text.as_string()).ok_or(Failure::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Refusal {
        Refusal { status, body: body.into() }
    }

    #[test]
    fn problem_details_are_read() {
        let body = r#"{"type":"urn:saoma:problem:already_scanned","status":409,"detail":"Late.","code":"already_scanned"}"#;
        assert_eq!(refusal(409, body).code(), Some(ProblemCode::AlreadyScanned));
    }

    #[test]
    fn a_proxy_s_page_has_no_code() {
        assert_eq!(refusal(502, "<h1>Bad gateway</h1>").code(), None);
    }

    #[test]
    fn a_newer_server_s_code_is_no_error() {
        assert_eq!(refusal(400, r#"{"code":"out_of_tea","detail":"No tea."}"#).code(), None);
    }

    #[test]
    fn only_passing_failures_are_tried_again() {
        let refused = |status| Failure::Refused(refusal(status, ""));
        assert!(Failure::Unreachable.is_passing() && refused(503).is_passing() && refused(429).is_passing());
        assert!(!refused(404).is_passing() && !refused(409).is_passing());
    }
}
