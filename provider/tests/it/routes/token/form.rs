//! The form itself, and who may read the answer.

use axum::http::Method;

use crate::support::{
    Answer, Ask, TestApp,
    site::{ORIGIN, PUBLIC_CLIENT},
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The public client's redemption.
async fn redemption(app: &TestApp) -> Ask {
    let code = app.code(&Ask::default().with("client_id", PUBLIC_CLIENT)).await;
    Ask::redeem(&code).with("client_id", PUBLIC_CLIENT)
}

async fn post(app: &TestApp, headers: &[(&str, &str)], body: &str) -> Answer {
    app.call(Method::POST, "/token", headers, body).await
}

/// MUST: RFC 6749 section 3.2: no parameter is there more than once.
#[tokio::test]
async fn rfc6749_3_2_a_parameter_twice_is_refused() {
    let app = TestApp::new().await;
    let good = redemption(&app).await.query();
    for twice in ["grant_type=authorization_code", "code=x", "client_id=public", "x=1&x=2"] {
        let answer = post(&app, &[FORM], &format!("{good}&{twice}")).await;
        assert_eq!(answer.oauth_error(), "400 invalid_request", "{twice}");
    }
    assert_eq!(post(&app, &[FORM], &good).await.status, 200);
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let app = TestApp::new().await;
    let ask = redemption(&app).await;
    let json = post(&app, &[("content-type", "application/json")], &ask.json().to_string()).await;
    assert_eq!(json.oauth_error(), "400 invalid_request");
    assert_eq!(post(&app, &[], &ask.query()).await.oauth_error(), "400 invalid_request");
    let charset = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    assert_eq!(post(&app, &[charset], &ask.query()).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = TestApp::new().await;
    let ask = redemption(&app).await;
    let large = ask.clone().with("padding", &"x".repeat(17_000)).query();
    assert_eq!(post(&app, &[FORM], &large).await.oauth_error(), "413 invalid_request");
    assert_eq!(post(&app, &[FORM], &ask.query()).await.status, 200);
}

/// MUST: RFC 6749 section 3.2: the token endpoint reads the body of a POST.
#[tokio::test]
async fn rfc6749_3_2_parameters_of_the_query_do_not_count() {
    let app = TestApp::new().await;
    let ask = redemption(&app).await.query();
    let answer = app.call(Method::POST, &format!("/token?{ask}"), &[FORM], "").await;
    assert_eq!(answer.oauth_error(), "401 invalid_client");
    assert_eq!(app.get(&format!("/token?{ask}")).await.problem(), "405 method_not_allowed");
    assert_eq!(post(&app, &[FORM], &ask).await.status, 200);
}

#[tokio::test]
async fn a_page_of_a_registered_origin_may_read_the_answer_and_no_other() {
    let app = TestApp::new().await;
    let ask = redemption(&app).await.query();
    for other in ["https://evil.example", "null", "https://login.example"] {
        let answer = post(&app, &[FORM, ("origin", other)], "client_id=public&grant_type=x").await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{other}");
    }
    let refused = post(&app, &[FORM, ("origin", ORIGIN)], "client_id=public&grant_type=x").await;
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN, "errors, too");
    let answer = post(&app, &[FORM, ("origin", ORIGIN)], &ask).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (ORIGIN, "origin"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}
