//! The field of a race: servers on one store, and calls that start at the same moment.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{Method, Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use provider::{
    account::{
        AccountName,
        admission::Admission,
        device::{Device, DeviceId, DeviceName, MOST_DEVICES},
    },
    app::App,
    http,
    login::context::BrowserContext,
    oauth::dpop::Thumbprint,
    random::Random,
    secret::{DeviceToken, PhoneToken},
    store::{AccountStore, Enrolment, EnrolmentStore, NewDevice, NewPhoneToken, SqliteStore},
};
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};
use tower::ServiceExt;

use crate::support::{
    Answer, Ask, Phone, TestApp, Widget,
    site::{CLIENT, REDIRECT_URI, SECRET, VERIFIER},
};

/// Calls in a race.
pub(super) const CALLS: usize = 50;

/// Each race is run on one server and on two.
pub(super) const SERVERS: [usize; 2] = [1, 2];

/// Servers on one store.
pub(super) struct Field(Vec<Router>);

impl Field {
    /// The app's own server and, if there are to be more, others with store handles of their own.
    pub(super) async fn of(app: &TestApp, servers: usize) -> Self {
        let mut apps = vec![app.app.clone()];
        while apps.len() < servers {
            let store = Arc::new(SqliteStore::open(app.directory.path()).await.unwrap());
            let (config, clock) = (app.app.config.clone(), app.app.clock.clone());
            apps.push(Arc::new(App::new(config, store, clock, Random::System).await.unwrap()));
        }
        let peer: SocketAddr = ([192, 0, 2, 7], 50_000).into();
        Self(apps.into_iter().map(|app| http::router(app).layer(MockConnectInfo(peer))).collect())
    }

