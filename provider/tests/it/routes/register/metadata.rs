//! What is registered, and what is answered (RFC 7591 sections 2 and 3).

use std::collections::BTreeSet;

use axum::http::Method;
use provider::{oauth::registration::RegistrationPolicy, random::Random, secret::InitialAccessToken};
use serde_json::{Value, json};

use super::{app_with, good, register, with};
use crate::support::{Ask, START, TestApp, site::REDIRECT_URI};

/// A client that registers itself at a server that takes anybody.
async fn registered(metadata: &Value) -> Value {
    let app = app_with(RegistrationPolicy::Open).await;
    let answer = register(&app, None, metadata).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// The error of one that cannot.
async fn refused(metadata: &Value) -> String {
    let app = app_with(RegistrationPolicy::Open).await;
    register(&app, None, metadata).await.oauth_error()
}

/// MUST: RFC 7591 section 2: members that are not known are ignored, and are not part of what is registered.
#[tokio::test]
async fn rfc7591_2_what_is_not_known_is_ignored() {
    let answer = registered(&with("x_colour", json!({"r": [1, 2]}))).await;
    assert_eq!(answer.get("x_colour"), None);
    assert_eq!(registered(&with("client_name#zh", json!("新"))).await["client_name"], "New");
}

/// MUST: RFC 7591 section 2: what is left out has its default: the code grant, the response type code, a secret by Basic.
#[tokio::test]
async fn rfc7591_2_what_is_left_out_has_its_default() {
    let answer = registered(&good()).await;
    assert_eq!(answer["grant_types"], json!(["authorization_code"]));
    assert_eq!(answer["response_types"], json!(["code"]));
    assert_eq!(answer["token_endpoint_auth_method"], "client_secret_basic");
}

/// MUST: RFC 7591 section 2: a client registers its keys by value or by address, not both.
#[tokio::test]
async fn rfc7591_2_keys_come_by_value_or_by_address() {
    let mut metadata = with("jwks", json!({"keys": [crate::support::SiteKey::es256().jwk()]}));
    metadata["token_endpoint_auth_method"] = json!("private_key_jwt");
    assert_eq!(registered(&metadata).await["jwks"], metadata["jwks"]);
    metadata["jwks_uri"] = json!("https://site.example/jwks.json");
    assert_eq!(refused(&metadata).await, "400 invalid_client_metadata");
}

/// MUST: RFC 7591 section 2: a client that a browser is sent back to registers its redirect URIs.
#[tokio::test]
async fn rfc7591_2_who_is_sent_a_browser_registers_where_to() {
    assert_eq!(refused(&json!({"client_name": "New"})).await, "400 invalid_redirect_uri");
    let device = json!({
        "client_name": "New", "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
        "token_endpoint_auth_method": "none",
    });
    assert_eq!(registered(&device).await["redirect_uris"], json!([]));
}

/// MUST: RFC 7591 section 3: a registration is POSTed as a JSON object.
#[tokio::test]
async fn rfc7591_3_a_registration_is_posted_as_json() {
    let app = app_with(RegistrationPolicy::Open).await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(app.call(method, "/register", &[], "").await.status, 405);
    }
    let form = Ask::bare().with("client_name", "New").with("redirect_uris", REDIRECT_URI);
    assert_eq!(app.post_form("/register", &[], &form).await.oauth_error(), "400 invalid_client_metadata");
}

/// MUST: RFC 7591 section 3: an initial access token comes in the Authorization header, as RFC 6750 says.
#[tokio::test]
async fn rfc7591_3_the_initial_token_is_a_bearer_token() {
    let app = app_with(RegistrationPolicy::Token).await;
    let token = InitialAccessToken::generate(&Random::System);
    let end = START + std::time::Duration::from_mins(1);
    app.app.store.keep_initial_access_token(&token.digest(), 1, end).await.unwrap();
    let body = with("access_token", json!(token.expose()));
    let in_query = app.post_json(&format!("/register?access_token={}", token.expose()), &[], &body).await;
    assert_eq!(in_query.oauth_error(), "401 invalid_token");
    let basic = format!("Basic {}", token.expose());
    let other = app.post_json("/register", &[("authorization", &basic)], &good()).await;
    assert_eq!(other.oauth_error(), "401 invalid_token");
    assert_eq!(register(&app, Some(token.expose()), &good()).await.status, 201);
}

