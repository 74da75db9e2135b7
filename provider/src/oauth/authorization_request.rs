//! The authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1), parsed in one place.
//!
//! 1. `client_id` names a registered client and `redirect_uri` is one of its own, to the letter. Until both hold, nothing
//!    may be sent anywhere: the answer is an error page ([`Refusal::Page`]).
//! 2. Everything else that is wrong is sent back to the site ([`Refusal::Redirect`]) with `error`, `state` and `iss`.
//! 3. What comes out is an [`AuthorizationRequest`]: from here on nothing re-checks it.

use serde::{Deserialize, Serialize};

use super::{
    client::{Client, ClientAuth, ClientId, GrantType, RedirectUri},
    error::{AuthorizationErrorCode, TokenError},
    parameters::Parameters,
    pkce::Challenge,
    prompt::Prompts,
    resource::Resources,
    scope::Scopes,
};
use crate::oidc::{
    authentication::{ContextClass, Methods},
    claims_request::ClaimsRequest,
};

/// Longest `state` and `nonce`, in bytes.
const ECHOED_LENGTH: usize = 2048;

/// Longest hint, in bytes.
const HINT_LENGTH: usize = 512;

/// A good authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// How the result gets to it.
    pub delivery: Delivery,
    /// What is asked for.
    pub scopes: Scopes,
    /// Handed back in the ID token.
    pub nonce: Option<String>,
    /// The hash of what the site will show when it redeems the code.
    pub challenge: Option<Challenge>,
    /// What else is asked.
    pub options: RequestOptions,
}

/// How the result of a request gets to its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The browser takes it there.
    Redirect(Redirect),
    /// The device that asked comes for it (RFC 8628 section 3.4).
    Device,
}

/// Where a browser takes a result, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Where to.
    pub uri: RedirectUri,
    /// In the query, or as a form.
    pub mode: ResponseMode,
    /// Handed back with the result.
    pub state: Option<String>,
}

/// How a result is put into an answer (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, OAuth 2.0 Form Post
/// Response Mode).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the redirect URI's query.
    #[default]
    Query,
    /// As a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// What a request may ask beside the usual. Kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestOptions {
    /// What the person must be asked, whatever is known of them (OpenID Connect Core section 3.1.2.1).
    #[serde(skip_serializing_if = "Prompts::is_empty")]
    pub prompts: Prompts,
    /// Seconds since the person was authenticated, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// Claims asked for by name.
    #[serde(skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// APIs that the access token is to be for (RFC 8707 section 2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Thumbprint of the key that the code is bound to (RFC 9449 section 10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// Languages that the person reads, the first choice first (BCP 47, separated by spaces).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
    /// Whom the site thinks it deals with (OpenID Connect Core section 3.1.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// The `sub`s of the only people who may approve, where the site said so by `id_token_hint` or the claim `sub`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<String>>,
}

impl RequestOptions {
    /// Whether an authentication of this class would do: all do, unless the site says that some are essential.
    pub fn accepts_class(&self, class: ContextClass) -> bool {
        self.claims.id_token.get("acr").is_none_or(|wish| {
            let accepted = wish.accepted();
            !wish.essential || accepted.is_empty() || accepted.iter().any(|value| *value == class.as_str())
        })
    }

    /// Whether what was done comes up to a class that would do.
    pub fn accepts(&self, methods: &Methods) -> bool {
        methods.classes().any(|class| self.accepts_class(class))
    }
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
    /// The pushed request is unknown, used, expired or another client's (RFC 9126 section 4).
    #[error("the request_uri is unknown, used or expired: go back to the site and start again")]
    UnknownRequestUri,
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
    /// Where to, and what the site wants back with it.
    pub redirect: Redirect,
    /// What is wrong, in a word.
    pub code: AuthorizationErrorCode,
    /// What is wrong, for the site's developer.
    pub description: &'static str,
}

