//! Tokens that are bound to a site's key (RFC 9449).

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use provider::oauth::dpop::nonce::NoncePolicy;
use serde_json::{Value, json};

use crate::support::{
    Answer, Ask, SiteKey, TestApp, claims_of,
    site::{CLIENT, ORIGIN, PUBLIC_CLIENT, REDIRECT_URI, SECRET},
};

const TOKEN: (&str, &str) = ("POST", "/token");
const USERINFO: (&str, &str) = ("GET", "/userinfo");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// A token request with these proofs.
async fn ask(app: &TestApp, form: &Ask, proofs: &[&str]) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let mut headers = vec![FORM];
    if !form.query().contains("client_id=") {
        headers.push(("authorization", &basic));
    }
    headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
    app.call(Method::POST, "/token", &headers, &form.query()).await
}

async fn redeem(app: &TestApp, key: &SiteKey) -> Value {
    let code = app.code(&Ask::default()).await;
    let answer = ask(app, &Ask::redeem(&code), &[&key.proof(app, TOKEN)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn userinfo(app: &TestApp, scheme: &str, token: &str, proofs: &[&str]) -> Answer {
    let authorization = format!("{scheme} {token}");
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
    app.call(Method::GET, "/userinfo", &headers, "").await
}

/// MUST: RFC 9449 section 5: a token request with a proof is answered with token_type DPoP and a token that is bound to
/// the proof's key.
#[tokio::test]
async fn rfc9449_5_tokens_are_bound_to_the_key_of_the_proof() {
    let app = TestApp::new().await;
    for key in [SiteKey::es256(), SiteKey::eddsa()] {
        let tokens = redeem(&app, &key).await;
        assert_eq!(text(&tokens, "token_type"), "DPoP");
        assert_eq!(claims_of(&tokens["access_token"])["cnf"], json!({"jkt": key.thumbprint()}));
        let token = text(&tokens, "access_token");
        let answer = userinfo(&app, "DPoP", token, &[&key.proof_of(&app, USERINFO, token)]).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["email"]), (200, &json!("lin@example.com")));
    }
}

/// MUST: RFC 9449 section 4.3: there is one DPoP header, and its proof is for this call, fresh and used once.
#[tokio::test]
async fn rfc9449_4_3_a_bad_proof_gets_nothing_and_costs_nothing() {
    let app = TestApp::new().await;
    let (key, code) = (SiteKey::es256(), app.code(&Ask::default()).await);
    let used = key.proof(&app, TOKEN);
    ask(&app, &Ask::refresh("x"), &[&used]).await;
    let (one, two) = (key.proof(&app, TOKEN), key.proof(&app, TOKEN));
    let stale = key.proof_with(&app, TOKEN, json!({"iat": app.app.clock.now().seconds() - 61}));
    for wrong in [
        vec![used.as_str()],
        vec![&one, &two],
        vec![""],
        vec!["x.y.z"],
        vec![&stale],
        vec![&key.proof(&app, USERINFO)],
        vec![&key.proof(&app, ("GET", "/token"))],
        vec![&key.proof_of(&app, TOKEN, "a token")],
    ] {
        let answer = ask(&app, &Ask::redeem(&code), &wrong).await;
        assert_eq!(answer.oauth_error(), "400 invalid_dpop_proof", "{wrong:?}");
    }
    assert_eq!(ask(&app, &Ask::redeem(&code), &[&key.proof(&app, TOKEN)]).await.status, 200);
}

/// MUST: RFC 9449 section 7.2: a bound token is no bearer token.
#[tokio::test]
async fn rfc9449_7_2_each_token_is_good_by_its_own_scheme_alone() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let bound = redeem(&app, &key).await;
    let answer = userinfo(&app, "Bearer", text(&bound, "access_token"), &[]).await;
    assert_eq!(answer.header("www-authenticate"), r#"DPoP error="invalid_token", algs="ES256 EdDSA""#);
    assert_eq!(answer.status, 401);
    let body = format!("access_token={}", text(&bound, "access_token"));
    assert_eq!(app.call(Method::POST, "/userinfo", &[FORM], &body).await.status, 401);

    let plain = app.tokens(&Ask::default()).await;
    let token = text(&plain, "access_token");
    let answer = userinfo(&app, "DPoP", token, &[&key.proof_of(&app, USERINFO, token)]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("www-authenticate")),
        (401, r#"Bearer error="invalid_token""#)
    );
}

/// MUST: RFC 9449 section 7.1: with a bound token there is a proof by its key, with the token's hash, and a refusal is a
/// DPoP challenge that names the algorithms.
#[tokio::test]
async fn rfc9449_7_1_userinfo_demands_a_proof_by_the_token_s_key() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let tokens = redeem(&app, &key).await;
    let token = text(&tokens, "access_token");
    let (without_hash, other_hash) = (key.proof(&app, USERINFO), key.proof_of(&app, USERINFO, "other"));
    let other_key = SiteKey::es256().proof_of(&app, USERINFO, token);
    for wrong in [vec![], vec![without_hash.as_str()], vec![&other_hash], vec![&other_key]] {
        let answer = userinfo(&app, "DPoP", token, &wrong).await;
        let challenge = r#"DPoP error="invalid_dpop_proof", algs="ES256 EdDSA""#;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, challenge));
    }
    let once = key.proof_of(&app, USERINFO, token);
    assert_eq!(userinfo(&app, "DPoP", token, &[&once]).await.status, 200);
    assert_eq!(userinfo(&app, "DPoP", token, &[&once]).await.status, 401, "a proof is good once");
}

