//! A phone: a device key, its tokens, and the calls that the app makes.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, header, request},
};
use provider::mock_phone::{DeviceKey, ProofTarget, Secret, proof};
use serde_json::{Value, json};

use super::{Answer, Authenticator, PASSWORD, TestApp};

/// A phone. Every part of it is open, so that a test can take it apart.
pub(crate) struct Phone<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) key: DeviceKey,
    pub(crate) device: String,
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Secret,
    /// Where it calls from, if not from where all others do.
    pub(crate) address: Option<IpAddr>,
    /// Headers that it sends besides.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

impl<'a> Phone<'a> {
    /// A phone on which nobody is signed in.
    pub(crate) fn new(app: &'a TestApp) -> Self {
        let key = DeviceKey::generate().unwrap();
        Self {
            app,
            key,
            device: String::new(),
            access_token: Secret::new(""),
            refresh_token: Secret::new(""),
            address: None,
            headers: Vec::new(),
        }
    }

    /// The same phone, at another address.
    pub(crate) fn at(mut self, address: &str) -> Self {
        self.address = Some(address.parse().unwrap());
        self
    }

    /// The same phone, which sends this header besides.
    pub(crate) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A proof by this phone's key, for this call, now.
    pub(crate) fn proof(&self, method: &str, path: &str, access_token: Option<&Secret>) -> String {
        let url = self.app.app.config.issuer.url(path);
        let target = ProofTarget { method, url: &url, access_token };
        proof(&self.key, target, self.app.app.clock.now().seconds()).unwrap()
    }

    /// Signs in; takes the tokens if that works.
    pub(crate) async fn sign_in(&mut self, account: &str, password: &str) -> Answer {
        let body = json!({"account": account, "password": password, "device_name": "A phone"});
        self.ask_to_come_in("/api/phone/sign-in", account, body).await
    }

    /// Asks what came of a sign-in that waits for another phone's yes; takes the tokens if that has come.
    pub(crate) async fn sign_in_result(&mut self, account: &str, waiting: &Answer) -> Answer {
        let body = json!({"request": waiting.json()["request"]});
        self.ask_to_come_in("/api/phone/sign-in/result", account, body).await
    }

