//! A provider, a site built on the oracle, a visitor and their phone.

use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType, CoreTokenResponse},
};
use provider::mock_phone::MockPhone;
use saoma_tests::{Browser, CLIENT_SECRET, Operator, REDIRECT_URI, Server, sign_in};
use serde_json::{Value, json};

use crate::transport::send;

/// The oracle, as it is made from the discovery document.
pub(crate) type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub(crate) struct Stage {
    pub(crate) operator: Operator,
    pub(crate) server: Server,
    pub(crate) phone: MockPhone,
    pub(crate) browser: Browser,
}

/// A visitor on the way: what the site keeps until they come back.
pub(crate) struct Visit {
    state: CsrfToken,
    pub(crate) nonce: Nonce,
    verifier: PkceCodeVerifier,
    url: url::Url,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these arguments for `saoma serve`.
    pub(crate) async fn with(arguments: &[&str]) -> Self {
        let operator = Operator::new();
        let server = operator.open_with(arguments).await;
        let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
        let browser = Browser::new(&server.url());
        Self { operator, server, phone, browser }
    }

    /// The operator registers a site with these members besides.
    pub(crate) async fn register(&self, id: &str, more: Value) {
        let mut metadata = json!({
            "client_id": id, "client_secret": CLIENT_SECRET, "client_name": id, "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
        });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.operator.import(&metadata).await.well();
    }

    /// Where an endpoint is that the oracle does not look for by itself.
    pub(crate) async fn endpoint(&self, member: &str) -> String {
        let document = format!("{}/.well-known/openid-configuration", self.server.url());
        let document: Value = reqwest::get(document).await.unwrap().json().await.unwrap();
        document[member].as_str().unwrap_or_else(|| panic!("no {member}: {document}")).to_owned()
    }

    /// What the oracle finds out about the provider.
    pub(crate) async fn discover(&self) -> CoreProviderMetadata {
        let issuer = IssuerUrl::new(self.server.issuer().to_owned()).unwrap();
        CoreProviderMetadata::discover_async(issuer, &send).await.unwrap()
    }

    /// A site, as the oracle.
    pub(crate) async fn client(&self, id: &str) -> Client {
        self.client_with(id, Some(CLIENT_SECRET)).await
    }

    /// A site with this secret, or without one.
    pub(crate) async fn client_with(&self, id: &str, secret: Option<&str>) -> Client {
        let secret = secret.map(|secret| ClientSecret::new(secret.to_owned()));
        CoreClient::from_provider_metadata(self.discover().await, ClientId::new(id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
    }

    /// Another visitor's browser: nobody is signed in.
    pub(crate) fn open_another_browser(&mut self) {
        self.browser = Browser::new(&self.server.url());
    }

    /// A visitor of the site signs in with their phone.
    pub(crate) async fn sign_in(&mut self, client: &Client, visit: Visit) -> (CoreTokenResponse, Nonce) {
        let path = visit.url.as_str().strip_prefix(self.server.issuer()).unwrap();
        let login = self.browser.ask_at(path).await;
        self.phone.approve(&login.qr).await.unwrap();
        let back = self.browser.get(&format!("/login/{}", login.id)).await;
        assert_eq!(back.location_parameter("state").as_ref(), Some(visit.state.secret()), "{back:?}");
        assert_eq!(back.location_parameter("iss").as_deref(), Some(self.server.issuer()));
        let code = AuthorizationCode::new(back.location_parameter("code").unwrap());
        let request = client.exchange_code(code).unwrap().set_pkce_verifier(visit.verifier);
        (request.request_async(&send).await.unwrap(), visit.nonce)
    }
}

/// The site sends a visitor to the provider, and asks for these scopes beside `openid`.
pub(crate) fn visit(client: &Client, scopes: &[&str]) -> Visit {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(scopes.iter().map(|name| Scope::new((*name).to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    Visit { state, nonce, verifier, url }
}
