//! The authorization endpoint as RFC 6749 has it: what it reads, and where it sends a browser.

use axum::http::Method;
use serde_json::json;

use crate::support::{
    Answer, Ask, ISSUER, TestApp,
    site::{PUBLIC_CLIENT, REDIRECT_URI, SECRET},
};

/// What the store keeps of a request that leads to the sign-in page.
async fn stored_scopes(app: &TestApp, ask: &Ask) -> String {
    let page = app.browser().ask(ask).await;
    app.stored(page.strip_prefix("/login/").unwrap()).await.request.scopes.to_string()
}

/// A client with these redirect URIs.
async fn import(app: &TestApp, uris: &[&str]) {
    app.import(json!({
        "client_id": "several", "client_secret": SECRET, "client_name": "Several", "redirect_uris": uris,
    }))
    .await;
}

/// MUST: RFC 6749 section 3.1: a parameter without a value is as if it were not there.
#[tokio::test]
async fn rfc6749_3_1_a_parameter_without_a_value_is_none() {
    let app = TestApp::new().await;
    let empty =
        "prompt=&max_age=&claims=&request=&request_uri=&registration=&id_token_hint=&resource=&dpop_jkt=";
    let answer = app.get(&format!("/authorize?{}&{empty}&response_mode=", Ask::default().query())).await;
    assert!(answer.header("location").starts_with("/login/"), "{answer:?}");
    let none = app.get(&format!("/authorize?{}&scope=", Ask::default().without("scope").query())).await;
    assert!(none.header("location").starts_with("/login/"), "{none:?}");
}

/// MUST: RFC 6749 section 3.1.1: a request without a response_type, or with one that is not known, is answered with an error.
#[tokio::test]
async fn rfc6749_3_1_1_the_response_type_is_there_and_known() {
    let app = TestApp::new().await;
    let missing = app.browser().try_ask(&Ask::default().without("response_type")).await;
    assert_eq!(missing.error(), "invalid_request");
    for unknown in ["token", "CODE", "code token", "code code", "password"] {
        let answer = app.browser().try_ask(&Ask::default().with("response_type", unknown)).await;
        assert_eq!(answer.error(), "unsupported_response_type", "{unknown}");
    }
}

/// MUST: RFC 6749 section 3.1.2: a query that is part of the redirect URI stays as it is, and what is answered comes after it.
#[tokio::test]
async fn rfc6749_3_1_2_the_query_of_a_redirect_uri_is_kept() {
    let app = TestApp::new().await;
    let uri = "https://site.example/cb?tenant=7&next=%2Fhome%20page";
    import(&app, &[uri]).await;
    let ask = Ask::default().with("client_id", "several").with("redirect_uri", uri).with("prompt", "none");
    let refused = app.browser().try_ask(&ask).await;
    assert!(refused.header("location").starts_with(&format!("{uri}&error=login_required&")), "{refused:?}");
    let good = app.browser().sign_in(&ask.without("prompt"), &app.phone().await).await;
    assert!(good.header("location").starts_with(&format!("{uri}&code=")), "{good:?}");
}

/// MUST: RFC 6749 section 3.1.2: a redirect URI is absolute and has no fragment.
#[tokio::test]
async fn rfc6749_3_1_2_a_redirect_uri_is_absolute_and_without_fragment() {
    let app = TestApp::new().await;
    for uri in [
        "/callback",
        "site.example/callback",
        "https://site.example/cb#",
        "https://site.example/cb#x",
        "https:",
    ] {
        let metadata = json!({
            "client_id": "odd", "client_secret": SECRET, "client_name": "Odd", "redirect_uris": [uri],
        });
        assert!(app.try_import(metadata).await.is_err(), "{uri}");
    }
}

/// MUST: RFC 6749 section 3.1.2.2: a public client, and any other that is sent a browser back, registers where to.
#[tokio::test]
async fn rfc6749_3_1_2_2_who_is_sent_a_browser_back_registers_where_to() {
    let app = TestApp::new().await;
    for method in ["none", "client_secret_basic"] {
        let metadata = json!({"client_id": "x", "client_name": "X", "token_endpoint_auth_method": method});
        assert!(app.try_import(metadata).await.is_err(), "{method}");
    }
}

