//! Where a request comes from when it came through the operator's own proxies.
//!
//! 1. Each proxy adds, at the right end of one header, the address from which it got the request: `X-Forwarded-For`, or
//!    `Forwarded` (RFC 7239). The operator says which; the other is never read, because a proxy that does not know it hands
//!    on what a client wrote there.
//! 2. The header counts only if the connection's own peer is a trusted proxy.
//! 3. It is read from the right. What a trusted proxy added is believed; the first address that is no trusted proxy's is the
//!    client. All that stands to the left of it anybody may have written.
//! 4. What is no address (`unknown`, `_hidden`, nonsense) ends the reading: the answer is the nearest proxy that is known.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::Deserialize;

/// The header that the operator's proxies write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: addresses, with commas between
    #[default]
    XForwardedFor,
    /// `Forwarded`, by RFC 7239
    Forwarded,
}

impl ForwardedHeader {
    /// The header's name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// The address in one element of the header; none if there is no one address in it.
    fn address(self, element: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node(element.trim()),
            Self::Forwarded => forwarded_for(element),
        }
    }
}

/// The operator's proxies.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Their networks.
    pub trusted: Vec<IpNet>,
    /// What they write.
    pub header: ForwardedHeader,
}

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
pub struct ProxyError(String);

impl Proxies {
    /// Reads an address, or a network in CIDR notation (RFC 4632 section 3.1).
    pub fn parse(text: &str) -> Result<IpNet, ProxyError> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address.or_else(|_| text.parse()).map_err(|_| ProxyError(text.to_owned()))
    }

    /// The client's address, from the connection's peer and the header's lines in their order; IPv4 never in its mapped form.
    pub fn client<'a>(&self, peer: IpAddr, lines: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut nearest = peer.to_canonical();
        let mut elements = lines.rev().flat_map(|line| line.rsplit(','));
        while self.trust(nearest) {
            match elements.next().map(|element| self.header.address(element)) {
                Some(Some(address)) => nearest = address.to_canonical(),
                Some(None) | None => break,
            }
        }
        nearest
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// The address of an element's one `for` (RFC 7239 section 4). Elements are parted at every comma, also within quotes: no address
/// has one, and a quote that a client has left open cannot swallow what a proxy adds after it. Half a quoted text is nonsense.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in element.split(';') {
        let (name, value) = pair.trim().split_once('=')?;
        let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
        if bare.contains('"') || (name.eq_ignore_ascii_case("for") && found.replace(bare).is_some()) {
            return None;
        }
    }
    node(found?)
}

/// An address, perhaps in brackets, perhaps with a port (RFC 7239 section 6).
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8::1", "127.0.0.1"].map(|text| Proxies::parse(text).unwrap());
        let proxies = Proxies { trusted: trusted.to_vec(), header };
        proxies.client(peer.parse().unwrap(), lines.iter().copied()).to_string()
    }

    fn x(lines: &[&str]) -> String {
        client(ForwardedHeader::XForwardedFor, "10.0.0.1", lines)
    }

    fn rfc(lines: &[&str]) -> String {
        client(ForwardedHeader::Forwarded, "10.0.0.1", lines)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let header = ForwardedHeader::XForwardedFor;
        assert_eq!(client(header, "192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client(header, "2001:db8::2", &["198.51.100.1"]), "2001:db8::2");
        assert_eq!(client(header, "2001:db8::1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(header, "::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            Proxies::default().client([127, 0, 0, 1].into(), ["1.1.1.1"].into_iter()).to_string(),
            "127.0.0.1"
        );
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_believed() {
        assert_eq!(x(&["203.0.113.9, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(x(&["10.0.0.9, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(x(&["203.0.113.9", "198.51.100.1"]), "198.51.100.1", "lines are one list");
        assert_eq!(rfc(&["for=203.0.113.9, for=198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            rfc(&["for=203.0.113.9;x=\", for=198.51.100.1"]),
            "198.51.100.1",
            "an open quote hides nothing"
        );
        assert_eq!(
            rfc(&["for=198.51.100.1;host=\"a, for=203.0.113.9;x=\""]),
            "10.0.0.1",
            "nor does a quoted comma"
        );
    }

    #[test]
    fn addresses_are_read_in_all_their_forms() {
        for form in ["2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711"] {
            assert_eq!(x(&[form]), "2001:db8::7", "{form}");
            assert_eq!(rfc(&[&format!("proto=https; For=\"{form}\"")]), "2001:db8::7", "{form}");
        }
        for form in ["198.51.100.1", "198.51.100.1:4711", "::ffff:198.51.100.1", "[::ffff:198.51.100.1]:1"] {
            assert_eq!(x(&[form]), "198.51.100.1", "{form}");
        }
        assert_eq!(x(&["::ffff:10.0.0.3 , 10.0.0.2"]), "10.0.0.3", "all of them are proxies: the first");
    }

    #[test]
    fn what_is_no_address_ends_at_the_nearest_proxy() {
        for odd in ["", "unknown", "_hidden", "198.51.100", "[198.51.100.1", "a b", "for=198.51.100.1"] {
            assert_eq!(x(&[odd]), "10.0.0.1", "{odd}");
            assert_eq!(x(&[&format!("198.51.100.1, {odd}, 10.0.0.2")]), "10.0.0.2", "{odd}");
        }
        for odd in
            ["", "198.51.100.1", "for=unknown", "for=_hidden", "by=198.51.100.1", "for=1.1.1.1;for=1.1.1.1"]
        {
            assert_eq!(rfc(&[odd]), "10.0.0.1", "{odd}");
        }
        assert_eq!(x(&[]), "10.0.0.1");
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert!(Proxies::parse("10.0.0.0/8").is_ok() && Proxies::parse("::1").is_ok());
        for odd in ["", "localhost", "10.0.0.0/33", "10.0.0"] {
            assert!(Proxies::parse(odd).is_err(), "{odd}");
        }
    }
}