    /// Sends all calls at once, by turns to each server. Answers come in the order of the calls.
    pub(super) async fn race(&self, calls: Vec<Request<Body>>) -> Vec<Answer> {
        let start = Arc::new(Barrier::new(calls.len()));
        let mut runners = JoinSet::new();
        for (number, (call, server)) in calls.into_iter().zip(self.0.iter().cycle()).enumerate() {
            let (start, server) = (start.clone(), server.clone());
            runners.spawn(async move {
                start.wait().await;
                (number, Answer::read(server.oneshot(call).await.unwrap()).await)
            });
        }
        let mut answers = runners.join_all().await;
        answers.sort_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// How many answers there are of each kind: a status, and the error's code if it is one.
pub(super) fn tally(answers: &[Answer]) -> Vec<(&'static str, usize)> {
    const KINDS: [&str; 10] = [
        "200",
        "204",
        "400 invalid_grant",
        "401 invalid_dpop_proof",
        "403 wrong_password",
        "409 already_decided",
        "409 already_scanned",
        "409 login_cancelled",
        "409 match_needed",
        "409 too_many_tries",
    ];
    let mut counts = BTreeMap::new();
    for answer in answers {
        let kind = match answer.header("content-type") {
            "application/problem+json" => answer.problem(),
            _ if answer.status.is_success() => answer.status.as_u16().to_string(),
            _ => answer.oauth_error(),
        };
        let known = KINDS.iter().find(|known| **known == kind);
        *counts.entry(*known.unwrap_or_else(|| panic!("{answer:?}"))).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn of_phone(phone: &Phone<'_>, method: Method, path: &str, body: Option<Value>) -> Request<Body> {
    let proof = phone.proof(method.as_str(), path, Some(&phone.access_token));
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    proven(phone, method, path, &proof).body(body).unwrap()
}

fn proven(phone: &Phone<'_>, method: Method, path: &str, proof: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("DPoP {}", phone.access_token.expose()))
        .header(header::CONTENT_TYPE, "application/json")
        .header("dpop", proof)
}

/// A scan of this code.
pub(super) fn scan(phone: &Phone<'_>, qr: &str) -> Request<Body> {
    of_phone(phone, Method::POST, "/api/phone/scan", Some(json!({"qr": qr})))
}

/// `confirm` or `deny` with this ticket.
pub(super) fn decide(phone: &Phone<'_>, decision: &str, ticket: &str) -> Request<Body> {
    of_phone(phone, Method::POST, &format!("/api/phone/{decision}"), Some(json!({"ticket": ticket})))
}

/// These digits for this ticket.
pub(super) fn match_digits(phone: &Phone<'_>, ticket: &str, digits: &str) -> Request<Body> {
    let body = json!({"ticket": ticket, "digits": digits});
    of_phone(phone, Method::POST, "/api/phone/match", Some(body))
}

/// This password for this ticket.
pub(super) fn unlock(phone: &Phone<'_>, ticket: &str, password: &str) -> Request<Body> {
    let body = json!({"ticket": ticket, "password": password});
    of_phone(phone, Method::POST, "/api/phone/unlock", Some(body))
}

/// A revocation of this device.
pub(super) fn revoke(phone: &Phone<'_>, device: &str) -> Request<Body> {
    of_phone(phone, Method::DELETE, &format!("/api/phone/devices/{device}"), None)
}

/// "Who am I?", with this proof.
pub(super) fn me(phone: &Phone<'_>, proof: &str) -> Request<Body> {
    proven(phone, Method::GET, "/api/phone/me", proof).body(Body::empty()).unwrap()
}

/// The widget collects the result, with a proof of its own.
pub(super) fn result(app: &TestApp, widget: &Widget<'_>) -> Request<Body> {
    let path = format!("/api/logins/{}/result", widget.id);
    let mut request = of_widget(widget, "result");
    let proof = widget.key.as_ref().unwrap().proof(app, &path);
    request.headers_mut().insert("dpop", proof.parse().unwrap());
    request
}

/// `result` or `cancel` of the widget's login.
pub(super) fn of_widget(widget: &Widget<'_>, what: &str) -> Request<Body> {
    Request::post(format!("/api/logins/{}/{what}", widget.id))
        .header(header::ORIGIN, &widget.origin)
        .header("saoma-browser-secret", &widget.secret)
        .body(Body::empty())
        .unwrap()
}

/// A form of the site's, with its secret.
fn of_site(path: &str, form: String) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}"))))
        .body(Body::from(form))
        .unwrap()
}

fn token_request(form: &[(&str, &str)]) -> Request<Body> {
    of_site("/token", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
}

/// The site redeems this code.
pub(super) fn redeem(code: &str) -> Request<Body> {
    token_request(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ])
}

/// The site exchanges this refresh token.
pub(super) fn refresh(refresh_token: &str) -> Request<Body> {
    token_request(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

/// The site pushes its request.
pub(super) fn push(ask: &Ask) -> Request<Body> {
    of_site("/par", ask.query())
}

/// The site is on a device, and asks for a code to show.
pub(super) fn start_on_device() -> Request<Body> {
    of_site("/device_authorization", "scope=openid".to_owned())
}

/// The device comes for its result.
pub(super) fn poll(device_code: &str) -> Request<Body> {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    token_request(&[("grant_type", grant), ("device_code", device_code)])
}

/// A browser brings a pushed request.
pub(super) fn visit(request_uri: &str) -> Request<Body> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", CLIENT), ("request_uri", request_uri)])
        .finish();
    Request::get(format!("/authorize?{query}")).body(Body::empty()).unwrap()
}

/// Enrols `before` devices of one account one by one, then `at_once` of them at once through two store handles. Answers how
/// many of the latter there was a place for. (Past the password, of which the server checks only two at a time.)
pub(super) async fn enrol_at_once(app: &TestApp, before: usize, at_once: usize) -> usize {
    let other = Arc::new(SqliteStore::open(app.directory.path()).await.unwrap());
    let account = other.account_by_name(&AccountName::parse("lin").unwrap()).await.unwrap().unwrap();
    let now = app.app.clock.now();
    let device = |number: usize| Device {
        id: DeviceId(app.app.random.uuid(now)),
        account: account.id,
        name: DeviceName::parse("A phone").unwrap(),
        key: Thumbprint::from_stored(format!("key-{number}")),
        token: DeviceToken::generate(&app.app.random).digest(),
        token_expires_at: now + app.app.config.lifetimes.device_token,
        enrolled_at: now,
        last_seen_at: now,
    };
    let token = || NewPhoneToken {
        digest: PhoneToken::generate(&app.app.random).digest(),
        expires_at: now + app.app.config.lifetimes.phone_token,
    };
    let new = |number: usize| NewDevice {
        device: device(number),
        access_token: token(),
        from: BrowserContext::new("A phone", [192, 0, 2, 7].into()),
    };
    for number in 0..before {
        let enrolled = other.enrol_device(&new(number), &Admission::Vouched, MOST_DEVICES).await.unwrap();
        assert_eq!(enrolled, Enrolment::Enrolled);
    }
    let start = Arc::new(Barrier::new(at_once));
    let mut runners = JoinSet::new();
    for number in before..before + at_once {
        let (start, new) = (start.clone(), new(number));
        let (app, other) = (app.app.clone(), other.clone());
        runners.spawn(async move {
            start.wait().await;
            let store: &dyn EnrolmentStore = if number % 2 == 0 { &*other } else { &*app.store };
            store.enrol_device(&new, &Admission::Vouched, MOST_DEVICES).await.unwrap()
        });
    }
    let enrolled = runners.join_all().await;
    assert_eq!(other.devices(account.id, now).await.unwrap().len(), MOST_DEVICES as usize);
    enrolled.into_iter().filter(|enrolled| *enrolled == Enrolment::Enrolled).count()
}
