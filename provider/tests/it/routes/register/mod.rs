//! `POST /register` (RFC 7591) and `/register/{client_id}` (RFC 7592).

mod manage;
mod metadata;

use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use provider::{
    oauth::{client::ClientId, registration::RegistrationPolicy},
    outbound::Allowed,
    random::Random,
    secret::{ClientSecret, InitialAccessToken},
};
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, ISSUER, START, TestApp,
    site::{CLIENT, REDIRECT_URI, SECRET},
};

async fn app_with(policy: RegistrationPolicy) -> TestApp {
    TestApp::with(|config| config.registration = policy).await
}

fn good() -> Value {
    json!({"client_name": "New", "redirect_uris": [REDIRECT_URI]})
}

fn with(name: &str, value: Value) -> Value {
    let mut metadata = good();
    metadata[name] = value;
    metadata
}

async fn register(app: &TestApp, bearer: Option<&str>, metadata: &Value) -> Answer {
    let authorization = bearer.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> =
        authorization.iter().map(|value| ("authorization", value.as_str())).collect();
    app.post_json("/register", &headers, metadata).await
}

/// A call with the registration access token of what was registered.
async fn manage(app: &TestApp, method: Method, registered: &Value, body: &str) -> Answer {
    let uri = registered["registration_client_uri"].as_str().unwrap();
    let token = format!("Bearer {}", registered["registration_access_token"].as_str().unwrap());
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    app.call(method, uri.strip_prefix(ISSUER).unwrap(), &headers, body).await
}

async fn is_let_in(app: &TestApp, id: &str, secret: &str) -> bool {
    let answer = app.site().token_as(Some((id, secret)), &Ask::redeem("none")).await;
    match answer.oauth_error().as_str() {
        "400 invalid_grant" => true,
        "401 invalid_client" => false,
        other => panic!("{other}"),
    }
}

