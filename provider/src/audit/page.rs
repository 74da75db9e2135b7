//! The provider's own sign-in page, in a browser that keeps its cookies.

use reqwest::{Method, RequestBuilder, header};
use url::Url;

use super::{
    Stop,
    answer::Answer,
    key::Key,
    login::Request,
    target::{Target, broken},
};

/// A sign-in page.
pub(super) struct Page<'a> {
    target: &'a Target,
    /// As it was first shown.
    pub(super) first: Answer,
    url: String,
    cookies: String,
    redirect_uri: String,
}

impl<'a> Page<'a> {
    /// Follows an authorization request to the page.
    pub(super) async fn open(target: &'a Target) -> Result<Self, Stop> {
        let request = Request::new(target)?;
        let redirect_uri = request.parameters["redirect_uri"].clone();
        let asked = target.authorize(&request.pairs()).await?;
        let cookies = asked.headers.get_all(header::SET_COOKIE).iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let url = match asked.location() {
            Some(path) if path.starts_with('/') => target.url(path),
            Some(url) => url.to_owned(),
            None => String::new(),
        };
        let mut page = Self { target, first: asked, url, cookies, redirect_uri };
        if !page.url.is_empty() {
            page.first = page.look().await?;
        }
        if page.first.status.is_success() {
            return Ok(page);
        }
        let status = page.first.status;
        Err(Stop::Broken(format!("an authorization request leads to no sign-in page ({status})")))
    }

    /// A call with its cookies, from itself.
    fn call(&self, method: Method, url: &str) -> RequestBuilder {
        let call = self.target.request(method, url).header(header::COOKIE, &self.cookies);
        call.header("sec-fetch-site", "same-origin")
    }

    /// Loads it again.
    pub(super) async fn look(&self) -> Result<Answer, Stop> {
        self.target.send(self.call(Method::GET, &self.url)).await
    }

    /// The address of its login in the API.
    fn api(&self) -> String {
        self.target.url(&protocol::paths::login(self.url.rsplit('/').next().unwrap_or_default()))
    }

    /// Its script binds the login to a key.
    pub(super) async fn bind(&self, key: &Key) -> Result<Answer, Stop> {
        let url = format!("{}/key", self.api());
        self.target.send(self.call(Method::POST, &url).header("dpop", key.proof(&url)?)).await
    }

    /// The phone scans it as it stands there now, and confirms.
    pub(super) async fn approve(&self) -> Result<(), Stop> {
        let shown = self.look().await?.body;
        let mut links = shown.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let code = links.find(|link| link.contains(protocol::qr::QR_PATH));
        let code = code.ok_or_else(|| Stop::Broken("the sign-in page links to no code".into()))?;
        let scanned = self.target.phone()?.scan(code).await.map_err(|error| broken(&error))?;
        let digits =
            async || Ok(self.target.send(self.call(Method::GET, &self.api())).await?.text("match_code"));
        self.target.confirm(&scanned, digits).await
    }

    /// Where its form collects the result.
    pub(super) fn result_url(&self) -> String {
        format!("{}/result", self.url)
    }

    /// Sends the form that collects the result, with a proof; an empty one is left out.
    pub(super) async fn collect(&self, proof: &str) -> Result<Answer, Stop> {
        let form: &[(&str, &str)] = if proof.is_empty() { &[] } else { &[("proof", proof)] };
        self.target.send(self.call(Method::POST, &self.result_url()).form(form)).await
    }

    /// Whether an answer takes the browser to the site with a code.
    pub(super) fn is_result(&self, answer: &Answer) -> bool {
        let Some(location) = answer.location().filter(|url| url.starts_with(&self.redirect_uri)) else {
            return false;
        };
        Url::parse(location).is_ok_and(|url| url.query_pairs().any(|(name, _)| name == "code"))
    }
}
