//! The provider, as this site uses it.

use std::sync::Arc;

use jsonwebtoken::jwk::Jwk;
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType};
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RefreshToken, RequestTokenError,
    Scope, TokenResponse,
};

use super::discovery::{Discovery, DiscoveryError, Metadata};
use super::id_token::{self, Claims, Expected, IdTokenError, Nonce};
use super::jwks::Jwks;
use super::logout_token::{self, Leaver, LogoutTokenError, Seen};
use super::token::{self, OauthClient, TokenAnswer};
use super::transport::{Transport, TransportError};
use super::userinfo::Userinfo;
use crate::clock::Clock;
use crate::config::{Config, SCOPES};
use crate::secret;
use crate::session::{IdToken, Member, Tokens};

/// Everything this site says to its provider.
#[derive(Debug)]
pub struct Provider {
    config: Arc<Config>,
    clock: Clock,
    transport: Transport,
    discovery: Discovery,
    jwks: Jwks,
    seen: Seen,
}

/// What one login is begun with.
#[derive(Debug)]
pub struct Prepared {
    /// Ties the answer to the browser.
    pub state: CsrfToken,
    /// Ties the ID token to the login.
    pub nonce: String,
    /// SHA-256 of the verifier: the half that may be seen (RFC 7636 section 4.2).
    pub challenge: PkceCodeChallenge,
    /// The half that may not.
    pub verifier: PkceCodeVerifier,
}

/// Who signed in, and with what.
#[derive(Debug)]
pub struct Identity {
    /// Who, proven by the ID token.
    pub claims: Claims,
    /// What userinfo says of the same person.
    pub userinfo: Userinfo,
    /// What was granted.
    pub tokens: Tokens,
}

