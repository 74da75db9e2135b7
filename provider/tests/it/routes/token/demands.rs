//! What RFC 6749 demands of every request to the token endpoint, and of every answer.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, TestApp, claims_of,
    site::{CLIENT, ORIGIN, PUBLIC_CLIENT, REDIRECT_URI, SECRET, basic},
};

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// The usual site's call.
async fn ask(app: &TestApp, path: &str, form: &Ask) -> Answer {
    app.post_form(path, &[("authorization", &basic(CLIENT))], form).await
}

/// MUST: RFC 6749 section 2.2: a client's identifier alone proves nothing, wherever a client has to prove who it is.
#[tokio::test]
async fn rfc6749_2_2_an_identifier_alone_proves_nothing() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let token = Ask::bare().with("token", "x");
    for (path, form) in [
        ("/token", Ask::redeem(&code)),
        ("/par", Ask::default()),
        ("/revoke", token.clone()),
        ("/introspect", token),
        ("/device_authorization", Ask::bare().with("scope", "openid")),
    ] {
        let answer = app.post_form(path, &[], &form.with("client_id", CLIENT)).await;
        assert_eq!(answer.oauth_error(), "401 invalid_client", "{path}");
    }
    assert_eq!(app.site().redeem(&code).await.status, 200);
}

/// MUST: RFC 6749 section 2.3: who brings two Authorization headers has not proved who they are.
#[tokio::test]
async fn rfc6749_2_3_two_authorization_headers_are_none_that_is_good() {
    let app = TestApp::new().await;
    let ask = Ask::default().with("client_id", PUBLIC_CLIENT);
    let form = Ask::redeem(&app.code(&ask).await).with("client_id", PUBLIC_CLIENT);
    let (one, other) = (basic(CLIENT), basic(PUBLIC_CLIENT));
    let twice = app.post_form("/token", &[("authorization", &one), ("authorization", &other)], &form).await;
    assert_eq!(twice.oauth_error(), "401 invalid_client");
    assert_eq!(app.post_form("/token", &[], &form).await.status, 200);
}

/// MUST: RFC 6749 section 2.3.1: a secret cannot be guessed: a short one is not taken, and those that are made have 256 bits.
#[tokio::test]
async fn rfc6749_2_3_1_a_secret_cannot_be_guessed() {
    let app = TestApp::new().await;
    let metadata = |secret: &str| json!({"client_id": "x", "client_secret": secret, "client_name": "X", "redirect_uris": [REDIRECT_URI]});
    for short in ["", "secret", &"a".repeat(31)] {
        assert!(app.try_import(metadata(short)).await.is_err(), "{short}");
    }
    app.import(metadata(&"a".repeat(32))).await;
    let made = provider::secret::ClientSecret::generate(&provider::random::Random::System);
    assert_eq!(made.expose().strip_prefix("saoma_client_").unwrap().len(), 43);
}

/// MUST: RFC 6749 section 3.2: a parameter without a value is as if it were not there, and one that is not known is ignored.
#[tokio::test]
async fn rfc6749_3_2_what_is_empty_or_unknown_does_not_count() {
    let app = TestApp::new().await;
    let form = Ask::redeem(&app.code(&Ask::default()).await);
    let more =
        "client_id=&client_secret=&client_assertion=&refresh_token=&resource=&scope=&unknown=1&audience=x";
    let credentials = basic(CLIENT);
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("authorization", credentials.as_str())];
    let answer = app.call(Method::POST, "/token", &headers, &format!("{}&{more}", form.query())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let empty = ask(&app, "/token", &Ask::redeem("").with("code", "")).await;
    assert_eq!(empty.oauth_error(), "400 invalid_request", "an empty code is a missing one");
}

