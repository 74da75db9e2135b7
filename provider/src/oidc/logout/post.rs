//! The one call that goes out: a form to a site's back-channel address.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use url::Url;

/// How long a site may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts forms to sites. Follows no redirect: the address is the one that was registered.
#[derive(Debug, Clone)]
pub(super) struct Post(Client);

impl Post {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("saoma/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .no_proxy();
        client.build().map(Self)
    }

    /// Posts a form; answers the status.
    pub(super) async fn form(&self, url: &Url, form: &[(&str, &str)]) -> Result<StatusCode, reqwest::Error> {
        Ok(self.0.post(url.clone()).form(form).send().await?.status())
    }
}