/// MUST: RFC 6749 section 3.1.2.3: a client with several redirect URIs says which, and the browser goes there and nowhere else.
#[tokio::test]
async fn rfc6749_3_1_2_3_of_several_redirect_uris_one_is_named() {
    let app = TestApp::new().await;
    let uris = ["https://one.example/cb", "https://two.example/cb"];
    import(&app, &uris).await;
    let ask = Ask::default().with("client_id", "several").with("prompt", "none");
    for uri in uris {
        let answer = app.browser().try_ask(&ask.clone().with("redirect_uri", uri)).await;
        assert!(answer.header("location").starts_with(&format!("{uri}?error=")), "{answer:?}");
    }
    let neither = app.browser().try_ask(&ask.without("redirect_uri")).await;
    assert_eq!((neither.status.as_u16(), neither.header("location")), (400, ""));
}

/// MUST: RFC 6749 section 3.3: scopes are told apart by case, and their order means nothing.
#[tokio::test]
async fn rfc6749_3_3_case_counts_and_order_does_not() {
    let app = TestApp::new().await;
    let one = stored_scopes(&app, &Ask::default().with("scope", "openid email profile")).await;
    assert_eq!(one, stored_scopes(&app, &Ask::default().with("scope", "profile openid email")).await);
    let capitals = app.browser().try_ask(&Ask::default().with("scope", "OPENID Email")).await;
    assert_eq!(capitals.error(), "invalid_scope");
}

/// MUST: RFC 6749 section 3.3: a request without a scope has the default scope, and the site is told what it got.
#[tokio::test]
async fn rfc6749_3_3_without_a_scope_there_is_a_default() {
    let app = TestApp::new().await;
    assert_eq!(stored_scopes(&app, &Ask::default().without("scope")).await, "openid");
    assert_eq!(app.tokens(&Ask::default().without("scope")).await["scope"], "openid");
}

/// MUST: RFC 6749 section 3.3: where another scope is given than was asked for, the answer says which.
#[tokio::test]
async fn rfc6749_3_3_the_site_is_told_what_it_got() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let ticket = phone.ticket(&widget.qr).await;
    assert_eq!(phone.confirm_only(&ticket, &["openid", "email"]).await.status, 204);
    assert_eq!(app.site().redeem(&widget.code().await).await.json()["scope"], "openid email");
}

/// MUST: RFC 6749 section 4.1.2.1: error and error_description have no letters but those of ASCII that can be shown, without quotes and backslashes.
#[tokio::test]
async fn rfc6749_4_1_2_1_errors_are_of_permitted_letters() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("response_type", "\"\\\n扫"),
        ("scope", "\"x\""),
        ("prompt", "none login"),
        ("prompt", "none"),
        ("claims", "{\"扫\":"),
        ("request", "\"\\"),
        ("max_age", "\\"),
        ("code_challenge", "\"\""),
        ("id_token_hint", "\"扫\""),
        ("resource", "\\"),
    ] {
        let answer = app.browser().try_ask(&Ask::default().with(name, value)).await;
        for member in ["error", "error_description"] {
            let text = answer.location_parameter(member).unwrap();
            let fits = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
            assert!(!text.is_empty() && text.chars().all(fits), "{name}={value}: {text}");
        }
    }
}

/// MUST: RFC 6749 section 4.1.2.1: an error comes with the state, exactly as it was sent.
#[tokio::test]
async fn rfc6749_4_1_2_1_an_error_brings_the_state_back() {
    let app = TestApp::new().await;
    let state = "a&error=x#\"'+%20 扫";
    let ask = Ask::default().with("state", state).with("response_type", "token");
    let answer = app.browser().try_ask(&ask).await;
    assert_eq!(answer.location_parameter("state").as_deref(), Some(state));
    assert_eq!(answer.error(), "unsupported_response_type");
    let none = app.browser().try_ask(&ask.without("state")).await;
    assert_eq!(none.location_parameter("state"), None);
}

/// Asks in every way that leads somewhere; answers what the browser was told.
async fn answers(app: &TestApp) -> Vec<Answer> {
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let mut answers = vec![browser.try_ask(&Ask::default()).await];
    answers.push(browser.post("/authorize", &Ask::default().query()).await);
    answers.push(browser.try_ask(&Ask::default().with("prompt", "none")).await);
    let page = browser.ask(&Ask::default()).await;
    answers.push(browser.post(&format!("{page}/cancel"), "").await);
    answers.push(browser.sign_in(&Ask::default(), &phone).await);
    answers.push(browser.try_ask(&Ask::default()).await);
    answers
}

