//! How an access token is brought and refused (RFC 6750), and what makes it one (RFC 9068).

use axum::http::Method;
use provider::oauth::client::SigningAlgorithm;
use serde_json::{Value, json};

use super::{FORM, INVALID, access_token, challenge};
use crate::support::{
    Ask, ISSUER, START, TestApp, claims_of,
    site::{CLIENT, ORIGIN, REDIRECT_URI, SECRET},
};

/// A good token's claims, signed anew by the provider with this change.
async fn with_claim(app: &TestApp, claim: &str, value: Value) -> String {
    let mut claims = claims_of(&app.tokens(&Ask::default()).await["access_token"]);
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(claim)
    } else {
        members.insert(claim.to_owned(), value)
    };
    app.app.keys.sign(SigningAlgorithm::Es256, "at+jwt", &claims).unwrap()
}

/// MUST: RFC 6750 section 2.1: the token is taken from the Authorization header, whatever the case of the scheme.
#[tokio::test]
async fn rfc6750_2_1_the_header_brings_the_token() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let header = format!("{scheme} {}", access_token(&tokens));
        assert_eq!(app.call(Method::GET, "/userinfo", &[("authorization", &header)], "").await.status, 200);
    }
}

/// MUST: RFC 6750 section 2.2: a token in a body counts in a form that is POSTed, and in no other body.
#[tokio::test]
async fn rfc6750_2_2_a_body_is_a_form_that_is_posted() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let form = format!("access_token={}", access_token(&tokens));
    let json = json!({"access_token": access_token(&tokens)}).to_string();
    for (method, kind, body) in [
        (Method::GET, "application/x-www-form-urlencoded", &form),
        (Method::POST, "text/plain", &form),
        (Method::POST, "multipart/form-data", &form),
        (Method::POST, "application/json", &json),
    ] {
        let answer = app.call(method, "/userinfo", &[("content-type", kind)], body).await;
        assert_eq!(challenge(&answer), (401, r#"Bearer realm="saoma""#), "{kind}");
    }
    assert_eq!(app.call(Method::POST, "/userinfo", &[FORM], &form).await.status, 200);
}

/// MUST: FAPI 2.0 Security Profile section 5.3.4: a token in the query does not count.
#[tokio::test]
async fn fapi2_5_3_4_a_token_in_the_query_does_not_count() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    for method in [Method::GET, Method::POST] {
        let path = format!("/userinfo?access_token={}", access_token(&tokens));
        assert_eq!(app.call(method, &path, &[], "").await.status, 401);
    }
}

/// MUST: RFC 6750 section 3: every refusal has a challenge: a scheme with one member or more, none of them twice.
#[tokio::test]
async fn rfc6750_3_every_refusal_has_a_challenge() {
    let app = TestApp::new().await;
    let narrow = app.tokens(&Ask::default().with("scope", "profile")).await;
    for token in ["", "x", access_token(&narrow)] {
        let answer = app.site().userinfo(token).await;
        let challenge = answer.header("www-authenticate").strip_prefix("Bearer ").unwrap();
        let mut names: Vec<&str> =
            challenge.split(", ").map(|member| member.split('=').next().unwrap()).collect();
        assert!(!names.is_empty());
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{challenge}");
    }
    assert!(app.get("/userinfo").await.header("www-authenticate").starts_with("Bearer "));
}

/// MUST: RFC 6750 section 3.1: a request that cannot be read, or brings the token twice, is 400 invalid_request.
#[tokio::test]
async fn rfc6750_3_1_what_cannot_be_read_is_an_invalid_request() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let (token, bearer) = (access_token(&tokens), format!("Bearer {}", access_token(&tokens)));
    let in_form = format!("access_token={token}");
    let twice = format!("{in_form}&{in_form}");
    let header = ("authorization", bearer.as_str());
    for (headers, body) in [
        (vec![FORM, header, header], ""),
        (vec![FORM, header, header], in_form.as_str()),
        (vec![FORM], twice.as_str()),
        (vec![FORM, header], twice.as_str()),
    ] {
        let answer = app.call(Method::POST, "/userinfo", &headers, body).await;
        assert_eq!(challenge(&answer), (400, r#"Bearer error="invalid_request""#), "{headers:?}");
    }
}

/// MUST: RFC 6750 section 5.3: a bearer token lives an hour at most, and says for whom it is.
#[tokio::test]
async fn rfc6750_5_3_a_token_is_short_lived_and_for_somebody() {
    let app = TestApp::new().await;
    let claims = claims_of(&app.tokens(&Ask::default()).await["access_token"]);
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(life <= 3600 && claims["aud"] == json!([ISSUER]), "{claims}");
}

/// MUST: RFC 9068 section 2.1: an access token is signed by an asymmetric algorithm, and its type is at+jwt.
#[tokio::test]
async fn rfc9068_2_1_it_is_signed_and_says_what_it_is() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let header = jsonwebtoken::decode_header(access_token(&tokens)).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("at+jwt"), jsonwebtoken::Algorithm::ES256));
    let keys = app.get("/jwks.json").await.json();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == json!(header.kid)));
}

