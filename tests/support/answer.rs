//! What a request was answered.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub body: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, body: response.text().await? })
    }

    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// A member of the JSON body that is text.
    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no `{member}`: {self:?}")).to_owned()
    }

    /// A parameter of the `Location`.
    pub fn location_parameter(&self, name: &str) -> Option<String> {
        let location = url::Url::parse(self.header("location")).unwrap();
        location.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// Status and code of an error, such as `409 already_scanned` or `400 invalid_grant`.
    #[track_caller]
    pub fn error(&self) -> String {
        let json = self.json();
        let code = json["code"].as_str().or(json["error"].as_str());
        format!("{} {}", self.status, code.unwrap_or_else(|| panic!("no error: {self:?}")))
    }
}
