//! Each grant type by a client that is registered for it, and refused to one that is not.

use axum::http::Method;
use provider::oauth::client::GrantType;
use serde_json::{Value, json};

use crate::support::{Ask, TestApp, site::SECRET};

/// A device, which may use the device grant alone.
pub(super) const DEVICE: &str = "a-device";

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Grant types that others have.
const OTHERS: [&str; 6] = [
    "implicit",
    "password",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
    "urn:ietf:params:oauth:grant-type:jwt-bearer2",
];

fn request(grant: &str) -> Ask {
    Ask::refresh("x").without("refresh_token").with("grant_type", grant)
}

pub(super) async fn grant_types(app: &TestApp, named: &[&str]) {
    for grant in GrantType::ALL.map(GrantType::as_str).iter().filter(|grant| !named.contains(grant)) {
        let id = format!("for {grant}").replace([' ', ':'], "-");
        app.import(client(&id, grant)).await;
        let refused = app.site().token_as(Some((&id, SECRET)), &request(grant)).await;
        assert_eq!(refused.oauth_error(), "400 unsupported_grant_type", "{grant} works and is not named");
    }
    for grant in named {
        works(app, grant).await;
        is_for_its_clients_alone(app, grant).await;
    }
    for other in OTHERS {
        let refused = app.site().token(&request(other)).await;
        assert_eq!(refused.oauth_error(), "400 unsupported_grant_type", "{other}");
    }
}

async fn works(app: &TestApp, grant: &str) {
    let tokens = match grant {
        "authorization_code" => app.tokens(&Ask::default()).await,
        "refresh_token" => {
            let first = app.tokens(&Ask::default()).await;
            app.site().refresh(first["refresh_token"].as_str().unwrap()).await.json()
        }
        DEVICE_GRANT => {
            let started = start_on_a_device(app).await;
            app.phone().await.approve(started["verification_uri_complete"].as_str().unwrap()).await;
            fetch_on_a_device(app, &started).await
        }
        "client_credentials" => {
            app.import(client("a-service", grant)).await;
            app.site().token_as(Some(("a-service", SECRET)), &request(grant)).await.json()
        }
        other => panic!("nobody knows how to use {other}"),
    };
    assert!(tokens["access_token"].is_string(), "{grant}: {tokens}");
}

async fn is_for_its_clients_alone(app: &TestApp, grant: &str) {
    let other = if grant == "authorization_code" { "refresh_token" } else { "authorization_code" };
    let id = format!("not for {grant}").replace([' ', ':'], "-");
    app.import(client(&id, other)).await;
    let refused = app.site().token_as(Some((&id, SECRET)), &request(grant)).await;
    assert_eq!(refused.oauth_error(), "400 unauthorized_client", "{grant}");
}

/// A client that is registered for this grant alone.
fn client(id: &str, grant: &str) -> Value {
    json!({
        "client_id": id, "client_secret": SECRET, "client_name": id, "grant_types": [grant],
        "redirect_uris": ["https://it.example/cb"], "scope": "openid orders:read",
    })
}

/// A device starts a login.
pub(super) async fn start_on_a_device(app: &TestApp) -> Value {
    app.import(json!({
        "client_id": DEVICE, "client_name": "A device", "token_endpoint_auth_method": "none",
        "grant_types": [DEVICE_GRANT],
    }))
    .await;
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let form = format!("client_id={DEVICE}&scope=openid");
    app.call(Method::POST, "/device_authorization", &headers, &form).await.json()
}

/// It comes for the result.
pub(super) async fn fetch_on_a_device(app: &TestApp, started: &Value) -> Value {
    let code = started["device_code"].as_str().unwrap();
    let ask = request(DEVICE_GRANT).with("device_code", code).with("client_id", DEVICE);
    app.site().token_as(None, &ask).await.json()
}
