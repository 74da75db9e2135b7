//! How the oracle reaches the provider.

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;

/// Sends one request of the oracle's. `https` is spoken to the provider as `http`, as behind a proxy that ends TLS: some calls the
/// oracle makes by `https` only.
pub(crate) async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder().redirect(Policy::none()).build()?;
    let (parts, body) = request.into_parts();
    let url = parts.uri.to_string().replacen("https://127.0.0.1", "http://127.0.0.1", 1);
    let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await?;
    let mut answer = http::Response::new(Vec::new());
    *answer.status_mut() = sent.status();
    *answer.headers_mut() = sent.headers().clone();
    *answer.body_mut() = sent.bytes().await?.to_vec();
    Ok(answer)
}
