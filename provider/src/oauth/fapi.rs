//! The FAPI 2.0 Security Profile, for the clients that are registered with `security_profile: fapi2`.
//!
//! All that it demands beyond what holds for everybody, in one place, in the order in which a client meets it. What holds for everybody
//! already: exact redirect URIs, `iss` in the answer (RFC 9207), codes and `request_uri`s that work once, no resource owner password.
//!
//! | where | what | section |
//! | --- | --- | --- |
//! | registration | [`check_registration`]: `private_key_jwt`, https, no RS256, no device grant | 5.3.2.1, 5.4.1 |
//! | pushed and authorization request | [`requires_pushing`], [`pkce`] | 5.3.2.2 |
//! | authorization code | [`code_lifetime`] | 5.3.2.1 |
//! | token request | [`binds_tokens`], [`rotates`]; the proof's nonce: [`super::dpop::site`] | 5.3.2.1 |

use std::time::Duration;

use super::{
    authorization_request::PkcePolicy,
    client::{Client, ClientAuth, GrantType, RedirectUri, SecurityProfile, SigningAlgorithm},
};

/// Longest that a code lives.
const CODE_LIFETIME: Duration = Duration::from_mins(1);

fn is_fapi(client: &Client) -> bool {
    client.profile == SecurityProfile::Fapi2
}

/// Whether a client can be registered as it is; the error says what the profile demands.
pub fn check_registration(client: &Client) -> Result<(), &'static str> {
    let https = |uri: &RedirectUri| uri.as_str().starts_with("https://");
    if !is_fapi(client) {
        Ok(())
    } else if client.auth != ClientAuth::PrivateKeyJwt {
        Err("fapi2 demands token_endpoint_auth_method private_key_jwt")
    } else if !client.redirect_uris.iter().all(https) {
        Err("fapi2 demands redirect_uris with https")
    } else if client.id_token_alg == SigningAlgorithm::Rs256 {
        Err("fapi2 demands another id_token_signed_response_alg than RS256, such as ES256")
    } else if client.may_use(GrantType::DeviceCode) {
        Err("fapi2 has no device grant: nothing of it is pushed, and no PKCE binds it")
    } else if client.access_token_alg == SigningAlgorithm::Rs256 {
        Err("fapi2 demands another access_token_signed_response_alg than RS256, such as ES256")
    } else {
        Ok(())
    }
}

/// Whether an authorization request counts only if it was pushed.
pub fn requires_pushing(client: &Client) -> bool {
    is_fapi(client)
}

/// Whether PKCE must be used; `usual` is what holds for others.
pub fn pkce(client: &Client, usual: PkcePolicy) -> PkcePolicy {
    if is_fapi(client) { PkcePolicy::AllClients } else { usual }
}

/// For how long a code lives; `usual` is what holds for others.
pub fn code_lifetime(client: &Client, usual: Duration) -> Duration {
    if is_fapi(client) { usual.min(CODE_LIFETIME) } else { usual }
}

/// Whether every token is bound to a key.
pub fn binds_tokens(client: &Client) -> bool {
    is_fapi(client)
}

/// Whether a refresh token is replaced at each use. The profile forbids it: an answer that is lost would cost the grant.
pub fn rotates(client: &Client) -> bool {
    !is_fapi(client)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::oauth::{client::ClientId, client_metadata::ClientMetadata};

    fn registers(member: &str, value: Value) -> bool {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let mut metadata = json!({
            "client_name": "Bank", "redirect_uris": ["https://bank.example/cb"], "security_profile": "fapi2",
            "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]},
        });
        metadata[member] = value;
        let metadata = ClientMetadata::from_json(metadata).unwrap();
        metadata.into_client(&ClientId::parse("bank").unwrap(), None).is_ok()
    }

    #[test]
    fn what_is_outside_the_profile_is_not_registered() {
        assert!(registers("grant_types", json!(["authorization_code", "refresh_token"])));
        for (member, value) in [
            ("grant_types", json!(["urn:ietf:params:oauth:grant-type:device_code"])),
            ("redirect_uris", json!(["http://127.0.0.1/cb"])),
            ("id_token_signed_response_alg", json!("RS256")),
        ] {
            assert!(!registers(member, value.clone()), "{member} {value}");
        }
    }
}