/// Why the provider's part did not work out. Nothing here holds a secret: answers are told by status or error code.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The endpoints are not known.
    #[error("discovery failed")]
    Discovery(#[from] DiscoveryError),
    /// An endpoint could not be talked to.
    #[error("the {0} endpoint could not be used")]
    Transport(&'static str, #[source] TransportError),
    /// The code or refresh token is used, expired or withdrawn (RFC 6749 section 5.2).
    #[error("the provider says invalid_grant")]
    InvalidGrant,
    /// The token endpoint refused for some other reason; most likely the site is registered differently.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The token endpoint's answer makes no sense.
    #[error("the token endpoint's answer cannot be read")]
    Unreadable,
    /// The token endpoint gave no ID token.
    #[error("no ID token")]
    NoIdToken,
    /// The ID token is not good.
    #[error("the ID token is refused")]
    IdToken(#[from] IdTokenError),
    /// The logout token is not good.
    #[error("the logout token is refused")]
    LogoutToken(#[from] LogoutTokenError),
    /// Userinfo or a refreshed ID token is about somebody else.
    #[error("the {0} is about somebody else")]
    OtherSubject(&'static str),
}

impl OidcError {
    /// Whether the provider is merely out of reach, so that waiting helps.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Discovery(DiscoveryError::Fetch(error)) | Self::Transport(_, error) => error.is_outage(),
            _ => false,
        }
    }
}

impl Provider {
    /// Knows the provider by its issuer; learns the rest when it is needed.
    pub fn new(config: Arc<Config>, clock: Clock) -> Result<Self, TransportError> {
        let transport = Transport::new(config.provider_ca.as_deref())?;
        let discovery = Discovery::new(config.issuer.clone(), transport.clone(), clock.clone());
        let jwks = Jwks::new(transport.clone(), clock.clone());
        Ok(Self { config, clock, transport, discovery, jwks, seen: Seen::default() })
    }

    /// Makes the random values of one login.
    pub fn prepare(&self) -> Prepared {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Prepared { state: CsrfToken::new_random_len(32), nonce: secret::random(), challenge, verifier }
    }

    /// Where the browser must go (RFC 6749 section 4.1.1).
    pub async fn authorization_url(&self, login: &Prepared) -> Result<String, OidcError> {
        let metadata = self.discovery.metadata().await?;
        let (url, _) = self
            .client(&metadata)?
            .authorize_url(|| login.state.clone())
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", login.nonce.as_str())
            .set_pkce_challenge(login.challenge.clone())
            .url();
        Ok(url.into())
    }

    /// Exchanges a code for tokens and finds out whose they are.
    pub async fn redeem(&self, code: String, login: (PkceCodeVerifier, &str)) -> Result<Identity, OidcError> {
        let (verifier, nonce) = login;
        let metadata = self.discovery.metadata().await?;
        let client = self.client(&metadata)?;
        let exchange = client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
        let answer = exchange.request_async(&self.transport).await.map_err(token_error)?;
        let claims =
            self.validate(&metadata, &answer, Nonce::Required(nonce)).await?.ok_or(OidcError::NoIdToken)?;
        let userinfo = self.userinfo(&metadata, &answer).await?;
        if userinfo.sub != claims.sub {
            return Err(OidcError::OtherSubject("userinfo"));
        }
        let tokens = self.tokens(&answer, None);
        Ok(Identity { claims, userinfo, tokens })
    }

    /// Buys fresh tokens. An ID token that comes with them must be about the same person (Core section 12.2).
    pub async fn refresh(&self, member: &Member, token: &RefreshToken) -> Result<Tokens, OidcError> {
        let metadata = self.discovery.metadata().await?;
        let client = self.client(&metadata)?;
        let answer =
            client.exchange_refresh_token(token).request_async(&self.transport).await.map_err(token_error)?;
        if let Some(claims) = self.validate(&metadata, &answer, Nonce::IfPresent(&member.nonce)).await? {
            let same_time = claims.auth_time.is_none() || claims.auth_time == member.authenticated_at;
            if claims.sub != member.subject || !same_time {
                return Err(OidcError::OtherSubject("refreshed ID token"));
            }
        }
        let mut tokens = self.tokens(&answer, Some(&member.tokens));
        tokens.refresh = tokens.refresh.or_else(|| Some(token.clone()));
        Ok(tokens)
    }

    /// Whether a reader can sign out at the provider from here.
    pub async fn takes_part_in_logout(&self) -> bool {
        self.discovery.metadata().await.is_ok_and(|metadata| metadata.end_session_endpoint.is_some())
    }

    /// Where a reader must go who signs out at the provider, too (OIDC RP-Initiated Logout section 2); `None` if it has no such place.
    pub async fn end_session_url(
        &self,
        id_token: &IdToken,
        state: &CsrfToken,
    ) -> Result<Option<String>, OidcError> {
        let metadata = self.discovery.metadata().await?;
        Ok(metadata.end_session_endpoint.clone().map(|mut url| {
            url.query_pairs_mut()
                .append_pair("id_token_hint", &id_token.0)
                .append_pair("client_id", self.config.client_id.as_str())
                .append_pair("post_logout_redirect_uri", &self.config.site.post_logout_redirect_uri())
                .append_pair("state", state.secret());
            url.into()
        }))
    }

    /// Whose sessions a logout token ends (OIDC Back-Channel Logout section 2.6).
    pub async fn leaver(&self, logout_token: &str) -> Result<Leaver, OidcError> {
        let kid = id_token::key_id(logout_token).map_err(LogoutTokenError::from)?;
        let metadata = self.discovery.metadata().await?;
        let key = self.key(&metadata, &kid).await?.ok_or(LogoutTokenError::from(IdTokenError::UnknownKey))?;
        let expected = logout_token::Expected {
            issuer: self.config.issuer.as_str(),
            client_id: self.config.client_id.as_str(),
            now: self.clock.now(),
        };
        Ok(logout_token::validate(logout_token, &key, &expected, &self.seen)?)
    }

    async fn key(&self, metadata: &Metadata, kid: &str) -> Result<Option<Jwk>, OidcError> {
        self.jwks.key(&metadata.jwks_uri, kid).await.map_err(|e| OidcError::Transport("JWKS", e))
    }

    fn client(&self, metadata: &Metadata) -> Result<OauthClient, OidcError> {
        token::client(&self.config, metadata).map_err(|_| OidcError::Unreadable)
    }

    async fn validate(
        &self,
        metadata: &Metadata,
        answer: &TokenAnswer,
        nonce: Nonce<'_>,
    ) -> Result<Option<Claims>, OidcError> {
        let Some(id_token) = answer.extra_fields().id_token.as_deref() else { return Ok(None) };
        let kid = id_token::key_id(id_token)?;
        let key = self.key(metadata, &kid).await?;
        let expected = Expected {
            issuer: self.config.issuer.as_str(),
            client_id: self.config.client_id.as_str(),
            nonce,
            access_token: answer.access_token().secret(),
            now: self.clock.now(),
        };
        Ok(Some(id_token::validate(id_token, &key.ok_or(IdTokenError::UnknownKey)?, &expected)?))
    }

    async fn userinfo(&self, metadata: &Metadata, answer: &TokenAnswer) -> Result<Userinfo, OidcError> {
        let bearer = Some(answer.access_token().secret().as_str());
        let asked = self.transport.get_json(&metadata.userinfo_endpoint, bearer).await;
        asked.map_err(|e| OidcError::Transport("userinfo", e))
    }

    /// Absent `scope` means what was asked (RFC 6749 section 5.1), or on a refresh what there was (section 6).
    fn tokens(&self, answer: &TokenAnswer, before: Option<&Tokens>) -> Tokens {
        let issued_at = self.clock.now();
        let scopes = answer.scopes().map(|scopes| scopes.iter().map(|s| s.to_string()).collect());
        let life = answer.expires_in().and_then(|life| i64::try_from(life.as_secs()).ok());
        Tokens {
            refresh: answer.refresh_token().cloned(),
            scopes: scopes
                .or_else(|| before.map(|tokens| tokens.scopes.clone()))
                .unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
            expires_at: life.map(|life| issued_at.saturating_add(life)),
            issued_at,
            refreshes: before.map_or(0, |tokens| tokens.refreshes + 1),
            id_token: answer
                .extra_fields()
                .id_token
                .clone()
                .map(IdToken)
                .or_else(|| before.and_then(|tokens| tokens.id_token.clone())),
        }
    }
}

/// Keeps the error code, and drops the body that the crate keeps in its parse error.
fn token_error(error: RequestTokenError<TransportError, BasicErrorResponse>) -> OidcError {
    match error {
        RequestTokenError::ServerResponse(refusal) => match refusal.error() {
            BasicErrorResponseType::InvalidGrant => OidcError::InvalidGrant,
            other => OidcError::Refused(other.to_string()),
        },
        RequestTokenError::Request(error) => OidcError::Transport("token", error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => OidcError::Unreadable,
    }
}