/// MUST: RFC 9449 section 10: a code that was asked for with dpop_jkt is redeemed by that key alone.
#[tokio::test]
async fn rfc9449_10_dpop_jkt_binds_the_code() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let code = app.code(&Ask::default().with("dpop_jkt", &key.thumbprint())).await;
    let other = SiteKey::es256().proof(&app, TOKEN);
    assert_eq!(ask(&app, &Ask::redeem(&code), &[&other]).await.oauth_error(), "400 invalid_grant");
    assert_eq!(ask(&app, &Ask::redeem(&code), &[]).await.oauth_error(), "400 invalid_grant");
    assert_eq!(ask(&app, &Ask::redeem(&code), &[&key.proof(&app, TOKEN)]).await.status, 200);
}

/// MUST: RFC 9449 section 5.2: a client that is registered for bound tokens gets no others.
#[tokio::test]
async fn rfc9449_5_2_who_is_registered_so_must_send_a_proof() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "bound", "client_name": "Bound", "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "token_endpoint_auth_method": "none", "dpop_bound_access_tokens": true,
    }))
    .await;
    let code = app.code(&Ask::default().with("client_id", "bound")).await;
    let form = Ask::redeem(&code).with("client_id", "bound");
    assert_eq!(ask(&app, &form, &[]).await.oauth_error(), "400 invalid_request");
    assert_eq!(ask(&app, &form, &[&SiteKey::eddsa().proof(&app, TOKEN)]).await.status, 200);
}

/// MUST: RFC 9449 section 5: a public client's refresh token is bound to its key.
#[tokio::test]
async fn rfc9449_5_a_public_client_refreshes_with_its_own_key() {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "spa", "client_name": "A page", "redirect_uris": [REDIRECT_URI], "allowed_origins": [ORIGIN],
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
    }))
    .await;
    let (key, code) = (SiteKey::es256(), app.code(&Ask::default().with("client_id", "spa")).await);
    let redeem = Ask::redeem(&code).with("client_id", "spa");
    let first = ask(&app, &redeem, &[&key.proof(&app, TOKEN)]).await.json();
    let form = Ask::refresh(text(&first, "refresh_token")).with("client_id", "spa");
    assert_eq!(ask(&app, &form, &[]).await.oauth_error(), "400 invalid_grant");
    let other = SiteKey::es256().proof(&app, TOKEN);
    assert_eq!(ask(&app, &form, &[&other]).await.oauth_error(), "400 invalid_grant");
    let second = ask(&app, &form, &[&key.proof(&app, TOKEN)]).await;
    assert_eq!((second.status.as_u16(), text(&second.json(), "token_type")), (200, "DPoP"));
    let other = SiteKey::es256().proof(&app, TOKEN);
    assert_eq!(ask(&app, &form, &[&other]).await.oauth_error(), "400 invalid_grant", "no grace for another");
    assert_eq!(ask(&app, &form, &[&key.proof(&app, TOKEN)]).await.status, 200, "that revoked nothing");
}

