//! A visitor signs in: discovery, code, ID token, userinfo, refresh.

use openidconnect::{
    IssuerUrl, Nonce, NonceVerifier, OAuth2TokenResponse, TokenResponse,
    core::{CoreClientAuthMethod, CoreGrantType, CoreJwsSigningAlgorithm, CoreUserInfoClaims},
};
use saoma_tests::CLIENT;
use serde_json::json;

use crate::{
    stage::{Stage, visit},
    transport::send,
};

#[tokio::test]
async fn the_oracle_reads_the_discovery_document() {
    let stage = Stage::new().await;
    let found = stage.discover().await;
    assert_eq!(found.issuer(), &IssuerUrl::new(stage.server.issuer().to_owned()).unwrap());
    assert!(!found.jwks().keys().is_empty(), "it fetched the keys, too");
    assert!(found.grant_types_supported().unwrap().contains(&CoreGrantType::AuthorizationCode));
    let methods = found.token_endpoint_auth_methods_supported().unwrap();
    assert!(methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let algorithms = found.id_token_signing_alg_values_supported();
    assert!(algorithms.contains(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256));
}

#[tokio::test]
async fn the_oracle_signs_a_visitor_in_and_verifies_who_it_is() {
    let mut stage = Stage::new().await;
    let client = stage.client(CLIENT).await;
    let (tokens, nonce) = stage.sign_in(&client, visit(&client, &["profile", "email"])).await;

    let id_token = tokens.id_token().expect("there is an ID token");
    let claims = id_token.claims(&client.id_token_verifier(), &nonce).unwrap();
    assert!(claims.auth_time().is_some() && !claims.subject().is_empty());
    let other = Nonce::new_random();
    assert!(id_token.claims(&client.id_token_verifier(), &other).is_err(), "of another visit");

    let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone())).unwrap();
    let person: CoreUserInfoClaims = asked.request_async(&send).await.unwrap();
    assert_eq!(person.name().unwrap().get(None).unwrap().as_str(), "Lin Example");
    assert_eq!(person.email().unwrap().as_str(), "lin@example.com");
}

#[tokio::test]
async fn the_oracle_refreshes_and_knows_the_person_again() {
    let mut stage = Stage::new().await;
    let client = stage.client(CLIENT).await;
    let (first, nonce) = stage.sign_in(&client, visit(&client, &["offline_access"])).await;
    let verifier = client.id_token_verifier();
    let before = first.id_token().unwrap().claims(&verifier, &nonce).unwrap();

    let request = client.exchange_refresh_token(first.refresh_token().unwrap()).unwrap();
    let second = request.request_async(&send).await.unwrap();
    assert_ne!(second.refresh_token().unwrap().secret(), first.refresh_token().unwrap().secret());
    let after = second.id_token().unwrap().claims(&verifier, NoNonce).unwrap();
    assert_eq!((after.subject(), after.auth_time()), (before.subject(), before.auth_time()));

    // What was spent last is answered again, in case the answer was lost; what was spent before is not.
    let request = client.exchange_refresh_token(second.refresh_token().unwrap()).unwrap();
    request.request_async(&send).await.unwrap();
    let again = client.exchange_refresh_token(first.refresh_token().unwrap()).unwrap();
    assert!(again.request_async(&send).await.is_err(), "it is spent");
}

/// A refreshed ID token has none (OpenID Connect Core section 12.2).
struct NoNonce;

impl NonceVerifier for NoNonce {
    fn verify(self, nonce: Option<&Nonce>) -> Result<(), String> {
        nonce.map_or(Ok(()), |nonce| Err(format!("{nonce:?}")))
    }
}

#[tokio::test]
async fn the_oracle_verifies_every_algorithm_that_the_document_names() {
    let mut stage = Stage::new().await;
    let algorithms = stage.discover().await.id_token_signing_alg_values_supported().clone();
    assert!(algorithms.len() > 1);
    for algorithm in algorithms {
        let name = serde_json::to_value(&algorithm).unwrap();
        let id = format!("site-{}", name.as_str().unwrap());
        stage.register(&id, json!({"id_token_signed_response_alg": name})).await;
        let client = stage.client(&id).await;
        stage.open_another_browser();
        let (tokens, nonce) = stage.sign_in(&client, visit(&client, &[])).await;
        let id_token = tokens.id_token().unwrap();
        assert_eq!(id_token.signing_alg().unwrap(), &algorithm);
        let verifier = client.id_token_verifier().set_allowed_algs([algorithm]);
        id_token.claims(&verifier, &nonce).unwrap();
    }
}