/// MUST: RFC 9068 section 2.1: RS256 is among the algorithms that sign access tokens, and a client may have it.
#[tokio::test]
async fn rfc9068_2_1_rs256_signs_where_it_is_wanted() {
    let app = TestApp::new().await;
    for algorithm in SigningAlgorithm::ALL {
        app.import(json!({
            "client_id": CLIENT, "client_secret": SECRET, "client_name": "A site", "redirect_uris": [REDIRECT_URI],
            "allowed_origins": [ORIGIN], "access_token_signed_response_alg": algorithm.as_str(),
        }))
        .await;
        let tokens = app.tokens(&Ask::default()).await;
        let header = jsonwebtoken::decode_header(access_token(&tokens)).unwrap();
        assert_eq!(
            (header.alg, header.typ.as_deref()),
            (algorithm.as_str().parse().unwrap(), Some("at+jwt"))
        );
        assert_eq!(app.site().userinfo(access_token(&tokens)).await.status, 200);
        let told = crate::routes::introspect::ask(&app, CLIENT, access_token(&tokens)).await.json();
        assert_eq!(told["active"], true, "{algorithm:?}");
    }
}

/// MUST: RFC 9068 section 3: where no resource was asked for, the audience is a default one.
#[tokio::test]
async fn rfc9068_3_there_is_always_an_audience() {
    let app = TestApp::new().await;
    for scope in ["openid", "profile"] {
        let tokens = app.tokens(&Ask::default().with("scope", scope)).await;
        assert_eq!(claims_of(&tokens["access_token"])["aud"], json!([ISSUER]), "{scope}");
    }
}

/// MUST: RFC 9068 section 4: the issuer of a token is this one to the letter, whoever signed it.
#[tokio::test]
async fn rfc9068_4_the_issuer_is_this_one() {
    let app = TestApp::new().await;
    for iss in [Value::Null, json!("https://evil.example"), json!(format!("{ISSUER}/")), json!([ISSUER])] {
        let token = with_claim(&app, "iss", iss.clone()).await;
        assert_eq!(challenge(&app.site().userinfo(&token).await), INVALID, "{iss}");
    }
    let same = with_claim(&app, "iss", json!(ISSUER)).await;
    assert_eq!(app.site().userinfo(&same).await.status, 200, "and that is all that was wrong");
}

/// MUST: RFC 9068 section 4: a token whose time is over, or which says none, is refused.
#[tokio::test]
async fn rfc9068_4_the_time_of_a_token_is_not_over() {
    let app = TestApp::new().await;
    for exp in [Value::Null, json!(START.seconds()), json!(START.seconds() - 1), json!("9999999999")] {
        let token = with_claim(&app, "exp", exp.clone()).await;
        assert_eq!(challenge(&app.site().userinfo(&token).await), INVALID, "{exp}");
    }
}

/// MUST: RFC 9068 section 4: a token that does not name this server as its audience is refused.
#[tokio::test]
async fn rfc9068_4_the_audience_is_this_server() {
    let app = TestApp::new().await;
    for aud in [Value::Null, json!([]), json!(["https://orders.example"]), json!([format!("{ISSUER}/")])] {
        let token = with_claim(&app, "aud", aud.clone()).await;
        assert_eq!(challenge(&app.site().userinfo(&token).await), INVALID, "{aud}");
    }
}

/// MUST: RFC 9068 section 2.2.1: how and when the person was authenticated is what it was at first, also in a token that a refresh gave.
#[tokio::test]
async fn rfc9068_2_2_1_a_refresh_is_no_authentication() {
    let app = TestApp::new().await;
    let first = app.tokens(&Ask::default()).await;
    app.pass(1000);
    let second = app.site().refresh(first["refresh_token"].as_str().unwrap()).await.json();
    let (old, new) = (claims_of(&first["access_token"]), claims_of(&second["access_token"]));
    for claim in ["auth_time", "acr", "amr", "sub", "client_id"] {
        assert!(!old[claim].is_null() && old[claim] == new[claim], "{claim}");
    }
    assert_ne!((&old["iat"], &old["jti"]), (&new["iat"], &new["jti"]));
}
