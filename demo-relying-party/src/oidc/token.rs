//! The `oauth2` crate's client, with the one field that OIDC adds to a token answer.

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, Client, EndpointNotSet, EndpointSet, ExtraTokenFields, RedirectUrl,
    StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};

use super::discovery::Metadata;
use crate::config::Config;

/// `id_token` (OIDC Core section 3.1.3.3).
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IdTokenField {
    pub(super) id_token: Option<String>,
}

impl std::fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdTokenField([redacted])")
    }
}

impl ExtraTokenFields for IdTokenField {}

/// The answer of the token endpoint.
pub(super) type TokenAnswer = StandardTokenResponse<IdTokenField, BasicTokenType>;

/// A client that knows where to send people and where to redeem codes.
pub(super) type OauthClient = Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The client for these endpoints; it proves itself by `client_secret_basic` (RFC 6749 section 2.3.1).
pub(super) fn client(config: &Config, metadata: &Metadata) -> Result<OauthClient, url::ParseError> {
    Ok(Client::new(config.client_id.clone())
        .set_client_secret(config.client_secret.clone())
        .set_auth_type(AuthType::BasicAuth)
        .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()))
        .set_redirect_uri(RedirectUrl::new(config.site.redirect_uri())?))
}
