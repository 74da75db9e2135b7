//! A visitor's browser: it keeps cookies, and follows redirects as far as it is told.

use reqwest::{Client, RequestBuilder, redirect::Policy};
use saoma_tests::Answer;
use url::Url;

/// More redirects in a row than any sign-in has.
const ROUNDS: usize = 10;

/// A visitor.
pub(crate) struct Visitor {
    http: Client,
}

/// Where a walk has ended.
#[derive(Debug)]
pub(crate) struct Stop {
    /// The address.
    pub(crate) url: Url,
    /// What was there, unless the walk ended before it.
    pub(crate) page: Option<Answer>,
}

impl Visitor {
    /// With an empty cookie jar.
    pub(crate) fn new() -> Self {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Self { http }
    }

    async fn call(call: RequestBuilder) -> Answer {
        Answer::read(call.send().await.unwrap()).await.unwrap()
    }

    /// Opens an address.
    pub(crate) async fn get(&self, url: &str) -> Answer {
        Self::call(self.http.get(url)).await
    }

    /// Presses a button of a page on the same origin.
    pub(crate) async fn press(&self, url: &str) -> Answer {
        Self::call(self.http.post(url).header("sec-fetch-site", "same-origin")).await
    }

    /// Opens an address and follows redirects to a page; or to the first address that begins with `until`, which is not
    /// opened.
    pub(crate) async fn walk(&self, url: &str, until: Option<&str>) -> Stop {
        let answer = self.get(url).await;
        self.walk_on(Url::parse(url).unwrap(), answer, until).await
    }

    /// Follows an answer from this address.
    pub(crate) async fn walk_on(&self, mut url: Url, mut answer: Answer, until: Option<&str>) -> Stop {
        for _ in 0..ROUNDS {
            if !(300..400).contains(&answer.status) {
                return Stop { url, page: Some(answer) };
            }
            url = url.join(answer.header("location")).unwrap();
            if until.is_some_and(|until| url.as_str().starts_with(until)) {
                return Stop { url, page: None };
            }
            answer = self.get(url.as_str()).await;
        }
        panic!("it goes on and on: {url}");
    }
}

impl Stop {
    /// The page at which the walk has ended.
    #[track_caller]
    pub(crate) fn page(&self) -> &Answer {
        self.page.as_ref().unwrap_or_else(|| panic!("not opened: {self:?}"))
    }

    /// A parameter of the address.
    #[track_caller]
    pub(crate) fn parameter(&self, name: &str) -> String {
        let value = self.url.query_pairs().find(|(given, _)| given == name);
        value.unwrap_or_else(|| panic!("no `{name}` in {}", self.url)).1.into_owned()
    }
}