/// MUST: RFC 6749 section 3.2.1: a client that has a credential proves itself at the token endpoint, whatever the grant.
#[tokio::test]
async fn rfc6749_3_2_1_a_confidential_client_proves_itself_for_every_grant() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let refresh = text(&app.tokens(&Ask::default()).await, "refresh_token").to_owned();
    for form in
        [Ask::redeem(&code), Ask::refresh(&refresh), Ask::bare().with("grant_type", "client_credentials")]
    {
        for (credential, named) in
            [(None, CLIENT), (Some((CLIENT, "wrong")), CLIENT), (Some(("", "")), CLIENT)]
        {
            let answer = app.site().token_as(credential, &form.clone().with("client_id", named)).await;
            assert!(["401 invalid_client", "400 invalid_request"].contains(&answer.oauth_error().as_str()));
        }
    }
    assert_eq!(app.site().redeem(&code).await.status, 200, "it was not used up");
    assert_eq!(app.site().refresh(&refresh).await.status, 200, "nor this");
}

/// MUST: RFC 6749 section 3.2.1: a client without a credential says who it is.
#[tokio::test]
async fn rfc6749_3_2_1_a_public_client_names_itself() {
    let app = TestApp::new().await;
    let form = Ask::redeem(&app.code(&Ask::default().with("client_id", PUBLIC_CLIENT)).await);
    assert_eq!(app.post_form("/token", &[], &form).await.oauth_error(), "401 invalid_client");
    let named = form.with("client_id", PUBLIC_CLIENT);
    assert_eq!(app.post_form("/token", &[], &named).await.status, 200);
}

/// MUST: RFC 6749 section 4.4.2: a client that asks for itself proves who it is.
#[tokio::test]
async fn rfc6749_4_4_2_who_asks_for_itself_proves_who_it_is() {
    let app = super::client_credentials::app().await;
    let form = Ask::bare().with("grant_type", "client_credentials");
    for credential in [None, Some(("robot", "wrong")), Some(("robot", ""))] {
        let answer = app.site().token_as(credential, &form.clone().with("client_id", "robot")).await;
        assert_eq!(answer.oauth_error(), "401 invalid_client");
    }
    assert_eq!(app.site().token_as(Some(("robot", SECRET)), &form).await.status, 200);
}

/// MUST: RFC 6749 section 5.1: an answer with tokens may not be stored, says `Cache-Control: no-store` and `Pragma: no-cache`.
#[tokio::test]
async fn rfc6749_5_1_nobody_stores_an_answer_with_tokens() {
    let app = TestApp::new().await;
    let first = app.site().redeem(&app.code(&Ask::default()).await).await;
    let refreshed = app.site().refresh(text(&first.json(), "refresh_token")).await;
    for answer in [first, refreshed] {
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    }
    let keys = app.get("/jwks.json").await;
    assert_eq!((keys.header("cache-control"), keys.header("pragma")), ("public, max-age=300", ""));
}

/// MUST: RFC 6749 section 5.2: every error is JSON with `error` and, in ASCII that can be shown, `error_description`.
#[tokio::test]
async fn rfc6749_5_2_every_error_is_json_of_permitted_letters() {
    let app = TestApp::new().await;
    let odd = "\"\\\u{7f}扫";
    for (form, error) in [
        (Ask::redeem(odd), "400 invalid_grant"),
        (Ask::refresh(odd), "400 invalid_grant"),
        (Ask::redeem("x").with("grant_type", odd), "400 unsupported_grant_type"),
        (Ask::redeem("x").without("code"), "400 invalid_request"),
        (Ask::redeem("x").with("client_id", odd), "400 invalid_request"),
        (Ask::bare(), "400 invalid_request"),
        (Ask::bare().with("grant_type", "client_credentials"), "400 unauthorized_client"),
    ] {
        let answer = ask(&app, "/token", &form).await;
        assert_eq!(answer.oauth_error(), error, "{form:?}");
        assert_permitted(&answer);
    }
    let credentials = basic(CLIENT);
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("authorization", credentials.as_str())];
    let twice = app.call(Method::POST, "/token", &headers, "%22%5C%00扫=1&%22%5C%00扫=2").await;
    assert_eq!(twice.oauth_error(), "400 invalid_request");
    assert_permitted(&twice);
}