/// MUST: RFC 7591 section 3.2.1: the answer is 201, with the identifier, the secret and its end, and all that was registered.
#[tokio::test]
async fn rfc7591_3_2_1_the_answer_has_all_that_was_registered() {
    let app = app_with(RegistrationPolicy::Open).await;
    let answer = register(&app, None, &with("tos_uri", json!("https://a.example/tos"))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let registered = answer.json();
    assert_eq!(registered["tos_uri"], "https://a.example/tos");
    assert_eq!(registered["redirect_uris"], json!([REDIRECT_URI]));
    assert_eq!(registered["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(registered["client_secret_expires_at"], 0);
    assert_eq!(registered["client_id_issued_at"], START.seconds());
    let (id, secret) =
        (registered["client_id"].as_str().unwrap(), registered["client_secret"].as_str().unwrap());
    assert!(is_let_in(&app, id, secret).await && !is_let_in(&app, id, SECRET).await);
}

/// MUST: RFC 7591 section 3: where registration is protected, it takes an initial access token.
#[tokio::test]
async fn rfc7591_3_an_initial_access_token_is_counted_down() {
    let closed = TestApp::new().await;
    assert_eq!(register(&closed, None, &good()).await.oauth_error(), "401 invalid_token");
    let app = app_with(RegistrationPolicy::Token).await;
    let token = InitialAccessToken::generate(&Random::System);
    let end = START + Duration::from_mins(1);
    app.app.store.keep_initial_access_token(&token.digest(), 2, end).await.unwrap();
    for bearer in [None, Some("x"), Some(InitialAccessToken::generate(&Random::System).expose())] {
        let refused = register(&app, bearer, &good()).await;
        assert_eq!(refused.oauth_error(), "401 invalid_token");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
    }
    let bad = register(&app, Some(token.expose()), &with("client_name", json!(""))).await;
    assert_eq!(bad.oauth_error(), "400 invalid_client_metadata", "and it costs nothing");
    let good = good();
    let answers = join_all((0..8).map(|_| register(&app, Some(token.expose()), &good))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    let late = InitialAccessToken::generate(&Random::System);
    app.app.store.keep_initial_access_token(&late.digest(), 1, end).await.unwrap();
    app.pass(60);
    assert_eq!(register(&app, Some(late.expose()), &good).await.oauth_error(), "401 invalid_token");
}

/// MUST: RFC 7591 section 3.2.2: what cannot be registered is refused with the error that names it.
#[tokio::test]
async fn rfc7591_3_2_2_what_cannot_be_registered_is_refused() {
    let app = app_with(RegistrationPolicy::Open).await;
    for (name, value, error) in [
        ("redirect_uris", json!(["http://a.example/cb"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["https://u:p@a.example/cb"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["com.example.app:/cb"]), "invalid_redirect_uri"),
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        ("client_id", json!("mine"), "invalid_client_metadata"),
        ("client_secret", json!("a".repeat(50)), "invalid_client_metadata"),
        ("client_name", json!("Bank\u{202e}"), "invalid_client_metadata"),
        ("first_party", json!(true), "invalid_client_metadata"),
        ("owner", json!("me"), "invalid_client_metadata"),
        ("provisions_accounts", json!(true), "invalid_client_metadata"),
        ("frame_ancestors", json!(["https://site.example"]), "invalid_client_metadata"),
        ("scope", json!("openid orders:read"), "invalid_client_metadata"),
        ("grant_types", json!(["client_credentials"]), "invalid_client_metadata"),
        ("grant_types", json!(["urn:ietf:params:oauth:grant-type:jwt-bearer"]), "invalid_client_metadata"),
        ("response_types", json!(["token"]), "invalid_client_metadata"),
        ("token_endpoint_auth_method", json!("private_key_jwt"), "invalid_client_metadata"),
        ("jwks", json!({"keys": []}), "invalid_client_metadata"),
        ("jwks", json!({"keys": [{"kty": "oct", "k": "AA"}]}), "invalid_client_metadata"),
        ("backchannel_logout_uri", json!("http://a.example/out"), "invalid_client_metadata"),
        ("logo_uri", json!("javascript:alert(1)"), "invalid_client_metadata"),
        ("userinfo_signed_response_alg", json!("RS256"), "invalid_client_metadata"),
        ("id_token_encrypted_response_alg", json!("RSA-OAEP"), "invalid_client_metadata"),
    ] {
        let refused = register(&app, None, &with(name, value.clone())).await;
        assert_eq!(refused.oauth_error(), format!("400 {error}"), "{name} {value}");
    }
    for body in [
        "",
        "[]",
        "nonsense",
        r#"{"client_name":"A","client_name":"B","redirect_uris":["https://a.example"]}"#,
    ] {
        assert_eq!(
            app.call(Method::POST, "/register", &[], body).await.oauth_error(),
            "400 invalid_client_metadata"
        );
    }
}

/// MUST: RFC 8252 section 7.1: a native program may be sent back to by its own scheme.
#[tokio::test]
async fn rfc8252_7_1_a_native_program_has_a_scheme_of_its_own() {
    let app = app_with(RegistrationPolicy::Open).await;
    let native = |uri: &str| json!({"client_name": "App", "application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": [uri]});
    assert_eq!(register(&app, None, &native("com.example.app:/cb")).await.status, 201);
    for bad in [
        "app:/cb",
        "com.example.app://host/cb",
        "com.example.app:cb",
        "com.example.app:/cb#x",
        "javascript:/x",
    ] {
        assert_eq!(
            register(&app, None, &native(bad)).await.oauth_error(),
            "400 invalid_redirect_uri",
            "{bad}"
        );
    }
}

/// MUST: RFC 7592 section 2: reading, replacing and ending a registration take its own access token.
#[tokio::test]
async fn rfc7592_2_a_registration_is_managed_with_its_own_token() {
    let app = app_with(RegistrationPolicy::Open).await;
    let registered = register(&app, None, &with("contacts", json!(["a@a.example"]))).await.json();
    let mut other = register(&app, None, &good()).await.json();
    other["registration_client_uri"] = registered["registration_client_uri"].clone();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let refused = manage(&app, method, &other, &good().to_string()).await;
        assert_eq!(refused.oauth_error(), "401 invalid_token", "another client's token");
    }
    let shown = manage(&app, Method::GET, &registered, "").await.json();
    assert_eq!(shown["contacts"], json!(["a@a.example"]));
    assert_eq!(shown.get("client_secret"), None, "it is shown once");

    let id = registered["client_id"].as_str().unwrap();
    let secret = registered["client_secret"].as_str().unwrap();
    for wrong in [json!("other"), Value::Null] {
        let refused = manage(&app, Method::PUT, &registered, &with("client_id", wrong).to_string()).await;
        assert_eq!(refused.oauth_error(), "400 invalid_client_metadata");
    }
    let mut next = with("client_id", json!(id));
    next["client_name"] = json!("Renamed");
    let mut chosen = next.clone();
    chosen["client_secret"] = json!("b".repeat(50));
    let refused = manage(&app, Method::PUT, &registered, &chosen.to_string()).await;
    assert_eq!(refused.oauth_error(), "400 invalid_client_metadata", "it cannot choose its secret");
    let replaced = manage(&app, Method::PUT, &registered, &next.to_string()).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
    assert_eq!((&replaced.json()["client_name"], replaced.json().get("contacts")), (&json!("Renamed"), None));
    assert!(is_let_in(&app, id, secret).await, "the secret stays");

    assert_eq!(manage(&app, Method::DELETE, &registered, "").await.status, 204);
    assert!(!is_let_in(&app, id, secret).await);
    assert_eq!(manage(&app, Method::GET, &registered, "").await.oauth_error(), "401 invalid_token");
}

#[tokio::test]
async fn a_client_that_is_removed_takes_its_grants_with_it() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(app.site().userinfo(access_token).await.status, 200);
    let id = ClientId::parse(CLIENT).unwrap();
    assert!(app.app.store.remove_client(&id, None, START).await.unwrap());
    assert_eq!(app.site().userinfo(access_token).await.status, 401);
    assert!(!app.app.store.remove_client(&id, None, START).await.unwrap());
}

#[tokio::test]
async fn an_old_secret_is_good_until_the_overlap_ends() {
    let app = TestApp::new().await;
    let (new, id) = (ClientSecret::generate(&Random::System), ClientId::parse(CLIENT).unwrap());
    let until = START + Duration::from_hours(1);
    assert!(app.app.store.rotate_client_secret(&id, &new.digest(), until, START).await.unwrap());
    app.pass(3599);
    assert!(is_let_in(&app, CLIENT, SECRET).await && is_let_in(&app, CLIENT, new.expose()).await);
    app.pass(1);
    assert!(!is_let_in(&app, CLIENT, SECRET).await && is_let_in(&app, CLIENT, new.expose()).await);
    let public = ClientId::parse("public").unwrap();
    assert!(!app.app.store.rotate_client_secret(&public, &new.digest(), until, START).await.unwrap());
}

/// A sector's document, at `/ours`, and others that do not know us. Answers where it is.
async fn sector() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sector = format!("http://{}", listener.local_addr().unwrap());
    let ours = format!("[\"https://elsewhere.example/cb\", \"{REDIRECT_URI}\"]");
    let router = axum::Router::new()
        .route("/ours", axum::routing::get(async move || ours.clone()))
        .route("/others", axum::routing::get(async || "[\"https://elsewhere.example/cb\"]"))
        .route("/odd", axum::routing::get(async || "{}"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    sector
}

/// Anybody may register, and the provider may call this machine.
async fn app_that_calls_sectors() -> TestApp {
    TestApp::with(|config| {
        config.registration = RegistrationPolicy::Open;
        config.outbound.allowed = vec![Allowed::parse("127.0.0.0/8").unwrap()];
    })
    .await
}

/// What a client reads of its registration it can put back, and people stay who they are to it.
#[tokio::test]
async fn a_client_keeps_its_sector_when_it_puts_back_what_it_read() {
    let (app, sector) = (app_that_calls_sectors().await, sector().await);
    let mut metadata = with("subject_type", json!("pairwise"));
    metadata["sector_identifier_uri"] = json!(format!("{sector}/ours"));
    let registered = register(&app, None, &metadata).await.json();
    let id = ClientId::parse(registered["client_id"].as_str().unwrap()).unwrap();
    let before = app.app.store.client(&id).await.unwrap().unwrap();

    let mut shown = manage(&app, Method::GET, &registered, "").await.json();
    assert_eq!(shown["sector_identifier_uri"], metadata["sector_identifier_uri"]);
    for member in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        shown.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(manage(&app, Method::PUT, &registered, &shown.to_string()).await.status, 200);
    assert_eq!(app.app.store.client(&id).await.unwrap().unwrap(), before);
}

/// MUST: OIDC Registration section 5: a client belongs to a sector only if the sector's document lists all its redirect URIs.
#[tokio::test]
async fn oidc_registration_5_a_sector_knows_its_clients() {
    let (app, sector) = (app_that_calls_sectors().await, sector().await);
    let ask = |path: &str| {
        let mut metadata = with("subject_type", json!("pairwise"));
        metadata["sector_identifier_uri"] = json!(format!("{sector}{path}"));
        metadata
    };
    assert_eq!(register(&app, None, &ask("/ours")).await.status, 201);
    for path in ["/others", "/odd", "/missing"] {
        assert_eq!(
            register(&app, None, &ask(path)).await.oauth_error(),
            "400 invalid_client_metadata",
            "{path}"
        );
    }
    for path in ["/others", "/odd", "/ours"] {
        let mut device = ask(path);
        device["grant_types"] = json!(["urn:ietf:params:oauth:grant-type:device_code"]);
        device["redirect_uris"] = json!([]);
        let refused = register(&app, None, &device).await;
        assert_eq!(
            refused.oauth_error(),
            "400 invalid_client_metadata",
            "nothing shows that {path} knows it"
        );
    }
    let strict = app_with(RegistrationPolicy::Open).await;
    assert_eq!(register(&strict, None, &ask("/ours")).await.oauth_error(), "400 invalid_client_metadata");
}

/// Where the redirect URIs' host is the sector, nothing shows that the host knows the client: so nobody else may get its results.
#[tokio::test]
async fn nobody_joins_a_sector_by_naming_its_host() {
    let app = app_with(RegistrationPolicy::Open).await;
    let pairwise = |name: &str, value: Value| {
        let mut metadata = with("subject_type", json!("pairwise"));
        metadata[name] = value;
        metadata
    };
    let device = json!(["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]);
    for (name, value) in [
        ("allowed_origins", json!(["https://evil.example"])),
        ("allowed_origins", json!(["https://site.example", "http://localhost:8090"])),
        ("grant_types", device),
        ("redirect_uris", json!(["http://127.0.0.1/cb"])),
    ] {
        let refused = register(&app, None, &pairwise(name, value.clone())).await;
        assert_eq!(refused.oauth_error(), "400 invalid_client_metadata", "{name} {value}");
    }
    let own = pairwise("allowed_origins", json!(["https://site.example:8443"]));
    assert_eq!(register(&app, None, &own).await.status, 201);
}
