//! Which addresses are public (the registries of RFC 6890), and which the operator allows beside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not public, by network and length of its prefix.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Not public, though within global unicast (`2000::/3`). `2001::/23` holds Teredo and its like, `2002::/16` is 6to4.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// A host or a network that may be called although it is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A host, by the name or address that stands in the URL.
    Host(String),
    /// A network: an address and the length of its prefix.
    Network(IpAddr, u32),
}

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a host name nor a network such as 10.0.0.0/8")]
pub struct AllowedError(String);

impl Allowed {
    /// Reads a host name, an address, or a network in CIDR notation (RFC 4632 section 3.1).
    pub fn parse(text: &str) -> Result<Self, AllowedError> {
        let refused = || AllowedError(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address, bits(address)));
        }
        if let Some((address, length)) = text.split_once('/') {
            let address: IpAddr = address.parse().map_err(|_| refused())?;
            let length = length.parse().ok().filter(|length| *length <= bits(address)).ok_or_else(refused)?;
            return Ok(Self::Network(address, length));
        }
        match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) if name == text => Ok(Self::Host(name)),
            _ => Err(refused()),
        }
    }

    fn covers(&self, host: &str, address: IpAddr) -> bool {
        match (self, address) {
            (Self::Host(allowed), _) => allowed == host,
            (Self::Network(IpAddr::V4(network), length), IpAddr::V4(address)) => {
                within_v4(address, *network, *length)
            }
            (Self::Network(IpAddr::V6(network), length), IpAddr::V6(address)) => {
                within_v6(address, *network, *length)
            }
            _ => false,
        }
    }
}

/// Whether this address, found under this host, may be called.
pub(super) fn may_be_called(host: &str, address: IpAddr, allowed: &[Allowed]) -> bool {
    let address = address.to_canonical();
    is_public(address) || allowed.iter().any(|allowed| allowed.covers(host, address))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|(network, length)| within_v4(v4, *network, *length)),
        IpAddr::V6(v6) => {
            within_v6(v6, Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
                && !NOT_PUBLIC_V6.iter().any(|(network, length)| within_v6(v6, *network, *length))
        }
    }
}

const fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn within_v4(address: Ipv4Addr, network: Ipv4Addr, length: u32) -> bool {
    let differs = address.to_bits() ^ network.to_bits();
    differs.checked_shr(32 - length).unwrap_or(0) == 0
}

fn within_v6(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    let differs = address.to_bits() ^ network.to_bits();
    differs.checked_shr(128 - length).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(address: &str, allowed: &[&str]) -> bool {
        let allowed: Vec<Allowed> = allowed.iter().map(|text| Allowed::parse(text).unwrap()).collect();
        may_be_called("host.example", address.parse().unwrap(), &allowed)
    }

    #[test]
    fn public_addresses_are_called_and_no_others() {
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(called(public, &[]), "{public}");
        }
        for private in [
            "0.0.0.0",
            "127.0.0.1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!called(private, &[]), "{private}");
        }
    }

    #[test]
    fn the_operator_allows_hosts_and_networks() {
        assert!(called("10.1.2.3", &["10.0.0.0/8"]) && called("::ffff:10.1.2.3", &["10.0.0.0/8"]));
        assert!(!called("11.1.2.3", &["10.0.0.0/8"]) || called("11.1.2.3", &[]));
        assert!(called("127.0.0.1", &["127.0.0.1"]) && !called("127.0.0.2", &["127.0.0.1"]));
        assert!(called("fd00::1", &["fd00::/8"]) && called("fd00::1", &["::/0"]));
        assert!(called("192.168.0.1", &["host.example"]) && !called("192.168.0.1", &["other.example"]));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "a b", "https://a.example", "A.example"] {
            assert!(Allowed::parse(text).is_err(), "{text}");
        }
    }
}
