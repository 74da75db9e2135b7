//! The authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1), parsed in one place.
//!
//! 1. `client_id` names a registered client and `redirect_uri` is one of its own, to the letter. Until both hold, nothing
//!    may be sent anywhere: the answer is an error page ([`Refusal::Page`]).
//! 2. Everything else that is wrong is sent back to the site ([`Refusal::Redirect`]) with `error`, `state` and `iss`.
//! 3. What comes out is an [`AuthorizationRequest`]: from here on nothing re-checks it.

use super::{
    client::{Client, ClientAuth, ClientId, GrantType, RedirectUri},
    error::AuthorizationErrorCode,
    parameters::Parameters,
    pkce::Challenge,
    scope::{Scope, Scopes},
};

/// Longest `state` and `nonce`, in bytes.
const ECHOED_LENGTH: usize = 2048;

/// A good authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the result goes.
    pub redirect_uri: RedirectUri,
    /// What is asked for.
    pub scopes: Scopes,
    /// Handed back with the result.
    pub state: Option<String>,
    /// Handed back in the ID token.
    pub nonce: Option<String>,
    /// The hash of what the site will show when it redeems the code.
    pub challenge: Option<Challenge>,
}

/// Who must use PKCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PkcePolicy {
    /// Clients that have no secret (RFC 9700 section 2.1.1).
    PublicClients,
    /// All clients.
    AllClients,
}

/// Why a request is refused before the site can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It cannot be read.
    #[error("the request cannot be read: {0}")]
    Malformed(String),
    /// `client_id` is missing, or no site is registered under it.
    #[error("no site is registered under this client_id")]
    UnknownClient,
    /// `redirect_uri` is missing, or not registered for this client.
    #[error("the redirect_uri is not registered for this site")]
    UnregisteredRedirectUri,
}

/// Why a request is refused, and whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The person, by an error page: it is not safe to send anything to the site.
    Page(PageError),
    /// The site, by its redirect URI.
    Redirect(RedirectError),
}

/// An error to send back to the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectError {
    /// Where to.
    pub redirect_uri: RedirectUri,
    /// What the site wants back with it.
    pub state: Option<String>,
    /// What is wrong, in a word.
    pub code: AuthorizationErrorCode,
    /// What is wrong, for the site's developer.
    pub description: &'static str,
}

impl RedirectError {
    /// The redirect URI with `error`, `error_description`, `state` and `iss` (RFC 9207 section 2).
    pub fn location(&self, issuer: &str) -> String {
        let mut parameters =
            vec![("error", self.code.as_str()), ("error_description", self.description), ("iss", issuer)];
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        self.redirect_uri.with(&parameters)
    }
}

impl AuthorizationRequest {
    /// Reads the client's identifier, the first thing to look at.
    ///
    /// # Errors
    ///
    /// [`PageError::UnknownClient`] if it is missing or cannot be one.
    pub fn client_id(parameters: &Parameters) -> Result<ClientId, PageError> {
        parameters.get("client_id").and_then(ClientId::parse).ok_or(PageError::UnknownClient)
    }

    /// Reads the whole request of a known client. A pure function.
    pub fn parse(parameters: &Parameters, client: &Client, pkce: PkcePolicy) -> Result<Self, Refusal> {
        let redirect_uri = parameters
            .get("redirect_uri")
            .and_then(|text| client.redirect_uri(text))
            .ok_or(Refusal::Page(PageError::UnregisteredRedirectUri))?;
        let state = parameters.get("state").filter(|state| state.len() <= ECHOED_LENGTH);
        check(parameters, client, pkce).map_err(|(code, description)| {
            Refusal::Redirect(RedirectError {
                redirect_uri: redirect_uri.clone(),
                state: state.map(str::to_owned),
                code,
                description,
            })
        })?;
        Ok(Self {
            client: client.id.clone(),
            redirect_uri: redirect_uri.clone(),
            scopes: asked_scopes(parameters, client),
            state: state.map(str::to_owned),
            nonce: parameters.get("nonce").map(str::to_owned),
            challenge: parameters.get("code_challenge").and_then(Challenge::parse),
        })
    }

