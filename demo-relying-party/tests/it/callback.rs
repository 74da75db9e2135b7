//! The redirect: what the callback takes and what it refuses.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde_json::json;

use crate::support::keys::Key;
use crate::support::provider::CLIENT_SECRET;
use crate::support::{NOW, Stage, site};

#[tokio::test]
async fn the_request_has_everything_and_no_secret() {
    let stage = Stage::new().await;
    let request = stage.browser().begin_redirect("/").await;
    assert_eq!(request["client_id"], "demo-site");
    assert_eq!(request["redirect_uri"], "http://localhost:8090/callback");
    assert_eq!(request["response_type"], "code");
    assert_eq!(request["scope"], "openid profile email offline_access");
    assert_eq!(request["code_challenge_method"], "S256");
    assert_eq!([request["state"].len(), request["nonce"].len(), request["code_challenge"].len()], [43; 3]);
    assert_eq!(request.len(), 8, "{:?}", request.keys());
}

#[tokio::test]
async fn a_confirmed_login_signs_in_and_returns_to_the_page() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/articles/as-the-ox-turns").await;
    let answer = browser.get(&stage.provider.approve(&request).callback()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/articles/as-the-ox-turns"));
    assert!(
        browser.get("/").await.body.contains("id=\"signed-in-name\" href=\"/account\">Lin &#60;Mei&#62;<")
    );
}

#[tokio::test]
async fn signing_in_changes_the_session_s_identifier() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let before = browser.cookie.clone();
    let answer = browser.get(&stage.provider.approve(&request).callback()).await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_ne!(browser.cookie, before);
    browser.cookie = before;
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}

#[tokio::test]
async fn an_unknown_state_is_refused() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let mut answer = stage.provider.approve(&request);
    answer.state = "made-up".into();
    let page = browser.get(&answer.callback()).await;
    assert_eq!((page.status, page.failure().as_deref()), (StatusCode::BAD_REQUEST, Some("unknown_login")));
    assert_eq!(stage.provider.calls("token"), 0);
}

/// MUST: RFC 6749 section 10.12: a client takes an answer only in the browser that asked: the state is that of its session.
#[tokio::test]
async fn rfc6749_10_12_another_session_s_state_is_refused() {
    let stage = Stage::new().await;
    let (mut attacker, mut victim) = (stage.browser(), stage.browser());
    let request = attacker.begin_redirect("/").await;
    victim.begin_redirect("/").await;
    let answer = stage.provider.approve(&request);
    assert_eq!(victim.get(&answer.callback()).await.failure().as_deref(), Some("unknown_login"));
    assert_eq!(stage.browser().get(&answer.callback()).await.failure().as_deref(), Some("unknown_login"));
    assert_eq!(stage.provider.calls("token"), 0);
}

#[tokio::test]
async fn a_state_is_good_once() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let answer = stage.provider.approve(&request);
    browser.get(&answer.callback()).await;
    assert_eq!(browser.get(&answer.callback()).await.failure().as_deref(), Some("unknown_login"));
    assert_eq!(stage.provider.calls("token"), 1);
}

/// MUST: RFC 9207 section 2.4: a client compares the issuer of an answer to the letter, before it uses the code.
#[tokio::test]
async fn rfc9207_2_4_another_issuer_s_answer_is_refused_before_its_code_is_used() {
    let stage = Stage::new().await;
    for iss in ["https://evil.example".to_owned(), format!("{}/", stage.provider.issuer)] {
        let mut browser = stage.browser();
        let request = browser.begin_redirect("/").await;
        let mut answer = stage.provider.approve(&request);
        answer.iss = iss;
        assert_eq!(browser.get(&answer.callback()).await.failure().as_deref(), Some("wrong_issuer"));
    }
    assert_eq!(stage.provider.calls("token"), 0);
}

/// MUST: RFC 9207 section 2.4: a client refuses an answer without an issuer from a provider that names itself.
#[tokio::test]
async fn rfc9207_2_4_an_answer_that_names_no_issuer_is_refused() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let path = format!("/callback?code=c&state={}", request["state"]);
    assert_eq!(browser.get(&path).await.failure().as_deref(), Some("wrong_issuer"));
}

#[tokio::test]
async fn declining_is_told_kindly() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/articles/as-the-ox-turns").await;
    let (sent, iss) = (&request["state"], &stage.provider.issuer);
    let page = browser.get(&format!("/callback?error=access_denied&state={sent}&iss={iss}")).await;
    assert_eq!((page.status, page.failure().as_deref()), (StatusCode::OK, Some("declined")));
    assert!(page.body.contains("You are not signed in") && page.body.contains("Try again"));
    assert!(page.body.contains("value=\"/articles/as-the-ox-turns\""));
}

