//! Where a result may go.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::loopback::is_loopback;

/// Longest URI, in bytes.
const LONGEST: usize = 2048;

/// A registered redirect URI. Kept and compared to the letter (RFC 9700 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads a URI to register: absolute, without fragment (RFC 6749 section 3.1.2) or credentials, `https`, or `http` on a
    /// loopback host. No `*` stands for anything.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let one_host = url.host_str().is_some_and(|host| !host.contains('*'));
        let has_authority = text.get(url.scheme().len()..).is_some_and(|rest| {
            rest.strip_prefix("://").is_some_and(|authority| !authority.starts_with('/'))
        });
        (plain && safe && one_host && has_authority && is_well_written(text)).then(|| Self(text.to_owned()))
    }

    /// Reads one of a native program, which may also have a private-use scheme: a domain name backwards, so with a dot in it, and a path
    /// with no host (RFC 8252 section 7.1).
    pub fn parse_native(text: &str) -> Option<Self> {
        let private_use = || {
            let url = Url::parse(text).ok()?;
            let (scheme, rest) = text.split_once(':')?;
            let fits = scheme.contains('.')
                && scheme == url.scheme()
                && rest.starts_with('/')
                && !rest.starts_with("//")
                && url.fragment().is_none()
                && is_well_written(text);
            fits.then(|| Self(text.to_owned()))
        };
        Self::parse(text).or_else(private_use)
    }

    /// The URI's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with parameters added to its query.
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.url();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    /// Host, and port if it is not the usual one: where the result goes, as a person reads it. Of a native program's private-use URI,
    /// the scheme.
    pub fn host(&self) -> String {
        let url = self.url();
        let Some(host) = url.host_str() else { return url.scheme().to_owned() };
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// What a client that goes there by pairwise identifiers is known by: the host alone (OpenID Connect Core section 8.1). Of a
    /// private-use URI, the scheme.
    pub(in crate::oauth) fn sector(&self) -> String {
        let url = self.url();
        url.host_str().unwrap_or_else(|| url.scheme()).to_owned()
    }

    /// The redirect URI that `text` is, if it differs from this one in its loopback address's port alone (RFC 8252 section 7.3).
    pub(super) fn on_another_port(&self, text: &str) -> Option<Self> {
        let other = Self::parse(text)?;
        let rest = other.around_loopback_port()?;
        (self.around_loopback_port() == Some(rest)).then(|| other.clone())
    }

    /// The URI's text before and after its port, if it is `http` on a loopback address that is written as one. It is cut up, not
    /// parsed, because all but the port counts to the letter.
    fn around_loopback_port(&self) -> Option<(&str, &str)> {
        let by_address = matches!(self.url().host(), Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)));
        let rest = self.0.strip_prefix("http://").filter(|_| by_address)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let port = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
        Some((&authority[..port.unwrap_or(authority.len())], path))
    }

    fn url(&self) -> Url {
        Url::parse(&self.0).expect("it was parsed before")
    }
}

/// Whether this has the letters of a URI and no others (RFC 3986 section 2), and not too many: what a browser makes of others is not
/// what is registered.
fn is_well_written(text: &str) -> bool {
    text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&b))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::{client::ClientId, client_metadata::ClientMetadata};

    #[test]
    fn redirect_uris_are_https_or_loopback_without_fragment() {
        for good in
            ["https://a.example/cb?x=1", "http://localhost:8090/cb", "http://127.0.0.1/cb", "http://[::1]:1/"]
        {
            assert!(RedirectUri::parse(good).is_some(), "{good}");
        }
        for bad in [
            "http://a.example/cb",
            "https://a.example/#f",
            "/cb",
            "javascript:alert(1)",
            "https://u:p@a.example/",
            "https://*.a.example/cb",
        ] {
            assert!(RedirectUri::parse(bad).is_none(), "{bad}");
        }
    }

    /// What browsers forgive and RFC 3986 does not know would be another address in each place that reads it.
    #[test]
    fn a_redirect_uri_is_written_as_rfc_3986_says() {
        for odd in [
            "https://a.example/cb\n",
            " https://a.example/cb",
            "https://a.example/\tcb",
            "https://a.example/a b",
            "https://a.example/扫码",
            "https://ä.example/cb",
            "https:a.example/cb",
            "https:/a.example/cb",
            "https:\\\\a.example/cb",
            "https://a.example\\cb",
            "https://a.example/<cb>",
        ] {
            assert!(RedirectUri::parse(odd).is_none() && RedirectUri::parse_native(odd).is_none(), "{odd}");
        }
        assert!(RedirectUri::parse("HTTPS://a.example/%E6%89%AB?a=[b]").is_some());
        assert!(RedirectUri::parse_native("com.example.app:/a b").is_none());
    }

    #[test]
    fn nobody_is_sent_into_the_void() {
        assert!(RedirectUri::parse("https://").is_none() && RedirectUri::parse("https:///cb").is_none());
    }

    #[test]
    fn parameters_join_a_query_that_is_there() {
        let uri = RedirectUri::parse("https://a.example/cb?x=1").unwrap();
        assert_eq!(uri.with(&[("state", "a b&c")]), "https://a.example/cb?x=1&state=a+b%26c");
    }

    /// MUST: RFC 8252 section 7.3: a native program on a loopback address may come with any port, and with nothing else changed.
    #[test]
    fn rfc8252_7_3_the_port_of_a_loopback_address_is_free() {
        let native = |uri: &str, kind: &str| {
            let metadata = json!({"client_name": "App", "application_type": kind, "redirect_uris": [uri],
                "token_endpoint_auth_method": "none"});
            let metadata = ClientMetadata::from_json(metadata).unwrap();
            metadata.into_client(&ClientId::parse("app").unwrap(), None).unwrap()
        };
        for (registered, good) in [
            ("http://127.0.0.1/cb?a=1", "http://127.0.0.1:51004/cb?a=1"),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"),
            ("http://[::1]/cb", "http://[::1]:51004/cb"),
        ] {
            assert_eq!(native(registered, "native").redirect_uri(good).unwrap().as_str(), good);
            assert!(native(registered, "web").redirect_uri(good).is_none(), "a site has no such freedom");
        }
        for (registered, bad) in [
            ("http://localhost/cb", "http://localhost:51004/cb"),
            ("https://a.example/cb", "https://a.example:444/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.2:1/cb"),
            ("http://127.0.0.1/cb", "http://127.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/a/../cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb/"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb#x"),
            ("http://127.0.0.1/cb", "http://u@127.0.0.1:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb"),
            ("http://127.0.0.1/cb", "http://[::1]:1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb"),
        ] {
            assert!(native(registered, "native").redirect_uri(bad).is_none(), "{bad}");
        }
        let own = RedirectUri::parse_native("com.example.app:/cb").unwrap();
        assert_eq!(
            (own.host(), own.with(&[("a", "b")])),
            ("com.example.app".into(), "com.example.app:/cb?a=b".into())
        );
    }

    #[test]
    fn a_host_names_its_port_where_that_is_unusual() {
        assert_eq!(RedirectUri::parse("https://a.example/cb").unwrap().host(), "a.example");
        assert_eq!(RedirectUri::parse("http://localhost:8090/cb").unwrap().host(), "localhost:8090");
    }
}