/// MUST: RFC 7591 section 3.2.1: each client has an identifier and a secret of its own, and the answer is JSON that nobody may store.
#[tokio::test]
async fn rfc7591_3_2_1_each_client_has_a_name_and_a_secret_of_its_own() {
    let app = app_with(RegistrationPolicy::Open).await;
    let mut seen = BTreeSet::new();
    for _ in 0..10 {
        let answer = register(&app, None, &good()).await;
        assert_eq!(
            (answer.header("content-type"), answer.header("cache-control")),
            ("application/json", "no-store")
        );
        for name in ["client_id", "client_secret", "registration_access_token"] {
            assert!(seen.insert(answer.json()[name].as_str().unwrap().to_owned()), "{name}");
        }
    }
}

/// MUST: RFC 7591 section 3.2.1: where there is no secret, the answer has none, and no end of one.
#[tokio::test]
async fn rfc7591_3_2_1_without_a_secret_none_is_answered() {
    let answer = registered(&with("token_endpoint_auth_method", json!("none"))).await;
    assert_eq!((answer.get("client_secret"), answer.get("client_secret_expires_at")), (None, None));
}

/// MUST: RFC 7591 section 3.2.2: an error is told in ASCII, whatever the request had in it.
#[tokio::test]
async fn rfc7591_3_2_2_an_error_is_ascii() {
    let app = app_with(RegistrationPolicy::Open).await;
    for (name, value) in [
        ("redirect_uris", json!(["扫\u{7f}\"\\"])),
        ("grant_types", json!(["扫"])),
        ("client_name", json!(7)),
    ] {
        let answer = register(&app, None, &with(name, value)).await;
        assert!(answer.oauth_error().starts_with("400 invalid_"));
        assert!(
            answer.json()["error_description"].as_str().unwrap().bytes().all(|b| matches!(b, b' '..=b'~')),
            "{answer:?}"
        );
    }
}

/// MUST: RFC 7591 section 5: what a client says of itself is not believed: people are asked what they give it.
#[tokio::test]
async fn rfc7591_5_a_client_that_registered_itself_is_a_stranger() {
    let app = app_with(RegistrationPolicy::Open).await;
    let mut metadata = with("client_name", json!("Your bank"));
    metadata["allowed_origins"] = json!(["https://site.example"]);
    let client = register(&app, None, &metadata).await.json();
    let ask = Ask::default().with("client_id", client["client_id"].as_str().unwrap());
    let widget = app.widget().start_with(&ask).await;
    let shown = app.phone().await.scan(&widget.qr).await.json();
    assert_eq!((&shown["site"]["consent"], &shown["site"]["host"]), (&json!(true), &json!("site.example")));
}

/// MUST: OIDC Registration section 2: an ID token is never without a signature: `none` cannot be registered.
#[tokio::test]
async fn oidc_registration_2_no_id_token_is_unsigned() {
    for alg in ["none", "None", "HS256", ""] {
        let metadata = with("id_token_signed_response_alg", json!(alg));
        assert_eq!(refused(&metadata).await, "400 invalid_client_metadata", "{alg}");
    }
}

/// MUST: OIDC Registration section 2: what kind of program a client is decides what addresses it may have.
#[tokio::test]
async fn oidc_registration_2_a_site_has_no_scheme_of_its_own() {
    for kind in ["web", "native"] {
        let mut metadata = with("application_type", json!(kind));
        metadata["token_endpoint_auth_method"] = json!("none");
        metadata["redirect_uris"] = json!(["com.example.app:/cb"]);
        let app = app_with(RegistrationPolicy::Open).await;
        assert_eq!(register(&app, None, &metadata).await.status == 201, kind == "native", "{kind}");
    }
}

/// MUST: OIDC Registration section 2: what asks for encryption or signatures that are not to be had is refused, never ignored.
#[tokio::test]
async fn oidc_registration_2_what_cannot_be_honoured_is_refused() {
    for name in [
        "id_token_encrypted_response_alg",
        "userinfo_signed_response_alg",
        "userinfo_encrypted_response_alg",
        "request_object_signing_alg",
        "request_object_encryption_alg",
    ] {
        assert_eq!(refused(&with(name, json!("RS256"))).await, "400 invalid_client_metadata", "{name}");
    }
}

