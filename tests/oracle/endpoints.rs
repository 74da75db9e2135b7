//! The endpoints beside those of a sign-in: revocation, introspection, the device grant, client credentials, registration,
//! sign-out.

use std::time::Duration;

use openidconnect::{
    ClientName, CsrfToken, DeviceAuthorizationUrl, EndSessionUrl, IntrospectionUrl, LocalizedClaim,
    LogoutRequest, OAuth2TokenResponse, PostLogoutRedirectUrl, RedirectUrl, RegistrationUrl, RevocationUrl,
    Scope, TokenIntrospectionResponse, TokenResponse,
    core::{CoreClientRegistrationRequest, CoreDeviceAuthorizationResponse, CoreUserInfoClaims},
    registration::EmptyAdditionalClientMetadata,
};
use saoma_tests::{CLIENT, REDIRECT_URI};
use serde_json::json;

use crate::{
    stage::{Stage, visit},
    transport::send,
};

#[tokio::test]
async fn the_oracle_asks_what_a_token_is_and_takes_it_back() {
    let mut stage = Stage::new().await;
    let client = stage.client(CLIENT).await;
    let (tokens, _) = stage.sign_in(&client, visit(&client, &["profile", "offline_access"])).await;
    // It revokes by https alone; what the transport does with that stands there.
    let revocation = stage.endpoint("revocation_endpoint").await.replacen("http:", "https:", 1);
    let client = client.set_revocation_url(RevocationUrl::new(revocation).unwrap()).set_introspection_url(
        IntrospectionUrl::new(stage.endpoint("introspection_endpoint").await).unwrap(),
    );

    let access = tokens.access_token();
    let told = client.introspect(access).request_async(&send).await.unwrap();
    assert!(told.active());
    assert_eq!(told.client_id().unwrap().as_str(), CLIENT);
    assert!(told.scopes().unwrap().contains(&Scope::new("profile".to_owned())));

    let refresh = tokens.refresh_token().unwrap();
    client.revoke_token(refresh.into()).unwrap().request_async(&send).await.unwrap();
    assert!(!client.introspect(access).request_async(&send).await.unwrap().active(), "all of it is gone");
    assert!(client.exchange_refresh_token(refresh).unwrap().request_async(&send).await.is_err());
}

#[tokio::test]
async fn the_oracle_signs_in_on_a_device_without_a_browser() {
    let stage = Stage::new().await;
    let device = json!({"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
    stage.register("device", device).await;
    let start = DeviceAuthorizationUrl::new(stage.endpoint("device_authorization_endpoint").await).unwrap();
    let client = stage.client("device").await.set_device_authorization_url(start);

    let request = client.exchange_device_code().add_scope(Scope::new("profile".to_owned()));
    let started: CoreDeviceAuthorizationResponse = request.request_async(&send).await.unwrap();
    assert_eq!(started.verification_uri().as_str(), format!("{}/device", stage.server.issuer()));
    let code = started.verification_uri_complete().unwrap().secret();
    stage.phone.approve(code).await.unwrap();
    let request = client.exchange_device_access_token(&started).unwrap();
    let tokens = request.request_async(&send, tokio::time::sleep, None::<Duration>).await.unwrap();
    let asked = client.user_info(tokens.access_token().clone(), None).unwrap();
    let person: CoreUserInfoClaims = asked.request_async(&send).await.unwrap();
    assert_eq!(person.name().unwrap().get(None).unwrap().as_str(), "Lin Example");
}

#[tokio::test]
async fn the_oracle_gets_a_token_for_itself() {
    let stage = Stage::new().await;
    let service = json!({"grant_types": ["client_credentials"], "scope": "orders:read"});
    stage.register("service", service).await;
    let client = stage.client("service").await;
    let request = client.exchange_client_credentials().unwrap();
    let tokens = request.add_scope(Scope::new("orders:read".to_owned())).request_async(&send).await.unwrap();
    assert_eq!(tokens.scopes().unwrap(), &vec![Scope::new("orders:read".to_owned())]);
    assert!(tokens.id_token().is_none() && tokens.refresh_token().is_none());
}

#[tokio::test]
async fn the_oracle_registers_itself_and_signs_a_visitor_in() {
    let mut stage = Stage::with(&["--registration", "open"]).await;
    let endpoint = RegistrationUrl::new(stage.endpoint("registration_endpoint").await).unwrap();
    let redirect = RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap();
    let name = LocalizedClaim::from(ClientName::new("A new site".to_owned()));
    let request = CoreClientRegistrationRequest::new(vec![redirect], EmptyAdditionalClientMetadata {})
        .set_client_name(Some(name));
    let registered = request.register_async(&endpoint, &send).await.unwrap();
    let secret = registered.client_secret().unwrap().secret();
    let client = stage.client_with(registered.client_id(), Some(secret)).await;
    let (tokens, nonce) = stage.sign_in(&client, visit(&client, &[])).await;
    tokens.id_token().unwrap().claims(&client.id_token_verifier(), &nonce).unwrap();
}

#[tokio::test]
async fn the_oracle_signs_its_visitor_out() {
    let mut stage = Stage::new().await;
    let back = "https://site.example/signed-out";
    stage.register("leaving", json!({"post_logout_redirect_uris": [back]})).await;
    let client = stage.client("leaving").await;
    let (tokens, _) = stage.sign_in(&client, visit(&client, &[])).await;

    let url = LogoutRequest::from(EndSessionUrl::new(stage.endpoint("end_session_endpoint").await).unwrap())
        .set_id_token_hint(tokens.id_token().unwrap())
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned()).unwrap())
        .set_state(CsrfToken::new("goodbye".to_owned()))
        .http_get_url();
    let path = url.as_str().strip_prefix(stage.server.issuer()).unwrap().to_owned();
    let answer = stage.browser.get(&path).await;
    assert_eq!(answer.header("location"), format!("{back}?state=goodbye"), "{answer:?}");
}
