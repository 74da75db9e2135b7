//! The browser at which somebody wants to sign in: over HTTP, with cookies, one step at a time.

use std::collections::BTreeMap;

use protocol::{
    login::QrSeed,
    qr::{self, FrameKey},
};
use reqwest::{Client, Method, RequestBuilder, header, redirect::Policy};
use serde_json::{Value, json};

use crate::{Answer, CLIENT, Events, ORIGIN, RelyingParty};

const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// Follows no redirects, and opens a connection for each call, so that none is left over from a server that died.
pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(Policy::none())
        .pool_max_idle_per_host(0)
        .user_agent(USER_AGENT)
        .build()
        .unwrap()
}

/// What the QR code on a sign-in page says: the page has it as a link, too.
pub fn code_on(page: &str) -> Option<&str> {
    let mut links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find(|link| link.contains(qr::QR_PATH))
}

/// A browser that keeps cookies and follows no redirect by itself.
#[derive(Debug, Clone)]
pub struct Browser {
    http: Client,
    provider: String,
    /// Its cookies.
    pub cookies: BTreeMap<String, String>,
}

/// A login on this browser's screen.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its identifier.
    pub id: String,
    /// What its QR code said when it started.
    pub qr: String,
    /// The browser secret, where a widget holds it; else a cookie does.
    pub secret: Option<String>,
}

impl Browser {
    /// A new browser, to look at the provider at this URL.
    pub fn new(provider: &str) -> Self {
        Self { http: client(), provider: provider.to_owned(), cookies: BTreeMap::new() }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = self.http.request(method, format!("{}{path}", self.provider));
        call.header(header::COOKIE, cookies.join("; ")).header("sec-fetch-site", "same-origin")
    }

    fn call_for(&self, login: &Login, method: Method, tail: &str) -> RequestBuilder {
        let path = format!("/api/logins/{}{tail}", login.id);
        match &login.secret {
            None => self.call(method, &path),
            Some(secret) => self
                .http
                .request(method, format!("{}{path}", self.provider))
                .header(header::ORIGIN, ORIGIN)
                .header("saoma-browser-secret", secret),
        }
    }

    /// Follows a link.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = Answer::read(self.call(Method::GET, path).send().await.unwrap()).await.unwrap();
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        answer
    }

    /// The site sends this browser to the provider; it ends at the sign-in page.
    pub async fn ask(&mut self) -> Login {
        self.ask_at(&RelyingParty::authorize_path()).await
    }

    /// A site sends this browser to this path of the provider; it ends at the sign-in page.
    pub async fn ask_at(&mut self, path: &str) -> Login {
        let sent = self.get(path).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        let page = sent.header("location").to_owned();
        let shown = self.get(&page).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        let qr = code_on(&shown.body).expect("the page has a code").to_owned();
        Login { id: page.trim_start_matches("/login/").to_owned(), qr, secret: None }
    }

    /// The widget on a page of the site starts a login.
    pub async fn ask_by_widget(&self) -> Login {
        let request: Value =
            RelyingParty::request().into_iter().map(|(n, v)| (n.to_owned(), json!(v))).collect();
        let call = self.http.post(format!("{}/api/logins?client_id={CLIENT}", self.provider));
        let started = call.header(header::ORIGIN, ORIGIN).json(&request).send().await.unwrap();
        let started = Answer::read(started).await.unwrap();
        assert_eq!(started.status, 201, "{started:?}");
        let seed: QrSeed = serde_json::from_value(started.json()["qr"].clone()).unwrap();
        let qr = qr::dated(&seed.prefix, &FrameKey::parse(&seed.key).unwrap(), seed.age_ms);
        Login { id: started.text("id"), qr, secret: Some(started.text("browser_secret")) }
    }

    /// Looks at a login.
    pub async fn look(&self, login: &Login) -> Answer {
        Answer::read(self.call_for(login, Method::GET, "").send().await.unwrap()).await.unwrap()
    }

    /// The word for where a login stands.
    pub async fn state(&self, login: &Login) -> String {
        self.look(login).await.text("state")
    }

    /// Looks at a login once it is past this version.
    pub async fn wait(&self, login: &Login, after: u64) -> Answer {
        let call = self.call_for(login, Method::GET, &format!("?after={after}"));
        Answer::read(call.send().await.unwrap()).await.unwrap()
    }

    /// Opens a stream of a login's changes, after this one.
    pub async fn listen(&self, login: &Login, last_event: Option<&str>) -> Events {
        let mut call = self.call_for(login, Method::GET, "").header(header::ACCEPT, "text/event-stream");
        if let Some(id) = last_event {
            call = call.header("last-event-id", id);
        }
        Events::of(call.send().await.unwrap())
    }

    /// Collects the result; fails if the provider cannot be reached.
    pub async fn try_collect(&self, login: &Login) -> reqwest::Result<Answer> {
        Answer::read(self.call_for(login, Method::POST, "/result").send().await?).await
    }

    /// The code of a confirmed login.
    pub async fn code(&self, login: &Login) -> String {
        self.try_collect(login).await.unwrap().text("code")
    }

    /// Gives a login up; fails if the provider cannot be reached.
    pub async fn try_cancel(&self, login: &Login) -> reqwest::Result<Answer> {
        Answer::read(self.call_for(login, Method::POST, "/cancel").send().await?).await
    }
}