/// MUST: OIDC Back-Channel Logout section 2.2: the address of a back channel is absolute, https, and has no fragment.
#[tokio::test]
async fn back_channel_logout_2_2_the_address_is_https_without_fragment() {
    for uri in ["http://site.example/out", "https://site.example/out#x", "/out", "javascript:alert(1)"] {
        let metadata = with("backchannel_logout_uri", json!(uri));
        assert_eq!(refused(&metadata).await, "400 invalid_client_metadata", "{uri}");
    }
    let good = with("backchannel_logout_uri", json!("https://site.example/out?x=1"));
    assert_eq!(registered(&good).await["backchannel_logout_uri"], "https://site.example/out?x=1");
}

/// A public native program that registered itself, with this redirect URI.
async fn native(app: &TestApp, uri: &str) -> String {
    let metadata = json!({
        "client_name": "App", "application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": [uri],
    });
    register(app, None, &metadata).await.json()["client_id"].as_str().unwrap().to_owned()
}

/// MUST: RFC 8252 section 8.1: a native program that is public uses PKCE.
#[tokio::test]
async fn rfc8252_8_1_a_native_program_uses_pkce() {
    let app = app_with(RegistrationPolicy::Open).await;
    let id = native(&app, "com.example.app:/cb").await;
    let ask = Ask::default().with("client_id", &id).with("redirect_uri", "com.example.app:/cb");
    let without = ask.clone().without("code_challenge").without("code_challenge_method");
    let answer = app.browser().try_ask(&without).await;
    assert!(answer.header("location").starts_with("com.example.app:/cb?error=invalid_request"), "{answer:?}");
    app.browser().ask(&ask).await;
}

/// MUST: RFC 8252 section 8.4: the redirect URI of a native program is registered as a whole, and no other is used.
#[tokio::test]
async fn rfc8252_8_4_no_other_address_of_a_native_program_is_used() {
    let app = app_with(RegistrationPolicy::Open).await;
    for (registered, other) in [
        ("com.example.app:/cb", "com.example.app:/other"),
        ("com.example.app:/cb", "com.example.other:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:8000/other"),
        ("http://127.0.0.1/cb", "http://localhost:8000/cb"),
    ] {
        let id = native(&app, registered).await;
        let ask = Ask::default().with("client_id", &id).with("redirect_uri", other);
        let answer = app.browser().try_ask(&ask).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{other}");
    }
}

/// MUST: OIDC Registration section 2: default_acr_values are kept, and those that cannot be told are refused.
#[tokio::test]
async fn oidc_registration_2_default_acr_values_are_those_that_can_be_told() {
    let classes = json!(["urn:saoma:acr:scan", "urn:saoma:acr:typed-code"]);
    assert_eq!(registered(&with("default_acr_values", classes.clone())).await["default_acr_values"], classes);
    assert_eq!(refused(&with("default_acr_values", json!(["gold"]))).await, "400 invalid_client_metadata");
}

/// MUST: OIDC Back-Channel Logout section 2.2: a client that needs the session in its logout tokens can say so, and gets nothing that has none.
#[tokio::test]
async fn back_channel_logout_2_2_who_needs_the_session_is_told_of_sessions() {
    let mut metadata = with("backchannel_logout_uri", json!("https://site.example/bc"));
    assert_eq!(registered(&metadata).await["backchannel_logout_session_required"], false);
    metadata["backchannel_logout_session_required"] = json!(true);
    assert_eq!(registered(&metadata).await["backchannel_logout_session_required"], true);
    metadata["grant_types"] = json!(["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]);
    assert_eq!(refused(&metadata).await, "400 invalid_client_metadata");
}

/// What is refused is named, with the reason, in words that help who wrote it.
#[tokio::test]
async fn a_refusal_names_the_member_and_the_reason() {
    let app = app_with(RegistrationPolicy::Open).await;
    for (name, value, text) in [
        ("first_party", json!(true), "first_party cannot be set by the client"),
        ("client_id", json!("mine"), "client_id cannot be set by the client"),
        ("software_statement", json!("x"), "software_statement: `x` is not supported here"),
    ] {
        let refused = register(&app, None, &with(name, value)).await.json();
        assert_eq!(refused["error_description"], text);
    }
}