    /// The error that says "nobody agreed", for this request's site.
    pub fn access_denied(&self, description: &'static str) -> RedirectError {
        RedirectError {
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            code: AuthorizationErrorCode::AccessDenied,
            description,
        }
    }
}

type Check = Result<(), (AuthorizationErrorCode, &'static str)>;

fn check(parameters: &Parameters, client: &Client, pkce: PkcePolicy) -> Check {
    use AuthorizationErrorCode::{InvalidRequest, InvalidScope, LoginRequired, UnauthorizedClient};
    if !client.grant_types.contains(&GrantType::AuthorizationCode) {
        return Err((UnauthorizedClient, "this client is not registered for the authorization code grant"));
    }
    check_unsupported(parameters)?;
    check_response(parameters)?;
    check_pkce(parameters, client, pkce)?;
    if asked_scopes(parameters, client).is_empty() {
        return Err((InvalidScope, "no scope that this server knows and this client may ask for"));
    }
    for echoed in ["state", "nonce"] {
        if parameters.get(echoed).is_some_and(|value| value.len() > ECHOED_LENGTH) {
            return Err((InvalidRequest, "state and nonce are at most 2048 bytes long"));
        }
    }
    let prompts: Vec<&str> = parameters.get("prompt").unwrap_or_default().split(' ').collect();
    match prompts.as_slice() {
        ["none"] => Err((LoginRequired, "a person must scan, and prompt=none forbids to ask")),
        several if several.contains(&"none") => {
            Err((InvalidRequest, "prompt=none cannot be combined with other prompts"))
        }
        _ => Ok(()),
    }
}

/// What this server does not do is refused by name, never ignored (OpenID Connect Core sections 6 and 7.2.1).
fn check_unsupported(parameters: &Parameters) -> Check {
    use AuthorizationErrorCode::{RegistrationNotSupported, RequestNotSupported, RequestUriNotSupported};
    for (name, code, description) in [
        ("request", RequestNotSupported, "request objects are not supported"),
        ("request_uri", RequestUriNotSupported, "request objects by reference are not supported"),
        ("registration", RegistrationNotSupported, "registration within a request is not supported"),
    ] {
        if parameters.get(name).is_some() {
            return Err((code, description));
        }
    }
    Ok(())
}

fn check_response(parameters: &Parameters) -> Check {
    use AuthorizationErrorCode::{InvalidRequest, UnsupportedResponseType};
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err((UnsupportedResponseType, "the one response_type here is code")),
        None => return Err((InvalidRequest, "response_type is missing")),
    }
    match parameters.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err((InvalidRequest, "the one response_mode here is query")),
    }
}

fn check_pkce(parameters: &Parameters, client: &Client, policy: PkcePolicy) -> Check {
    use AuthorizationErrorCode::InvalidRequest;
    let required = policy == PkcePolicy::AllClients || client.auth == ClientAuth::Public;
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (None, None) if required => {
            Err((InvalidRequest, "code_challenge is missing: this client must use PKCE"))
        }
        (None, None) => Ok(()),
        (None, Some(_)) => Err((InvalidRequest, "code_challenge_method without code_challenge")),
        (Some(challenge), Some("S256")) if Challenge::parse(challenge).is_some() => Ok(()),
        (Some(_), Some("S256")) => Err((InvalidRequest, "code_challenge is not a SHA-256 in base64url")),
        (Some(_), _) => Err((InvalidRequest, "the one code_challenge_method here is S256")),
    }
}

