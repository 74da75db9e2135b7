//! Whom an access token is for (RFC 8707), and what it says (RFC 9068).

use serde_json::{Value, json};

use crate::support::{
    Ask, ISSUER, TestApp, claims_of,
    site::{CLIENT, REDIRECT_URI, SECRET},
};

const ORDERS: &str = "https://orders.example/api";
const STOCK: &str = "https://stock.example/api";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.import(json!({
        "client_id": "shop", "client_secret": SECRET, "client_name": "Shop", "redirect_uris": [REDIRECT_URI],
        "allowed_origins": ["https://site.example"], "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access orders:read", "allowed_resources": [ORDERS, STOCK],
    }))
    .await;
    app
}

/// A form with these resources beside it.
fn for_resources(form: &Ask, resources: &[&str]) -> String {
    let named: Vec<String> = resources
        .iter()
        .map(|uri| url::form_urlencoded::Serializer::new(String::new()).append_pair("resource", uri).finish())
        .collect();
    [vec![form.query()], named].concat().join("&")
}

/// A code for these scopes and both APIs.
async fn code(app: &TestApp, scope: &str) -> String {
    let ask = Ask::default().with("client_id", "shop").with("scope", scope);
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let query = for_resources(&ask, &[ORDERS, STOCK]);
    let page = browser.get(&format!("/authorize?{query}")).await.header("location").to_owned();
    let qr = browser.qr(&page).await;
    phone.approve(&qr).await;
    browser.get(&page).await.code()
}

async fn token(app: &TestApp, form: &Ask, resources: &[&str]) -> crate::support::Answer {
    let form = form.clone().with("client_id", "shop").with("client_secret", SECRET);
    let basic = base64_basic();
    let form = form.without("client_id").without("client_secret");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    app.call(axum::http::Method::POST, "/token", &headers, &for_resources(&form, resources)).await
}

fn base64_basic() -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    format!("Basic {}", STANDARD.encode(format!("shop:{SECRET}")))
}

fn audience(answer: &Value) -> Value {
    claims_of(&answer["access_token"])["aud"].clone()
}

/// MUST: RFC 8707 section 2.2: without resource the token is for all that were granted; with some of them for those alone;
/// with any other it is invalid_target.
#[tokio::test]
async fn rfc8707_2_2_a_token_request_narrows_and_never_widens() {
    let app = app().await;
    let code = code(&app, "openid offline_access").await;
    let other = token(&app, &Ask::redeem(&code), &[ORDERS, "https://evil.example"]).await;
    assert_eq!(other.oauth_error(), "400 invalid_target");
    let all = token(&app, &Ask::redeem(&code), &[]).await.json();
    assert_eq!(audience(&all), json!([ORDERS, STOCK, ISSUER]), "and the code was not used up");
    let refresh = Ask::refresh(all["refresh_token"].as_str().unwrap());
    let refused = token(&app, &refresh, &["https://evil.example"]).await;
    assert_eq!(refused.oauth_error(), "400 invalid_target");
    let narrow = token(&app, &refresh, &[STOCK]).await.json();
    assert_eq!(audience(&narrow), json!([STOCK]));
    let refresh = Ask::refresh(narrow["refresh_token"].as_str().unwrap());
    assert_eq!(audience(&token(&app, &refresh, &[]).await.json()), json!([ORDERS, STOCK, ISSUER]));
}

/// MUST: RFC 8707 section 2: a resource that is no absolute URI, or has a fragment, is invalid_target; it costs nothing.
#[tokio::test]
async fn rfc8707_2_what_is_no_resource_is_invalid_target() {
    let app = app().await;
    let right = Ask::redeem(&code(&app, "openid offline_access").await);
    for odd in ["orders", "/api", &format!("{ORDERS}#v1"), &format!("{ORDERS} ")] {
        assert_eq!(token(&app, &right, &[ORDERS, odd]).await.oauth_error(), "400 invalid_target", "{odd}");
    }
    let once = token(&app, &right, &[ORDERS, ORDERS]).await.json();
    assert_eq!(audience(&once), json!([ORDERS]), "twice is once");
    let refresh = Ask::refresh(once["refresh_token"].as_str().unwrap());
    assert_eq!(token(&app, &refresh, &["orders"]).await.oauth_error(), "400 invalid_target");
    assert_eq!(token(&app, &refresh, &[STOCK]).await.status, 200, "it was not spent");
}

/// MUST: RFC 9068 section 4: a token is refused where its aud does not name who reads it.
#[tokio::test]
async fn rfc9068_4_userinfo_takes_tokens_that_are_for_it() {
    let app = app().await;
    let all = token(&app, &Ask::redeem(&code(&app, "openid").await), &[]).await.json();
    assert_eq!(app.site().userinfo(all["access_token"].as_str().unwrap()).await.status, 200);
    let narrow = token(&app, &Ask::redeem(&code(&app, "openid").await), &[ORDERS]).await.json();
    assert_eq!(app.site().userinfo(narrow["access_token"].as_str().unwrap()).await.status, 401);
}

/// MUST: RFC 9068 section 2.2: an access token has iss, exp, aud, sub, client_id, iat and jti, and how the person was
/// authenticated.
#[tokio::test]
async fn rfc9068_2_2_what_a_token_says() {
    let app = TestApp::new().await;
    let tokens = app.tokens(&Ask::default()).await;
    let claims = claims_of(&tokens["access_token"]);
    assert_eq!((&claims["aud"], &claims["client_id"]), (&json!([ISSUER]), &json!(CLIENT)));
    assert_eq!(claims["scope"], tokens["scope"]);
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:saoma:acr:scan"), &json!(["swk", "mca"])));
    for member in ["iss", "sub", "exp", "iat", "jti", "auth_time"] {
        assert!(!claims[member].is_null(), "{member}");
    }
    assert!(claims.get("cnf").is_none(), "it is bound to no key");
}
