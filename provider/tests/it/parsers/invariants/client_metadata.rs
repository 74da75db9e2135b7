//! Client metadata: JSON, as an operator imports it or a site registers it.

use provider::{
    oauth::{
        client::{Client, ClientAuth, ClientId, ClientKeys, GrantType},
        client_metadata::ClientMetadata,
    },
    secret::Digest,
};
use serde_json::Value;
use url::{Host, Url};

pub(super) fn hold(data: &[u8]) -> &'static str {
    let Ok(json) = serde_json::from_slice::<Value>(data) else { return "no JSON" };
    let Ok(metadata) = ClientMetadata::from_json(json) else { return "refused" };
    let Ok(given) = metadata.given_id() else { return "refused" };
    let id = given.or_else(|| ClientId::parse("made")).expect("an identifier");
    let secret = metadata.has_secret().then(|| Digest::of("a secret"));
    let Ok(client) = metadata.into_client(&id, secret) else { return "refused" };
    accepted(&client);
    "accepted"
}

fn accepted(client: &Client) {
    assert!((1..=100).contains(&client.name.chars().count()) && client.name.trim() == client.name);
    assert!(!client.name.chars().any(char::is_control), "{:?}", client.name);
    assert_eq!(client.auth.has_secret(), !client.secrets.is_empty());
    assert!(client.auth != ClientAuth::PrivateKeyJwt || client.keys.is_some(), "no keys to prove itself by");
    assert!(!client.may_use(GrantType::AuthorizationCode) || !client.redirect_uris.is_empty());
    for uri in client.redirect_uris.iter().chain(&client.post_logout_redirect_uris) {
        let url = Url::parse(uri.as_str()).expect("a redirect URI is a URL");
        assert!(url.fragment().is_none() && is_plain(&url), "{url}");
    }
    for uri in &client.redirect_uris {
        assert_eq!(client.redirect_uri(uri.as_str()).as_ref(), Some(uri), "a registered URI is good");
    }
    for origin in &client.allowed_origins {
        let url = Url::parse(origin).expect("an origin is a URL");
        assert!(is_plain(&url) && url.origin().ascii_serialization() == *origin, "{origin}");
    }
    if let Some(ClientKeys::JwksUri(url)) = &client.keys {
        assert!(is_plain(url), "{url}");
    }
    if let Some(url) = &client.backchannel_logout_uri {
        assert!(is_plain(url), "{url}");
    }
    let stored = serde_json::to_string(client).expect("a client is JSON");
    let mut read: Client = serde_json::from_str(&stored).expect("what is stored can be read");
    read.secrets.clone_from(&client.secrets);
    assert_eq!(read, *client);
}

/// `https`, or `http` to this machine; no credentials.
fn is_plain(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.octets()[0] == 127,
        Some(Host::Ipv6(address)) => address.segments() == [0, 0, 0, 0, 0, 0, 0, 1],
        None => false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    safe && url.username().is_empty() && url.password().is_none()
}
