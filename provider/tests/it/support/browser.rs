//! The browser at which somebody wants to sign in: on the provider's own page, with a cookie, or on a page of the site with
//! our widget in it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, BodyDataStream},
    http::{Method, Request, header},
};
use futures_util::StreamExt;
use protocol::qr::{self, FrameKey};
use provider::mock_phone::{DeviceKey, ProofTarget, proof};
use serde_json::{Value, json};

use super::{
    Answer, ISSUER, Phone, TestApp,
    site::{self, Ask},
};

const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// A browser that keeps cookies. Scripts are off: it follows links and sends forms.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new() }
    }

    /// Follows a link.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.go(Method::GET, path, "").await
    }

    /// Sends a form of one of the provider's own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.go(Method::POST, path, form).await
    }

    async fn go(&mut self, method: Method, path: &str, form: &str) -> Answer {
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        self.fetch(method, path, &headers, form).await
    }

    /// Any call that this browser may send, with its cookies and no other header than these.
    pub(crate) async fn fetch(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.app.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// The site sends this browser to the provider; it ends at the sign-in page. Answers that page's path.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> String {
        let answer = self.get(&format!("/authorize?{}", ask.query())).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.header("location").to_owned()
    }

    /// Signs in at the site by this request and phone; answers what takes the browser back to the site.
    pub(crate) async fn sign_in(&mut self, ask: &Ask, phone: &Phone<'_>) -> Answer {
        let page = self.ask(ask).await;
        self.approve(&page, phone).await;
        self.get(&page).await
    }

    /// A phone does all that this page's login asks of it.
    pub(crate) async fn approve(&mut self, page: &str, phone: &Phone<'_>) {
        let qr = self.qr(&format!("{page}?account=other")).await;
        phone.approve_all(&qr, async || self.digits(page).await).await;
    }

    /// The digits that a page shows for the phone.
    pub(crate) async fn digits(&mut self, page: &str) -> String {
        let shown = self.get(page).await.body;
        shown.split("match-code=\"").nth(1).expect("the page shows digits")[..2].to_owned()
    }

    /// The site sends this browser to the provider; whatever comes of it.
    pub(crate) async fn try_ask(&mut self, ask: &Ask) -> Answer {
        self.get(&format!("/authorize?{}", ask.query())).await
    }

    /// What the QR code on a page says.
    pub(crate) async fn qr(&mut self, page: &str) -> String {
        let answer = self.get(page).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut links = answer.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        links.find(|link| link.contains("/q/")).expect("the page has a code").to_owned()
    }

    /// A login's path in the API.
    pub(crate) fn api(page: &str) -> String {
        page.replace("/login/", "/api/logins/")
    }

    /// Lets the page's script bind its login to a key.
    pub(crate) async fn bind(&mut self, page: &str, key: &BrowserKey) -> Answer {
        let path = format!("{}/key", Self::api(page));
        let proof = key.proof(self.app, &path);
        let headers = [("sec-fetch-site", "same-origin"), ("dpop", proof.as_str())];
        self.fetch(Method::POST, &path, &headers, "").await
    }

    /// Lets the page's script collect the result with a proof by a key.
    pub(crate) async fn collect(&mut self, page: &str, key: &BrowserKey) -> Answer {
        let path = format!("{page}/result");
        let proof = key.proof(self.app, &path);
        self.post(&path, &format!("proof={proof}")).await
    }
}

/// A browser's own key.
#[derive(Clone)]
pub(crate) struct BrowserKey(Arc<DeviceKey>);

impl BrowserKey {
    pub(crate) fn new() -> Self {
        Self(Arc::new(DeviceKey::generate().unwrap()))
    }

    /// Its thumbprint.
    pub(crate) fn thumbprint(&self) -> String {
        self.0.thumbprint().unwrap()
    }

    /// A proof for a `POST` to this path, now.
    pub(crate) fn proof(&self, app: &TestApp, path: &str) -> String {
        let url = format!("{ISSUER}{path}");
        let target = ProofTarget { method: "POST", url: &url, access_token: None };
        proof(&self.0, target, app.app.clock.now().seconds()).unwrap()
    }
}

/// Our widget in a page of the site. It holds the browser secret in memory; an empty one it does not send.
pub(crate) struct Widget<'a> {
    app: &'a TestApp,
    pub(crate) origin: String,
    pub(crate) id: String,
    pub(crate) secret: String,
    /// What the QR code said when the login started.
    pub(crate) qr: String,
    /// What it is drawn from.
    pub(crate) seed: Value,
    /// The browser's key, where it has one.
    pub(crate) key: Option<BrowserKey>,
}

impl<'a> Widget<'a> {
    pub(super) fn new(app: &'a TestApp) -> Self {
        let origin = site::ORIGIN.to_owned();
        let (id, secret, qr) = Default::default();
        Self { app, origin, id, secret, qr, seed: Value::Null, key: Some(BrowserKey::new()) }
    }

    /// In the same browser as another.
    pub(crate) fn beside(&self) -> Self {
        Self { key: self.key.clone(), ..Self::new(self.app) }
    }

    /// In a browser that cannot make a key.
    pub(crate) fn without_key(mut self) -> Self {
        self.key = None;
        self
    }

    /// Starts a login with the site's usual request.
    pub(crate) async fn start(self) -> Self {
        self.start_with(&Ask::default()).await
    }

