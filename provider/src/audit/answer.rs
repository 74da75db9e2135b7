//! What the provider answers, read whole.

use reqwest::{Response, StatusCode, header::HeaderMap};
use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) async fn read(response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Self { status, headers, body: response.text().await? })
    }

    /// A header's text; empty if it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; `null` if it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A text member of the body; empty if it is not there.
    pub(super) fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_default().to_owned()
    }

    /// Whether the caller was told no, and not that the server broke.
    pub(super) fn is_refused(&self) -> bool {
        self.status.is_client_error()
    }

    /// Where it sends the browser; `None` if nowhere.
    pub(super) fn location(&self) -> Option<&str> {
        let sends = self.status.is_redirection() || self.headers.contains_key("refresh");
        let to = if self.headers.contains_key("location") { "location" } else { "refresh" };
        sends.then(|| self.header(to))
    }

    /// Everything that a browser gets to see, in one text.
    pub(super) fn all(&self) -> String {
        let headers = self.headers.values().filter_map(|value| value.to_str().ok());
        headers.chain([self.body.as_str()]).collect::<Vec<_>>().join("\n")
    }
}