#[track_caller]
fn assert_permitted(answer: &Answer) {
    let description = answer.json()["error_description"].as_str().unwrap().to_owned();
    assert!(description.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~')), "{description}");
}

/// MUST: RFC 6749 section 10.3: what opens something is kept as a hash: a copy of the store gives nobody a code, a token or a secret.
#[tokio::test]
async fn rfc6749_10_3_the_store_has_no_credential_in_it() {
    let app = TestApp::new().await;
    let code = app.code(&Ask::default()).await;
    let tokens = app.site().redeem(&code).await.json();
    let unused = app.code(&Ask::default()).await;
    let pushed = ask(&app, "/par", &Ask::default()).await.json();
    let phone = app.phone().await;
    let request_uri = text(&pushed, "request_uri").rsplit(':').next().unwrap();
    let mut stored = Vec::new();
    for file in std::fs::read_dir(app.directory.path()).unwrap() {
        stored.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |secret: &str| stored.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(holds("Lin Example"), "it was read");
    for secret in [
        code.as_str(),
        &unused,
        text(&tokens, "refresh_token"),
        text(&tokens, "access_token"),
        text(&tokens, "id_token"),
        request_uri,
        SECRET,
        phone.access_token.expose(),
        phone.refresh_token.expose(),
        crate::support::PASSWORD,
    ] {
        assert!(!holds(secret), "{secret}");
    }
}

/// MUST: RFC 6749 section 10.4: a refresh token cannot be made up or changed.
#[tokio::test]
async fn rfc6749_10_4_a_changed_refresh_token_is_none() {
    let app = TestApp::new().await;
    let good = text(&app.tokens(&Ask::default()).await, "refresh_token").to_owned();
    for at in 0..good.len() {
        let mut letters = good.clone().into_bytes();
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(letters).unwrap();
        assert_eq!(app.site().refresh(&changed).await.oauth_error(), "400 invalid_grant", "{changed}");
    }
    assert_eq!(app.site().refresh(&good).await.status, 200);
}

/// MUST: RFC 6749 section 10.10: what is handed out cannot be guessed: 256 random bits, never twice the same.
#[tokio::test]
async fn rfc6749_10_10_nothing_can_be_guessed() {
    let app = TestApp::new().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let code = app.code(&Ask::default()).await;
        let tokens = app.site().redeem(&code).await.json();
        let pushed = ask(&app, "/par", &Ask::default()).await.json();
        let jti = text(&claims_of(&tokens["access_token"]), "jti").to_owned();
        assert!(seen.insert(jti), "two access tokens are two");
        for secret in [code.as_str(), text(&tokens, "refresh_token"), text(&pushed, "request_uri")] {
            let random = &secret[secret.len() - 43..];
            let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            assert!(random.bytes().all(letters) && secret.as_bytes()[secret.len() - 44] == b'_', "{secret}");
            assert!(seen.insert(random.to_owned()), "{secret}");
        }
    }
}

/// MUST: RFC 9700 section 2.4: nobody gives a site their password: there is no such grant.
#[tokio::test]
async fn rfc9700_2_4_there_is_no_password_grant() {
    let app = TestApp::new().await;
    let form = Ask::bare().with("grant_type", "password").with("username", "lin");
    let answer = ask(&app, "/token", &form.with("password", crate::support::PASSWORD)).await;
    assert_eq!(answer.oauth_error(), "400 unsupported_grant_type");
    let metadata = json!({
        "client_id": "x", "client_name": "X", "redirect_uris": [REDIRECT_URI], "grant_types": ["password"],
        "token_endpoint_auth_method": "none",
    });
    assert!(app.try_import(metadata).await.is_err());
}

/// MUST: RFC 9700 section 2.2.2: a public client's refresh tokens are bound to its key, or replaced at each use.
#[tokio::test]
async fn rfc9700_2_2_2_a_public_client_s_refresh_token_is_replaced() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "spa", "client_name": "A page", "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
    }))
    .await;
    let redeem =
        Ask::redeem(&app.code(&Ask::default().with("client_id", "spa")).await).with("client_id", "spa");
    let first = app.site().token_as(None, &redeem).await.json();
    let refresh = |tokens: &Value| Ask::refresh(text(tokens, "refresh_token")).with("client_id", "spa");
    let second = app.site().token_as(None, &refresh(&first)).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    app.pass(10);
    for spent in [&first, &second] {
        let answer = app.site().token_as(None, &refresh(spent)).await;
        assert_eq!(answer.oauth_error(), "400 invalid_grant", "the first came back: all of it is revoked");
    }
}
