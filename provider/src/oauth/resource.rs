//! Resource indicators (RFC 8707): the APIs that an access token is to be for.

use std::collections::BTreeSet;

use url::Url;

/// Most resources of one request.
const MOST: usize = 8;

/// Longest name of one, in bytes.
const LENGTH: usize = 2048;

/// What a URI may be written with beside letters and digits (RFC 3986 section 2), without the `#` that begins a fragment.
const SIGNS: &[u8] = b"-._~:/?[]@!$&'()*+,;=%";

/// The APIs that a request names, each once, in a fixed order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources(BTreeSet<String>);

impl Resources {
    /// Reads the values of `resource`; `None` if one cannot be a resource, or there are too many.
    pub fn parse(values: &[&str]) -> Option<Self> {
        let named: BTreeSet<String> = values.iter().map(|value| (*value).to_owned()).collect();
        (named.len() <= MOST && named.iter().all(|value| is_resource(value))).then_some(Self(named))
    }

    /// Each of them, to the letter.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As what the store and tokens know them by.
    pub fn into_vec(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

/// Whether this is an absolute URI without fragment (RFC 8707 section 2, RFC 3986 section 4.3), bounded.
pub fn is_resource(text: &str) -> bool {
    let written = |b: u8| b.is_ascii_alphanumeric() || SIGNS.contains(&b);
    text.len() <= LENGTH && text.bytes().all(written) && Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MUST: RFC 8707 section 2: a resource is an absolute URI without fragment.
    #[test]
    fn rfc8707_2_a_resource_is_an_absolute_uri_without_fragment() {
        for good in ["https://api.example/v1?tenant=7", "urn:example:orders", "com.example.app:/api"] {
            assert!(is_resource(good), "{good}");
        }
        for bad in
            ["", "orders", "/orders", "//api.example/", "https://api.example/#v1", "https://api.example/#"]
        {
            assert!(!is_resource(bad), "{bad}");
        }
        for odd in [" https://api.example/", "https://api.example/a b", "https://api.example/扫", "https://"]
        {
            assert!(!is_resource(odd), "{odd}");
        }
        assert!(!is_resource(&format!("https://api.example/{}", "a".repeat(LENGTH))));
    }

    #[test]
    fn each_counts_once_in_whatever_order_and_there_are_not_many() {
        let (a, b) = ("https://a.example/", "https://b.example/");
        let named = Resources::parse(&[b, a, b]).unwrap();
        assert_eq!(Some(&named), Resources::parse(&[a, b]).as_ref());
        assert_eq!(named.into_vec(), [a, b]);
        assert_eq!(Resources::parse(&[]), Some(Resources::default()));
        let many: Vec<String> = (0..=MOST).map(|n| format!("{a}{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(Resources::parse(&many), None);
        assert!(Resources::parse(&many[1..]).is_some());
    }
}
