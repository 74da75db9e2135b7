//! Whether a URL leads to this machine: plain HTTP to it crosses no network.

use url::{Host, Url};

/// Whether a URL's host is `localhost` or a loopback address (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_no_other() {
        let leads_here = |text: &str| is_loopback(&Url::parse(text).unwrap());
        assert!(
            leads_here("http://localhost:1/x")
                && leads_here("http://127.9.9.9")
                && leads_here("http://[::1]")
        );
        assert!(
            !leads_here("http://localhost.example")
                && !leads_here("http://10.0.0.1")
                && !leads_here("data:x")
        );
    }
}
