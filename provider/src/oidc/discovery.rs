//! The discovery document (OpenID Connect Discovery section 3, RFC 8414 section 2). It says what is so and nothing else.

use protocol::paths;
use serde_json::{Value, json};

use super::{authentication::ContextClass, claims::Claims};
use crate::{
    config::Config,
    oauth::{
        authorization_request::ResponseMode,
        client::{ClientAuth, GrantType, SigningAlgorithm},
        client_keys::AssertionAlgorithm,
        dpop::Prover,
        prompt::Prompt,
        registration::RegistrationPolicy,
        scope::Scopes,
    },
};

/// Describes the provider of this configuration.
pub fn document(config: &Config) -> Value {
    let issuer = &config.issuer;
    let methods = ClientAuth::ALL.map(ClientAuth::as_str);
    // Only who has proved who they are may introspect.
    let provable: Vec<&str> =
        methods.into_iter().filter(|method| *method != ClientAuth::Public.as_str()).collect();
    let algorithms = AssertionAlgorithm::ALL.map(AssertionAlgorithm::as_str);
    let mut claims =
        vec!["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "unionid"];
    claims.extend(Claims::supported());
    let mut document = json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.url(paths::AUTHORIZE),
        "device_authorization_endpoint": issuer.url(paths::DEVICE_AUTHORIZATION),
        "revocation_endpoint": issuer.url(paths::REVOCATION),
        "introspection_endpoint": issuer.url(paths::INTROSPECTION),
        "pushed_authorization_request_endpoint": issuer.url(paths::PUSHED_AUTHORIZATION_REQUEST),
        "token_endpoint": issuer.url(paths::TOKEN),
        "userinfo_endpoint": issuer.url(paths::USERINFO),
        "jwks_uri": issuer.url(paths::JWKS),
        "end_session_endpoint": issuer.url(paths::END_SESSION),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": Scopes::standard().names(),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
        "prompt_values_supported": Prompt::ALL.map(Prompt::as_str),
        "display_values_supported": ["page", "popup", "touch"],
        "acr_values_supported": ContextClass::ALL.map(ContextClass::as_str),
        "grant_types_supported": GrantType::ALL.map(GrantType::as_str),
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": SigningAlgorithm::ALL.map(SigningAlgorithm::as_str),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": provable,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "require_pushed_authorization_requests": config.require_pushed_authorization_requests,
        "dpop_signing_alg_values_supported": Prover::Site.algorithms(),
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en", "zh"],
    });
    if config.registration != RegistrationPolicy::Closed {
        document["registration_endpoint"] = json!(issuer.url(paths::REGISTRATION));
    }
    document
}