/// MUST: RFC 9700 section 4.12: a browser is sent on by 303, never by 307, which would take a form's fields along.
#[tokio::test]
async fn rfc9700_4_12_a_browser_is_sent_on_by_303() {
    let app = TestApp::new().await;
    for answer in answers(&app).await {
        assert_eq!(answer.status, 303, "{answer:?}");
    }
}

/// MUST: RFC 9700 section 4.11.2: no parameter makes this server send a browser to somebody who has not registered.
#[tokio::test]
async fn rfc9700_4_11_2_the_server_is_no_open_redirector() {
    let app = TestApp::new().await;
    let evil = "https://evil.example/";
    let names = [
        "redirect_uri",
        "post_logout_redirect_uri",
        "client_id",
        "request_uri",
        "state",
        "iss",
        "next",
        "return_to",
    ];
    for name in names {
        let ask = Ask::default().with("prompt", "none").with(name, evil);
        for path in ["/authorize", "/logout", "/device", "/"] {
            for method in [Method::GET, Method::POST] {
                let (uri, body) = if method == Method::GET {
                    (format!("{path}?{}", ask.query()), String::new())
                } else {
                    (path.to_owned(), ask.query())
                };
                let headers = [("content-type", "application/x-www-form-urlencoded")];
                let answer = app.call(method, &uri, &headers, &body).await;
                let to = answer.header("location");
                assert!(
                    to.is_empty() || to.starts_with('/') || to.starts_with(REDIRECT_URI),
                    "{name} {path}: {to}"
                );
                assert!(!to.starts_with("//"), "{to}");
            }
        }
    }
}

/// MUST: RFC 9700 section 4.16: no page of this server can be put into another site's frame.
#[tokio::test]
async fn rfc9700_4_16_no_page_can_be_framed() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    let form = format!(
        "/authorize?{}",
        Ask::default().with("response_mode", "form_post").with("prompt", "none").query()
    );
    for path in [page.as_str(), "/device", "/logout", "/authorize", "/app", &form] {
        let answer = browser.get(path).await;
        assert!(
            answer.header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}: {answer:?}"
        );
    }
}

/// MUST: OIDC Core section 3.1.2.5: a good answer has the code, the state where there was one and the issuer in the query, and nothing else.
#[tokio::test]
async fn oidc_core_3_1_2_5_a_good_answer_is_a_code_in_the_query() {
    let app = TestApp::new().await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    for (ask, state) in [(Ask::default(), &["state"][..]), (Ask::default().without("state"), &[])] {
        let answer = browser.sign_in(&ask.with("prompt", "login"), &phone).await;
        let location = url::Url::parse(answer.header("location")).unwrap();
        let mut names: Vec<String> = location.query_pairs().map(|(name, _)| name.into_owned()).collect();
        names.sort();
        assert_eq!(
            (names, location.fragment()),
            ([&["code", "iss"], state].concat().iter().map(ToString::to_string).collect(), None)
        );
    }
}

/// MUST: RFC 7636 section 4.4.1: a server that demands a challenge, or does not know its method, answers invalid_request.
#[tokio::test]
async fn rfc7636_4_4_1_a_challenge_is_there_and_of_a_known_method() {
    let app = TestApp::new().await;
    let public = Ask::default().with("client_id", PUBLIC_CLIENT);
    let mut odd = vec![public.clone().without("code_challenge").without("code_challenge_method")];
    odd.extend(
        ["plain", "s256", "S512", "S256 "].map(|method| public.clone().with("code_challenge_method", method)),
    );
    for ask in odd {
        assert_eq!(app.browser().try_ask(&ask).await.error(), "invalid_request", "{ask:?}");
    }
}

/// MUST: RFC 7636 section 4.4: the server remembers the challenge itself: nothing that passes the browser shows it.
#[tokio::test]
async fn rfc7636_4_4_a_code_does_not_show_its_challenge() {
    let app = TestApp::new().await;
    let answer = app.browser().sign_in(&Ask::default(), &app.phone().await).await;
    assert!(!answer.header("location").contains(crate::support::site::CHALLENGE));
}

/// MUST: RFC 9207 section 2: the issuer in an answer is that of the metadata, to the letter, without query and fragment.
#[tokio::test]
async fn rfc9207_2_the_issuer_is_that_of_the_metadata() {
    let app = TestApp::new().await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.json();
    let answer = app.browser().try_ask(&Ask::default().with("prompt", "none")).await;
    assert_eq!(answer.location_parameter("iss").as_deref(), metadata["issuer"].as_str());
    assert!(ISSUER.starts_with("https://") && !ISSUER.contains(['?', '#']));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}
