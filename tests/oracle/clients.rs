//! Clients of other kinds: how they prove who they are.

use openidconnect::{AuthType, OAuth2TokenResponse};
use serde_json::json;

use crate::stage::{Stage, visit};

#[tokio::test]
async fn the_oracle_sends_its_secret_in_the_header_or_in_the_form() {
    let mut stage = Stage::new().await;
    for (method, how) in
        [("client_secret_basic", AuthType::BasicAuth), ("client_secret_post", AuthType::RequestBody)]
    {
        stage.register(method, json!({"token_endpoint_auth_method": method})).await;
        let client = stage.client(method).await.set_auth_type(how);
        stage.open_another_browser();
        let (tokens, _) = stage.sign_in(&client, visit(&client, &[])).await;
        assert!(!tokens.access_token().secret().is_empty());
    }
}

#[tokio::test]
async fn the_oracle_does_without_a_secret() {
    let mut stage = Stage::new().await;
    let public = json!({"token_endpoint_auth_method": "none", "client_secret": null});
    stage.register("public", public).await;
    let client = stage.client_with("public", None).await;
    let (tokens, _) = stage.sign_in(&client, visit(&client, &[])).await;
    assert!(tokens.refresh_token().is_none(), "nobody asked for one");
}
