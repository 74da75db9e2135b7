//! Whether two addresses are in one network, as far as addresses can tell. Nothing is said that may be false: an IPv4 and an IPv6
//! address may well be of one home.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How near two addresses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// In one network.
    Same,
    /// In two.
    Other,
    /// The addresses are of two kinds and cannot be compared.
    Unknown,
}

/// How near two addresses are: of one machine; of one public IPv4 address, which is one home or office behind its router; of one
/// private IPv4 network, taken to have 256 addresses; of one IPv6 network, which has 64 bits (RFC 4291 section 2.5.4).
pub fn nearness(one: IpAddr, other: IpAddr) -> Nearness {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    let same = match (one, other) {
        _ if one.is_loopback() && other.is_loopback() => true,
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            one == other || (is_local(one) && is_local(other) && network_v4(one) == network_v4(other))
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => network_v6(one) == network_v6(other),
        _ => return Nearness::Unknown,
    };
    if same { Nearness::Same } else { Nearness::Other }
}

const fn is_local(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_link_local()
}

fn network_v4(address: Ipv4Addr) -> u32 {
    address.to_bits() >> 8
}

fn network_v6(address: Ipv6Addr) -> u128 {
    address.to_bits() >> 64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(one: &str, other: &str) -> Nearness {
        let (one, other) = (one.parse().unwrap(), other.parse().unwrap());
        assert_eq!(nearness(one, other), nearness(other, one), "{one} {other}");
        nearness(one, other)
    }

    #[test]
    fn one_network() {
        for (one, other) in [
            ("127.0.0.1", "::1"),
            ("198.51.100.7", "198.51.100.7"),
            ("198.51.100.7", "::ffff:198.51.100.7"),
            ("192.168.1.20", "192.168.1.77"),
            ("2001:db8:1:2::a", "2001:db8:1:2:ffff::b"),
        ] {
            assert_eq!(between(one, other), Nearness::Same, "{one} {other}");
        }
    }

    #[test]
    fn two_networks() {
        for (one, other) in [
            ("198.51.100.7", "198.51.100.8"),
            ("192.168.1.20", "192.168.2.20"),
            ("192.168.1.20", "198.51.100.7"),
            ("127.0.0.1", "192.168.1.20"),
            ("2001:db8:1:2::a", "2001:db8:1:3::a"),
        ] {
            assert_eq!(between(one, other), Nearness::Other, "{one} {other}");
        }
    }

    #[test]
    fn of_two_kinds_nothing_is_said() {
        assert_eq!(between("198.51.100.7", "2001:db8::1"), Nearness::Unknown);
    }
}