    /// Signs in, and another phone of the account says yes.
    pub(crate) async fn sign_in_with_consent(&mut self, account: &str, password: &str) -> Answer {
        let waiting = self.sign_in(account, password).await;
        if waiting.status != 202 {
            return waiting;
        }
        let owner = self.app.first_phone(account).await;
        let answer = owner.allow(&owner.waiting().await[0], waiting.json()["digits"].as_str().unwrap()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        self.sign_in_result(account, &waiting).await
    }

    /// What this phone uses a passkey by.
    pub(crate) async fn passkey_options(&self) -> Value {
        let path = "/api/phone/sign-in/passkey/options";
        let proof = self.proof("POST", path, None);
        let answer = self.send(Request::post(path).header("dpop", proof), None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Signs in by a passkey; takes the tokens if that works.
    pub(crate) async fn sign_in_by(&mut self, key: &mut Authenticator) -> Answer {
        let signed = key.assert(&self.passkey_options().await);
        self.sign_in_with(&signed).await
    }

    /// Signs in with what a passkey signed; takes the tokens if that works.
    pub(crate) async fn sign_in_with(&mut self, signed: &Value) -> Answer {
        let body = json!({"device_name": "A phone", "credential": signed});
        self.ask_to_come_in("/api/phone/sign-in/passkey", "lin", body).await
    }

    /// Signs in with what a passkey signed, and forgets whatever it is answered.
    pub(crate) async fn try_with(&self, signed: &Value) -> Answer {
        let path = "/api/phone/sign-in/passkey";
        let proof = self.proof("POST", path, None);
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/json").header("dpop", proof);
        self.send(request, Some(json!({"device_name": "A phone", "credential": signed}))).await
    }

    async fn ask_to_come_in(&mut self, path: &str, account: &str, body: Value) -> Answer {
        let proof = self.proof("POST", path, None);
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/json").header("dpop", proof);
        let answer = self.send(request, Some(body)).await;
        if answer.status == 201 {
            let json = answer.json();
            json["device_id"].as_str().unwrap().clone_into(&mut self.device);
            self.access_token = Secret::new(json["access_token"].as_str().unwrap());
            self.refresh_token = Secret::new(json["refresh_token"].as_str().unwrap());
            self.app.remember(account, self);
        }
        answer
    }

    /// A phone that was signed in on before, as it was then.
    pub(super) fn resume(app: &'a TestApp, key: &Secret, refresh_token: &Secret) -> Self {
        let key = DeviceKey::from_pkcs8(key).unwrap();
        Self { key, refresh_token: refresh_token.clone(), ..Self::new(app) }
    }

    /// Devices that wait to be let in.
    pub(crate) async fn waiting(&self) -> Vec<Value> {
        self.told().await["waiting"].as_array().unwrap().clone()
    }

    /// What its owner has to hear of.
    pub(crate) async fn notices(&self) -> Vec<Value> {
        self.told().await["notices"].as_array().unwrap().clone()
    }

    async fn told(&self) -> Value {
        let answer = self.call(Method::GET, "/api/phone/notices", None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Says "seen" or "not-me" to a notice.
    pub(crate) async fn says(&self, word: &str, notice: &Value) -> Answer {
        let path = format!("/api/phone/notices/{}/{word}", notice["id"].as_str().unwrap());
        self.call(Method::POST, &path, None).await
    }

    /// Lets a device in that waits.
    pub(crate) async fn allow(&self, waiting: &Value, digits: &str) -> Answer {
        let path = format!("/api/phone/waiting/{}/allow", waiting["id"].as_str().unwrap());
        self.call(Method::POST, &path, Some(json!({"digits": digits}))).await
    }

    /// Turns a device away that waits.
    pub(crate) async fn turn_away(&self, waiting: &Value) -> Answer {
        let path = format!("/api/phone/waiting/{}/deny", waiting["id"].as_str().unwrap());
        self.call(Method::POST, &path, None).await
    }

    /// Gets a fresh access token.
    pub(crate) async fn refresh(&mut self) -> Answer {
        let proof = self.proof("POST", "/api/phone/token", None);
        let body = json!({"refresh_token": self.refresh_token.expose()});
        let request = Request::post("/api/phone/token")
            .header(header::CONTENT_TYPE, "application/json")
            .header("dpop", proof);
        let answer = self.send(request, Some(body)).await;
        if answer.status == 200 {
            self.access_token = Secret::new(answer.json()["access_token"].as_str().unwrap());
        }
        answer
    }

    /// Any call with token and proof.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let proof = self.proof(method.as_str(), path, Some(&self.access_token));
        self.call_with(method, path, body, &proof).await
    }

    /// Any call with token and this proof.
    pub(crate) async fn call_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        proof: &str,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("DPoP {}", self.access_token.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .header("dpop", proof);
        self.send(request, body).await
    }

    /// Sends from where this phone is, with the headers that it sends besides.
    async fn send(&self, mut request: request::Builder, body: Option<Value>) -> Answer {
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        if let Some(address) = self.address {
            request = request.extension(ConnectInfo(SocketAddr::from((address, 50_000))));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.app.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn me(&self) -> Answer {
        self.call(Method::GET, "/api/phone/me", None).await
    }

    /// The account's devices.
    pub(crate) async fn devices(&self) -> Vec<Value> {
        let answer = self.call(Method::GET, "/api/phone/devices", None).await;
        answer.json()["devices"].as_array().unwrap().clone()
    }

    /// Revokes a device.
    pub(crate) async fn revoke(&self, device: &str) -> Answer {
        self.call(Method::DELETE, &format!("/api/phone/devices/{device}"), None).await
    }

    pub(crate) async fn scan(&self, qr: &str) -> Answer {
        self.call(Method::POST, "/api/phone/scan", Some(json!({"qr": qr}))).await
    }

    /// Types a code in place of a scan.
    pub(crate) async fn type_code(&self, code: &str) -> Answer {
        self.call(Method::POST, "/api/phone/scan", Some(json!({"user_code": code}))).await
    }

    /// Scans a code that must be good; answers the ticket.
    pub(crate) async fn ticket(&self, qr: &str) -> String {
        let answer = self.scan(qr).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["ticket"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn confirm(&self, ticket: &str) -> Answer {
        self.call(Method::POST, "/api/phone/confirm", Some(json!({"ticket": ticket}))).await
    }

    /// Types the digits that the browser shows.
    pub(crate) async fn match_digits(&self, ticket: &str, digits: &str) -> Answer {
        let body = json!({"ticket": ticket, "digits": digits});
        self.call(Method::POST, "/api/phone/match", Some(body)).await
    }

    /// Proves by a password who holds the phone.
    pub(crate) async fn unlock(&self, ticket: &str, password: &str) -> Answer {
        let body = json!({"ticket": ticket, "password": password});
        self.call(Method::POST, "/api/phone/unlock", Some(body)).await
    }

    /// Proves by what a passkey signed who holds the phone.
    pub(crate) async fn unlock_by(&self, ticket: &str, signed: &Value) -> Answer {
        let body = json!({"ticket": ticket, "passkey": signed});
        self.call(Method::POST, "/api/phone/unlock", Some(body)).await
    }

    /// Has a passkey made, and kept as `My key`.
    pub(crate) async fn make_passkey(&self, key: &mut Authenticator) -> Answer {
        let asked = Some(json!({"password": PASSWORD}));
        let options = self.call(Method::POST, "/api/phone/passkeys/options", asked).await.json();
        let body = json!({"name": "My key", "credential": key.register(&options)});
        self.call(Method::POST, "/api/phone/passkeys", Some(body)).await
    }

    pub(crate) async fn deny(&self, ticket: &str) -> Answer {
        self.call(Method::POST, "/api/phone/deny", Some(json!({"ticket": ticket}))).await
    }

    /// Confirms these scopes alone.
    pub(crate) async fn confirm_only(&self, ticket: &str, scopes: &[&str]) -> Answer {
        let body = json!({"ticket": ticket, "scopes": scopes});
        self.call(Method::POST, "/api/phone/confirm", Some(body)).await
    }

    /// The sites that the person has allowed something.
    pub(crate) async fn sites(&self) -> Vec<Value> {
        self.call(Method::GET, "/api/phone/sites", None).await.json()["sites"].as_array().unwrap().clone()
    }

    /// Takes back what a site was allowed.
    pub(crate) async fn withdraw(&self, client: &str) -> Answer {
        self.call(Method::DELETE, &format!("/api/phone/sites/{client}"), None).await
    }

    /// Scans, does all that is asked for first, and confirms. `digits` are those that the browser shows.
    pub(crate) async fn approve_all(&self, qr: &str, digits: impl AsyncFnOnce() -> String) {
        let scanned = self.scan(qr).await.json();
        let ticket = scanned["ticket"].as_str().unwrap();
        if scanned["match_required"] == true {
            let answer = self.match_digits(ticket, &digits().await).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        if scanned.get("unlock").is_some() {
            let answer = self.unlock(ticket, PASSWORD).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let answer = self.confirm(ticket).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// Scans and confirms.
    pub(crate) async fn approve(&self, qr: &str) {
        let ticket = self.ticket(qr).await;
        let answer = self.confirm(&ticket).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }
}
