//! The site's HTTP client: short timeouts, no redirects, bounded answers.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use url::Url;

const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: usize = 256 * 1024;

/// Talks to the provider. Redirects are never followed: a token request must not be led elsewhere.
#[derive(Debug, Clone)]
pub struct Transport(reqwest::Client);

/// Why the provider could not be talked to. None of these texts has anything of an answer's body in it.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection, no answer in time, or a broken one.
    #[error("the provider did not answer")]
    NoAnswer(#[source] reqwest::Error),
    /// More bytes than any of these answers can need.
    #[error("the provider's answer is larger than {LARGEST_ANSWER} bytes")]
    TooLarge,
    /// Some other status than 200.
    #[error("the provider answered with status {0}")]
    Status(http::StatusCode),
    /// Not the JSON that was asked for.
    #[error("the provider's answer is not the JSON expected")]
    NotJson,
    /// A message that cannot be put into HTTP.
    #[error("a message cannot be built")]
    Message(#[source] http::Error),
}

impl TransportError {
    /// Whether nobody answered, or only a broken server or gateway did.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::Status(status) => status.is_server_error(),
            _ => false,
        }
    }
}

impl Transport {
    /// A client with its own pool of connections, which trusts this authority (as PEM) beside the system's.
    pub fn new(authority: Option<&[u8]>) -> Result<Self, TransportError> {
        let authority = authority.map(reqwest::Certificate::from_pem).transpose();
        reqwest::Client::builder()
            .tls_certs_merge(authority.map_err(TransportError::NoAnswer)?)
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("the-gnomon/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(TransportError::NoAnswer)
    }

    /// Fetches a JSON document, with an access token where one is needed (RFC 6750 section 2.1).
    pub async fn get_json<T: DeserializeOwned>(
        &self,
        url: &Url,
        bearer: Option<&str>,
    ) -> Result<T, TransportError> {
        let mut request = self.0.get(url.clone()).header(http::header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(TransportError::NoAnswer)?;
        if response.status() != http::StatusCode::OK {
            return Err(TransportError::Status(response.status()));
        }
        // serde's own message could quote the answer; the log does not need it.
        serde_json::from_slice(&body(response).await?).map_err(|_| TransportError::NotJson)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(TransportError::NoAnswer)?;
        let response = self.0.execute(request).await.map_err(TransportError::NoAnswer)?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        answer.body(body(response).await?).map_err(TransportError::Message)
    }
}

/// The `oauth2` crate brings no HTTP client of its own: this is the one it uses.
impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(TransportError::NoAnswer)? {
        if bytes.len() + chunk.len() > LARGEST_ANSWER {
            return Err(TransportError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