    /// Starts a login with this request.
    pub(crate) async fn start_with(mut self, ask: &Ask) -> Self {
        let answer = self.try_start(ask).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.take(&answer.json());
        self
    }

    /// Starts a login with this request, which may be refused.
    pub(crate) async fn try_start(&self, ask: &Ask) -> Answer {
        let body = ask.json();
        let client = body["client_id"].as_str().unwrap_or_default();
        let mut headers = vec![("origin", self.origin.clone())];
        headers.extend(self.key.as_ref().map(|key| ("dpop", key.proof(self.app, "/api/logins"))));
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.app.post_json(&format!("/api/logins?client_id={client}"), &headers, &body).await
    }

    /// Remembers the login of a start or a renewal.
    pub(crate) fn take(&mut self, started: &Value) {
        let text = |name: &str| started[name].as_str().unwrap().to_owned();
        (self.id, self.secret) = (text("id"), text("browser_secret"));
        self.seed = started["qr"].clone();
        self.qr = self.qr_at(self.seed["age_ms"].as_u64().unwrap());
    }

    /// What its QR code says when the login is so many milliseconds old.
    pub(crate) fn qr_at(&self, age_ms: u64) -> String {
        let key = FrameKey::parse(self.seed["key"].as_str().unwrap()).unwrap();
        qr::dated(self.seed["prefix"].as_str().unwrap(), &key, age_ms)
    }

    /// What its QR code says now.
    pub(crate) async fn qr_now(&self) -> String {
        self.qr_at(self.look().await.json()["age_ms"].as_u64().unwrap())
    }

    fn request(&self, method: Method, tail: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/logins/{}{tail}", self.id))
            .header(header::ORIGIN, &self.origin);
        if self.secret.is_empty() { request } else { request.header("saoma-browser-secret", &self.secret) }
    }

    /// Looks at the state.
    pub(crate) async fn look(&self) -> Answer {
        self.app.send(self.request(Method::GET, "").body(Body::empty()).unwrap()).await
    }

    /// The digits that it shows for the phone.
    pub(crate) async fn digits(&self) -> String {
        self.look().await.json()["match_code"].as_str().unwrap().to_owned()
    }

    /// The state's word.
    pub(crate) async fn state(&self) -> String {
        self.look().await.json()["state"].as_str().unwrap().to_owned()
    }

    /// Waits for a version past this one.
    pub(crate) async fn wait(&self, after: u64) -> Answer {
        self.app
            .send(self.request(Method::GET, &format!("?after={after}")).body(Body::empty()).unwrap())
            .await
    }

    /// Listens to server-sent events until they end.
    pub(crate) async fn listen(&self, last_event: Option<u64>) -> Answer {
        self.app.send(self.event_request(last_event)).await
    }

    /// Listens to server-sent events, one at a time.
    pub(crate) async fn events(&self, last_event: Option<u64>) -> Events {
        let response = self.app.open(self.event_request(last_event)).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Events(response.into_body().into_data_stream())
    }

    fn event_request(&self, last_event: Option<u64>) -> Request<Body> {
        let mut request = self.request(Method::GET, "").header(header::ACCEPT, "text/event-stream");
        if let Some(id) = last_event {
            request = request.header("last-event-id", id.to_string());
        }
        request.body(Body::empty()).unwrap()
    }

    /// Collects the result, with a proof if the browser has a key.
    pub(crate) async fn result(&self) -> Answer {
        self.result_with(self.key.as_ref()).await
    }

    /// Collects the result with a proof by this key, or with none.
    pub(crate) async fn result_with(&self, key: Option<&BrowserKey>) -> Answer {
        let proof = key.map(|key| key.proof(self.app, &format!("/api/logins/{}/result", self.id)));
        let mut request = self.request(Method::POST, "/result");
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.app.send(request.body(Body::empty()).unwrap()).await
    }

    /// Binds the login to a key that the browser got later.
    pub(crate) async fn bind(&self, key: &BrowserKey) -> Answer {
        let proof = key.proof(self.app, &format!("/api/logins/{}/key", self.id));
        self.app
            .send(self.request(Method::POST, "/key").header("dpop", proof).body(Body::empty()).unwrap())
            .await
    }

    /// Asks for more time.
    pub(crate) async fn extend(&self) -> Answer {
        self.app.send(self.request(Method::POST, "/extend").body(Body::empty()).unwrap()).await
    }

    /// Asks for a code to type.
    pub(crate) async fn type_code(&self) -> Answer {
        self.app.send(self.request(Method::POST, "/typed-code").body(Body::empty()).unwrap()).await
    }

    /// The code of a confirmed login.
    pub(crate) async fn code(&self) -> String {
        self.result().await.json()["code"].as_str().unwrap().to_owned()
    }

    /// Gives up.
    pub(crate) async fn cancel(&self) -> Answer {
        self.app.send(self.request(Method::POST, "/cancel").body(Body::empty()).unwrap()).await
    }

    /// Asks for a new code.
    pub(crate) async fn renew(&self, reason: &str) -> Answer {
        let request = self.request(Method::POST, "/renew").header(header::CONTENT_TYPE, "application/json");
        self.app.send(request.body(Body::from(json!({"reason": reason}).to_string())).unwrap()).await
    }
}

/// An open stream of server-sent events.
pub(crate) struct Events(BodyDataStream);

impl Events {
    /// The next event's text; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let chunk = self.0.next().await?;
        Some(String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    }
}

/// The provider's own page's origin.
pub(crate) const OWN_ORIGIN: &str = ISSUER;
