//! The authorization request: a query, read for clients of every kind.

use std::sync::LazyLock;

use provider::oauth::{
    authorization_request::{AuthorizationRequest, PkcePolicy, Redirect, Refusal, RequestOptions},
    client::{Client, ClientAuth, ClientId, RedirectUri},
    client_metadata::ClientMetadata,
    parameters::Parameters,
};
use provider::secret::Digest;
use serde_json::{Value, json};
use url::Url;

const ISSUER: &str = "https://login.example";

/// One client of every kind that a request is read differently for.
static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    [
        json!({"redirect_uris": ["https://a.example/cb", "https://a.example/cb?x=1"],
               "grant_types": ["authorization_code", "refresh_token"]}),
        json!({"redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none",
               "scope": "openid profile orders:read", "default_max_age": 300}),
        json!({"redirect_uris": ["http://127.0.0.1/cb", "com.example:/cb", "http://[::1]:1/cb"],
               "application_type": "native", "token_endpoint_auth_method": "none"}),
        json!({"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native",
               "token_endpoint_auth_method": "none"}),
        json!({"redirect_uris": ["HTTPS://A.example:443/cb/../cb"], "allowed_resources": ["https://api.example/"]}),
        json!({"grant_types": ["client_credentials"]}),
    ]
    .into_iter()
    .filter_map(client)
    .collect()
});

fn client(mut metadata: Value) -> Option<Client> {
    metadata["client_name"] = json!("A site");
    let metadata = ClientMetadata::from_json(metadata).ok()?;
    let secret = metadata.has_secret().then(|| Digest::of("a secret"));
    metadata.into_client(&ClientId::parse("site")?, secret).ok()
}

pub(super) fn hold(data: &[u8]) -> &'static str {
    let query = String::from_utf8_lossy(data);
    let Ok(parameters) = Parameters::from_urlencoded(&query) else { return "unreadable" };
    let again = Parameters::from_urlencoded(&parameters.to_urlencoded()).expect("what was read is written");
    assert!(parameters.names().eq(again.names()), "names change when written");
    for name in parameters.names() {
        assert_eq!(parameters.get_all(name), again.get_all(name), "values change when written");
    }
    let mut word = "page";
    for client in CLIENTS.iter() {
        for policy in [PkcePolicy::PublicClients, PkcePolicy::AllClients] {
            match AuthorizationRequest::parse(&parameters, client, policy) {
                Ok(request) => {
                    accepted(&parameters, client, policy, &request);
                    word = "accepted";
                }
                Err(Refusal::Redirect(error)) => {
                    is_own(&parameters, client, &error.redirect);
                    stays_there(&error.redirect, &error.location(ISSUER));
                    word = if word == "accepted" { word } else { "redirect" };
                }
                Err(Refusal::Page(_)) => {}
            }
        }
    }
    word
}

fn accepted(parameters: &Parameters, client: &Client, policy: PkcePolicy, request: &AuthorizationRequest) {
    let redirect = request.redirect().expect("a browser takes the result");
    is_own(parameters, client, redirect);
    assert_eq!(parameters.get("response_type"), Some("code"));
    assert_eq!(request.client, client.id);
    assert_eq!(redirect.state.as_deref(), parameters.get("state"), "state is kept to the letter");
    assert_eq!(request.nonce.as_deref(), parameters.get("nonce"), "nonce is kept to the letter");
    assert!(!request.scopes.is_empty() && client.scopes.covers(&request.scopes), "{}", request.scopes);
    let must = policy == PkcePolicy::AllClients || client.auth == ClientAuth::Public;
    assert!(request.challenge.is_some() || !must, "without PKCE");
    assert_eq!(request.challenge.is_some(), parameters.get("code_challenge").is_some());
    for name in ["request", "request_uri", "registration"] {
        assert_eq!(parameters.get(name), None, "{name} is ignored");
    }
    let options = &request.options;
    assert!(options.resources.iter().all(|uri| client.may_have_tokens_for(uri)), "{options:?}");
    let stored = serde_json::to_string(options).expect("options are JSON");
    let read: RequestOptions = serde_json::from_str(&stored).expect("what is stored can be read");
    assert_eq!(read, *options);
    let error = request.error(provider::oauth::error::AuthorizationErrorCode::AccessDenied, "no");
    stays_there(redirect, &error.expect("there is a redirect").location(ISSUER));
}

/// The redirect URI is one of the client's: to the letter, or but for the port of a loopback address.
fn is_own(parameters: &Parameters, client: &Client, redirect: &Redirect) {
    assert_eq!(Some(redirect.uri.as_str()), parameters.get("redirect_uri"));
    let loopback = |uri: &RedirectUri| {
        let (Ok(mut one), Ok(mut other)) = (Url::parse(uri.as_str()), Url::parse(redirect.uri.as_str()))
        else {
            return false;
        };
        let both = one.scheme() == "http" && matches!(one.host_str(), Some("127.0.0.1" | "[::1]"));
        both && one.set_port(None).is_ok() && other.set_port(None).is_ok() && one == other
    };
    assert!(
        client.redirect_uris.iter().any(|uri| *uri == redirect.uri || loopback(uri)),
        "{} is not registered",
        redirect.uri.as_str()
    );
}

/// An answer leads to the redirect URI, and the parameters join what its query has.
fn stays_there(redirect: &Redirect, location: &str) {
    let uri = Url::parse(redirect.uri.as_str()).expect("a redirect URI is a URL");
    assert!(location.starts_with(uri.as_str()), "{location} for {uri}");
    let location = Url::parse(location).expect("a location is a URL");
    assert_eq!(location.origin(), uri.origin());
    assert_eq!((location.path(), location.fragment()), (uri.path(), None));
    let own = uri.query_pairs().count();
    let added: Vec<_> = location.query_pairs().skip(own).collect();
    let get = |name: &str| added.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_ref());
    assert_eq!(get("iss"), Some(ISSUER));
    assert_eq!(get("state"), redirect.state.as_deref());
    assert!(get("error").is_some() && get("code").is_none());
}