impl RedirectError {
    /// What goes back: `error`, `error_description`, `state` and `iss` (RFC 9207 section 2).
    pub fn parameters<'a>(&'a self, issuer: &'a str) -> Vec<(&'static str, &'a str)> {
        let mut parameters =
            vec![("error", self.code.as_str()), ("error_description", self.description), ("iss", issuer)];
        parameters.extend(self.redirect.state.as_deref().map(|state| ("state", state)));
        parameters
    }

    /// The redirect URI with these in its query.
    pub fn location(&self, issuer: &str) -> String {
        self.redirect.uri.with(&self.parameters(issuer))
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
        let redirect = read_redirect(parameters, client)?;
        check(parameters, client, pkce).map_err(|(code, description)| {
            Refusal::Redirect(RedirectError { redirect: redirect.clone(), code, description })
        })?;
        Ok(Self {
            client: client.id.clone(),
            delivery: Delivery::Redirect(redirect),
            scopes: asked_scopes(parameters, client),
            nonce: parameters.get("nonce").map(str::to_owned),
            challenge: parameters.get("code_challenge").and_then(Challenge::parse),
            options: read_options(parameters, client),
        })
    }

    /// Reads a device authorization request (RFC 8628 section 3.1), which knows no `claims`. A pure function.
    pub fn for_device(parameters: &Parameters, client: &Client) -> Result<Self, TokenError> {
        let scopes = asked_scopes(parameters, client);
        if scopes.is_empty() {
            return Err(TokenError::InvalidScope);
        }
        let resources = read_resources(parameters, client).ok_or(TokenError::InvalidTarget)?;
        Ok(Self {
            client: client.id.clone(),
            delivery: Delivery::Device,
            scopes,
            nonce: None,
            challenge: None,
            options: RequestOptions {
                resources,
                claims: prefer(ClaimsRequest::default(), parameters, client),
                ..RequestOptions::default()
            },
        })
    }

    /// Where a browser takes the result, if one does.
    pub fn redirect(&self) -> Option<&Redirect> {
        match &self.delivery {
            Delivery::Redirect(redirect) => Some(redirect),
            Delivery::Device => None,
        }
    }

    /// An error for this request's site, if a browser takes it there.
    pub fn error(&self, code: AuthorizationErrorCode, description: &'static str) -> Option<RedirectError> {
        let redirect = self.redirect()?.clone();
        Some(RedirectError { redirect, code, description })
    }
}

type Check = Result<(), (AuthorizationErrorCode, &'static str)>;

fn check(parameters: &Parameters, client: &Client, pkce: PkcePolicy) -> Check {
    use AuthorizationErrorCode::{InvalidRequest, InvalidScope, InvalidTarget, UnauthorizedClient};
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err((UnauthorizedClient, "this client is not registered for the authorization code grant"));
    }
    check_unsupported(parameters)?;
    check_response(parameters)?;
    check_pkce(parameters, client, pkce)?;
    if asked_scopes(parameters, client).is_empty() {
        return Err((InvalidScope, "no scope that this server knows and this client may ask for"));
    }
    check_options(parameters)?;
    if read_resources(parameters, client).is_none() {
        return Err((InvalidTarget, "a resource that this client may not have tokens for"));
    }
    for (echoed, most) in [("state", ECHOED_LENGTH), ("nonce", ECHOED_LENGTH)] {
        if parameters.get(echoed).is_some_and(|value| value.len() > most) {
            return Err((InvalidRequest, "state and nonce are at most 2048 bytes long"));
        }
    }
    Ok(())
}

/// Prompts, ages, claims and the key of the code.
fn check_options(parameters: &Parameters) -> Check {
    use AuthorizationErrorCode::InvalidRequest;
    if Prompts::parse(parameters.get("prompt").unwrap_or_default()).is_none() {
        return Err((InvalidRequest, "prompt=none cannot be combined with other prompts"));
    }
    if parameters.get("max_age").is_some_and(|text| text.parse::<u64>().is_err()) {
        return Err((InvalidRequest, "max_age is a number of seconds"));
    }
    if parameters.get("claims").is_some_and(|text| ClaimsRequest::parse(text).is_none()) {
        return Err((InvalidRequest, "claims is not a JSON object of userinfo and id_token"));
    }
    if parameters.get("dpop_jkt").is_some_and(|text| Challenge::parse(text).is_none()) {
        return Err((InvalidRequest, "dpop_jkt is not a SHA-256 in base64url"));
    }
    Ok(())
}

