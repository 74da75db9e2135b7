//! What a request was answered.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Response, StatusCode},
};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status, headers: parts.headers, body, bytes }
    }

    /// A header's text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// A parameter of the `Location`.
    pub(crate) fn location_parameter(&self, name: &str) -> Option<String> {
        let location = url::Url::parse(self.header("location")).unwrap();
        location.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// The code that goes to the site.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.location_parameter("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// The error that goes to the site.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        self.location_parameter("error").unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    /// Status and problem code of our own API's error, such as `409 already_scanned`.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        format!("{} {}", self.status.as_u16(), problem["code"].as_str().unwrap())
    }

    /// Status and error of the token endpoint, such as `400 invalid_grant`. Checks what every such answer must have.
    #[track_caller]
    pub(crate) fn oauth_error(&self) -> String {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store");
        format!("{} {}", self.status.as_u16(), self.json()["error"].as_str().unwrap())
    }
}