/// MUST: RFC 9449 section 5: a confidential client's refresh token is bound to the client: it may come with a new key, and
/// the access token is bound to that.
#[tokio::test]
async fn rfc9449_5_a_confidential_client_may_change_its_key() {
    let app = TestApp::new().await;
    let (old, new) = (SiteKey::es256(), SiteKey::eddsa());
    let form = Ask::refresh(text(&redeem(&app, &old).await, "refresh_token"));
    assert_eq!(ask(&app, &form, &[]).await.oauth_error(), "400 invalid_grant", "never back to bearer tokens");
    let tokens = ask(&app, &form, &[&new.proof(&app, TOKEN)]).await.json();
    assert_eq!(claims_of(&tokens["access_token"])["cnf"]["jkt"], new.thumbprint());
}

/// MUST: RFC 9449 section 8: where a nonce is demanded, a proof without a good one is answered use_dpop_nonce and a
/// nonce to use.
#[tokio::test]
async fn rfc9449_8_a_nonce_is_demanded_where_the_operator_says_so() {
    let app = TestApp::with(|config| config.dpop_nonce = NoncePolicy::Required).await;
    let (key, code) = (SiteKey::es256(), app.code(&Ask::default()).await);
    let form = Ask::redeem(&code);
    let refused = ask(&app, &form, &[&key.proof(&app, TOKEN)]).await;
    assert_eq!(refused.oauth_error(), "400 use_dpop_nonce");
    let nonce = refused.header("dpop-nonce").to_owned();
    let made_up = key.proof_with(&app, TOKEN, json!({"nonce": "made-up"}));
    assert_eq!(ask(&app, &form, &[&made_up]).await.oauth_error(), "400 use_dpop_nonce");
    let tokens = ask(&app, &form, &[&key.proof_with(&app, TOKEN, json!({"nonce": nonce}))]).await.json();
    let token = text(&tokens, "access_token");
    let refused = userinfo(&app, "DPoP", token, &[&key.proof_of(&app, USERINFO, token)]).await;
    let challenge = r#"DPoP error="use_dpop_nonce", algs="ES256 EdDSA""#;
    assert_eq!((refused.status.as_u16(), refused.header("www-authenticate")), (401, challenge));
    assert_eq!(refused.header("dpop-nonce"), nonce);
}

/// MUST: RFC 9449 section 8.2: a nonce that was offered is good for some minutes, and one that is over is refused even
/// where none is demanded.
#[tokio::test]
async fn rfc9449_8_2_a_nonce_goes_out_of_use() {
    let app = TestApp::new().await;
    let key = SiteKey::es256();
    let answer = ask(&app, &Ask::refresh("x"), &[&key.proof(&app, TOKEN)]).await;
    let nonce = answer.header("dpop-nonce").to_owned();
    let with_nonce = || key.proof_with(&app, TOKEN, json!({"nonce": nonce}));
    let error = |answer: Answer| answer.oauth_error();
    app.pass(300);
    assert_eq!(error(ask(&app, &Ask::refresh("x"), &[&with_nonce()]).await), "400 invalid_grant");
    app.pass(300);
    let late = ask(&app, &Ask::refresh("x"), &[&with_nonce()]).await;
    assert_ne!(late.header("dpop-nonce"), nonce);
    assert_eq!(error(late), "400 use_dpop_nonce");
}

#[tokio::test]
async fn a_page_may_send_a_proof_and_read_the_nonce() {
    let app = TestApp::new().await;
    let preflight = app.call(Method::OPTIONS, "/token", &[("origin", ORIGIN)], "").await;
    assert_eq!(preflight.header("access-control-allow-headers"), "content-type, dpop");
    let proof = SiteKey::es256().proof(&app, TOKEN);
    let form = format!("client_id={PUBLIC_CLIENT}&grant_type=x");
    let answer = app.call(Method::POST, "/token", &[FORM, ("origin", ORIGIN), ("dpop", &proof)], &form).await;
    assert_eq!(answer.header("access-control-expose-headers"), "dpop-nonce");
    assert!(!answer.header("dpop-nonce").is_empty(), "{answer:?}");
}
