//! A client as metadata: what it registered, said back to it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{Client, ClientKeys, GrantType, SubjectType};

/// What a client says about itself, and nothing here depends on (RFC 7591 section 2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<Url>,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<Url>,
    /// How it treats people's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<Url>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<Url>,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
}

impl Client {
    /// What was registered, as metadata (RFC 7591 section 2), without secrets and without what is the operator's alone.
    pub fn to_metadata(&self) -> Value {
        let mut metadata = json!(self.about);
        let mut say = |name: &str, value: Value| metadata[name] = value;
        say("client_id", json!(self.id));
        say("client_name", json!(self.name));
        say("application_type", json!(self.application_type));
        say("redirect_uris", json!(self.redirect_uris));
        say("allowed_origins", json!(self.allowed_origins));
        say("token_endpoint_auth_method", json!(self.auth.as_str()));
        say("grant_types", json!(self.grant_types));
        let by_code = self.may_use(GrantType::AuthorizationCode);
        say("response_types", if by_code { json!(["code"]) } else { json!([]) });
        say("scope", json!(self.scopes));
        say("id_token_signed_response_alg", json!(self.id_token_alg));
        say("access_token_signed_response_alg", json!(self.access_token_alg));
        say(
            "subject_type",
            json!(if self.subject_type == SubjectType::Public { "public" } else { "pairwise" }),
        );
        say("require_pushed_authorization_requests", json!(self.require_pushed_authorization_requests));
        if let Some(policy) = self.match_code {
            say("match_code", json!(policy));
        }
        say("require_unlock", json!(self.require_unlock));
        say("dpop_bound_access_tokens", json!(self.dpop_bound_access_tokens));
        say("post_logout_redirect_uris", json!(self.post_logout_redirect_uris));
        if let Some(algorithm) = self.auth_signing_alg {
            say("token_endpoint_auth_signing_alg", json!(algorithm));
        }
        if let Some(seconds) = self.default_max_age {
            say("default_max_age", json!(seconds));
        }
        if !self.default_acr_values.is_empty() {
            say("default_acr_values", json!(self.default_acr_values));
        }
        if let Some(uri) = &self.sector_identifier_uri {
            say("sector_identifier_uri", json!(uri));
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            say("backchannel_logout_uri", json!(uri));
            say("backchannel_logout_session_required", json!(self.backchannel_logout_session_required));
        }
        match &self.keys {
            Some(ClientKeys::Jwks(set)) => say("jwks", set.clone()),
            Some(ClientKeys::JwksUri(uri)) => say("jwks_uri", json!(uri)),
            None => {}
        }
        metadata
    }
}