#[tokio::test]
async fn an_error_is_never_said_back() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let (sent, iss) = (&request["state"], &stage.provider.issuer);
    let path = format!("/callback?error=boo&error_description=call+me&state={sent}&iss={iss}");
    let page = browser.get(&path).await;
    assert_eq!(page.failure().as_deref(), Some("provider_error"));
    assert!(!page.body.contains("boo") && !page.body.contains("call me") && !page.body.contains(sent));
}

/// MUST: RFC 6749 section 3.1: an answer in which a parameter is there twice is refused.
#[tokio::test]
async fn rfc6749_3_1_a_parameter_given_twice_is_refused() {
    let stage = Stage::new().await;
    let page = stage.browser().get("/callback?state=a&state=b&code=c").await;
    assert_eq!(
        (page.status, page.failure().as_deref()),
        (StatusCode::BAD_REQUEST, Some("unreadable_answer"))
    );
}

#[tokio::test]
async fn a_code_that_the_provider_refuses_signs_nobody_in() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let mut answer = stage.provider.approve(&request);
    answer.code = "saoma_code_stolen".into();
    let page = browser.get(&answer.callback()).await;
    assert_eq!(page.failure().as_deref(), Some("code_used_up"));
    for secret in ["saoma_code_stolen", CLIENT_SECRET, "secret details"] {
        assert!(!page.body.contains(secret));
    }
    assert!(!browser.get("/").await.body.contains("signed-in-name"));
}

#[tokio::test]
async fn a_bad_id_token_signs_nobody_in() {
    let stage = Stage::new().await;
    for claims in [json!({ "nonce": "other" }), json!({ "aud": "other" }), json!({ "exp": NOW - 61 })] {
        stage.provider.script(|script| script.claims = claims);
        let mut browser = stage.browser();
        let request = browser.begin_redirect("/").await;
        let page = browser.get(&stage.provider.approve(&request).callback()).await;
        assert_eq!(
            (page.status, page.failure().as_deref()),
            (StatusCode::BAD_GATEWAY, Some("provider_refused"))
        );
        assert!(!browser.get("/").await.body.contains("signed-in-name"));
    }
}

/// MUST: OIDC Core section 5.3.2: a relying party uses userinfo only if its sub is that of the ID token.
#[tokio::test]
async fn oidc_core_5_3_2_userinfo_about_somebody_else_signs_nobody_in() {
    let stage = Stage::new().await;
    stage.provider.script(|script| script.userinfo_subject = "somebody else");
    let mut browser = stage.browser();
    let request = browser.begin_redirect("/").await;
    let page = browser.get(&stage.provider.approve(&request).callback()).await;
    assert_eq!(page.failure().as_deref(), Some("provider_refused"));
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_and_made_up_ones_not_again_and_again() {
    let stage = Stage::new().await;
    stage.member().await;
    assert_eq!(stage.provider.calls("jwks"), 1);
    // Rotated: the new key is found at the next look.
    stage.clock.turn(31);
    stage.provider.script(|script| {
        script.key = Key::es256("key-2");
        script.jwks.push(serde_json::to_value(script.key.jwk()).unwrap());
    });
    assert!(stage.member().await.get("/").await.body.contains("signed-in-name"));
    assert_eq!(stage.provider.calls("jwks"), 2);
    // A key that was never published: refused, and not looked for at every turn.
    stage.provider.script(|script| script.key = Key::es256("made-up"));
    for _ in 0..3 {
        assert!(!stage.member().await.get("/").await.body.contains("signed-in-name"));
    }
    assert_eq!(stage.provider.calls("jwks"), 2);
}

/// MUST: OIDC Discovery section 4.3: a relying party refuses metadata whose issuer is not the one that it asked.
#[tokio::test]
async fn oidc_discovery_4_3_a_discovery_document_of_another_issuer_is_refused() {
    let stage = Stage::new().await;
    stage.provider.script(|script| script.discovery_issuer = Some("https://evil.example".into()));
    let page = stage.browser().post_form("/sign-in", "return_to=/").await;
    assert_eq!((page.status, page.failure().as_deref()), (StatusCode::BAD_GATEWAY, Some("provider_refused")));
}

#[tokio::test]
async fn the_site_is_open_before_its_provider_and_finds_it_later() {
    let stage = Stage::new().await;
    // A port that nobody listens on.
    let gone = site("http://127.0.0.1:9", stage.clock.clone());
    let mut browser = crate::support::browser::Browser::new(gone.router());
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    let page = browser.post_form("/sign-in", "return_to=/").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.failure().as_deref(), Some("provider_unreachable"));
    // And one that is there is asked only once.
    for _ in 0..3 {
        stage.browser().begin_redirect("/").await;
    }
    assert_eq!(stage.provider.calls("discovery"), 1);
}