/// Where the answer goes. What cannot be a `state` or a mode is left out here; [`check`] refuses it.
fn read_redirect(parameters: &Parameters, client: &Client) -> Result<Redirect, Refusal> {
    let uri = parameters.get("redirect_uri").and_then(|text| client.redirect_uri(text));
    let state = parameters.get("state").filter(|state| state.len() <= ECHOED_LENGTH);
    Ok(Redirect {
        uri: uri.ok_or(Refusal::Page(PageError::UnregisteredRedirectUri))?,
        mode: parameters.get("response_mode").and_then(ResponseMode::parse).unwrap_or_default(),
        state: state.map(str::to_owned),
    })
}

/// The APIs that are asked for; `None` if one is none, or not for this client, or there are too many.
fn read_resources(parameters: &Parameters, client: &Client) -> Option<Vec<String>> {
    let resources = Resources::parse(&parameters.get_all("resource"))?;
    let good = resources.iter().all(|uri| client.may_have_tokens_for(uri));
    good.then(|| resources.into_vec())
}

/// What [`check`] has found good.
fn read_options(parameters: &Parameters, client: &Client) -> RequestOptions {
    let max_age = parameters.get("max_age").and_then(|text| text.parse().ok());
    // What a client may not have by a scope it may not have by name either.
    let claims = parameters.get("claims").and_then(ClaimsRequest::parse).unwrap_or_default();
    let claims = claims.agreed(&client.scopes);
    RequestOptions {
        prompts: Prompts::parse(parameters.get("prompt").unwrap_or_default()).unwrap_or_default(),
        max_age: max_age.or(client.default_max_age),
        claims: prefer(claims, parameters, client),
        resources: read_resources(parameters, client).unwrap_or_default(),
        dpop_jkt: parameters.get("dpop_jkt").map(str::to_owned),
        ui_locales: hint(parameters, "ui_locales"),
        login_hint: hint(parameters, "login_hint"),
        subjects: None,
    }
}

/// How the person signs in is wished for by `acr_values`, else by what the client registered (OpenID Connect Registration section 2).
fn prefer(claims: ClaimsRequest, parameters: &Parameters, client: &Client) -> ClaimsRequest {
    match hint(parameters, "acr_values") {
        Some(classes) => claims.preferring(classes.split(' ')),
        None => claims.preferring(client.default_acr_values.iter().map(String::as_str)),
    }
}

/// A parameter that may be left out of account: one that is too long is.
fn hint(parameters: &Parameters, name: &str) -> Option<String> {
    parameters.get(name).filter(|text| text.len() <= HINT_LENGTH).map(str::to_owned)
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
        Some(name) if ResponseMode::parse(name).is_none() => {
            Err((InvalidRequest, "the response_modes here are query and form_post"))
        }
        _ => Ok(()),
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

/// With no `scope` at all the site asks who signs in.
fn asked_scopes(parameters: &Parameters, client: &Client) -> Scopes {
    client.allowed_scopes(&Scopes::parse(parameters.get("scope").unwrap_or("openid")))
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
        assert_eq!(
            (request.redirect().unwrap().state.as_deref(), request.nonce.as_deref()),
            (Some("s"), Some("n"))
        );
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
        assert_eq!(refused(&format!("{GOOD}&prompt=none%20login")).0, "invalid_request");
        assert_eq!(refused(&GOOD.replace("openid%20profile", "admin")).0, "invalid_scope");
    }

    #[test]
    fn unknown_parameters_are_ignored() {
        assert_eq!(parse(&format!("{GOOD}&utm_source=x&display=popup")), parse(GOOD));
    }

    #[test]
    fn an_error_goes_back_with_state_and_issuer() {
        let Err(Refusal::Redirect(error)) = parse(&GOOD.replace("=code&", "=token&")) else { panic!() };
        let location = error.location("https://login.example");
        assert!(
            location.starts_with("https://a.example/cb?error=unsupported_response_type&error_description=")
        );
        assert!(location.ends_with("&iss=https%3A%2F%2Flogin.example&state=s"), "{location}");
    }
}