/// With no `scope` at all the site asks who signs in. `offline_access` means nothing to a client that may not refresh.
fn asked_scopes(parameters: &Parameters, client: &Client) -> Scopes {
    let asked = Scopes::parse(parameters.get("scope").unwrap_or("openid")).intersect(&client.scopes);
    if client.grant_types.contains(&GrantType::RefreshToken) {
        asked
    } else {
        asked.without(Scope::OfflineAccess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::client_metadata::ClientMetadata;

    const GOOD: &str = "client_id=site&redirect_uri=https://a.example/cb&response_type=code&scope=openid%20profile&state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn client() -> Client {
        let metadata = serde_json::json!({
            "client_id": "site", "client_name": "A site", "redirect_uris": ["https://a.example/cb"],
            "token_endpoint_auth_method": "none", "scope": "openid profile",
        });
        ClientMetadata::from_json(metadata)
            .unwrap()
            .into_client(&ClientId::parse("site").unwrap(), None)
            .unwrap()
    }

    fn parse(query: &str) -> Result<AuthorizationRequest, Refusal> {
        let parameters = Parameters::from_urlencoded(query).unwrap();
        AuthorizationRequest::parse(&parameters, &client(), PkcePolicy::PublicClients)
    }

    fn refused(query: &str) -> (&'static str, &'static str) {
        match parse(query) {
            Err(Refusal::Redirect(error)) => (error.code.as_str(), error.description),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_request_is_kept_to_the_letter() {
        let request = parse(GOOD).unwrap();
        assert_eq!(request.scopes.to_string(), "openid profile");
        assert_eq!((request.state.as_deref(), request.nonce.as_deref()), (Some("s"), Some("n")));
        assert!(request.challenge.is_some());
    }

    #[test]
    fn an_unregistered_redirect_uri_is_for_a_page_whatever_else_is_wrong() {
        for other in ["https://a.example/cb/", "https://a.example/CB", "https://evil.example/cb", ""] {
            let query = GOOD.replace("https://a.example/cb", other).replace("=code&", "=token&");
            assert_eq!(parse(&query), Err(Refusal::Page(PageError::UnregisteredRedirectUri)), "{other}");
        }
    }

    #[test]
    fn pkce_is_s256_or_nothing_and_a_public_client_needs_it() {
        let plain = refused(&GOOD.replace("S256", "plain"));
        assert_eq!(plain, ("invalid_request", "the one code_challenge_method here is S256"));
        let no_method = refused(GOOD.split("&code_challenge_method").next().unwrap());
        assert_eq!(no_method, plain);
        let none = refused(GOOD.split("&code_challenge").next().unwrap());
        assert_eq!(none.1, "code_challenge is missing: this client must use PKCE");
        assert_eq!(refused(&GOOD.replace("E9Melhoa2", "")).0, "invalid_request");
    }

    #[test]
    fn what_is_not_supported_is_said() {
        assert_eq!(refused(&GOOD.replace("=code&", "=token&")).0, "unsupported_response_type");
        assert_eq!(refused(&GOOD.replace("response_type=code&", "")).0, "invalid_request");
        assert_eq!(refused(&format!("{GOOD}&request=x")).0, "request_not_supported");
        assert_eq!(refused(&format!("{GOOD}&request_uri=x")).0, "request_uri_not_supported");
        assert_eq!(refused(&format!("{GOOD}&response_mode=fragment")).0, "invalid_request");
        assert_eq!(refused(&format!("{GOOD}&prompt=none")).0, "login_required");
        assert_eq!(refused(&GOOD.replace("openid%20profile", "admin")).0, "invalid_scope");
    }

    #[test]
    fn unknown_parameters_are_ignored() {
        assert_eq!(parse(&format!("{GOOD}&utm_source=x&display=popup&prompt=login")), parse(GOOD));
    }

    #[test]
    fn an_error_goes_back_with_state_and_issuer() {
        let Err(Refusal::Redirect(error)) = parse(&format!("{GOOD}&prompt=none")) else { panic!() };
        let location = error.location("https://login.example");
        assert!(location.starts_with("https://a.example/cb?error=login_required&error_description="));
        assert!(location.ends_with("&iss=https%3A%2F%2Flogin.example&state=s"), "{location}");
    }
}
