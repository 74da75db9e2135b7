//! Facts in a person's words: what a site gets, from where it is asked, how long ago.

use std::net::IpAddr;

use protocol::phone::{BrowserContext, Place};
use saoma_web_ui::lang::fill;

use super::words::Words;

/// What the site gets by a scope. One that is not known is shown as it is.
pub(crate) fn scope(scope: &str, words: &Words) -> String {
    let text = match scope {
        "openid" => words.scope_openid,
        "profile" => words.scope_profile,
        "email" => words.scope_email,
        "phone" => words.scope_phone,
        "address" => words.scope_address,
        "offline_access" => words.scope_offline,
        other => return fill(words.scope_other, other),
    };
    text.into()
}

/// Where a browser is: by what the server knows of its address, else as far as the address says so itself.
pub(crate) fn place(browser: &BrowserContext, words: &Words) -> String {
    match &browser.place {
        Some(Place { city: Some(city), country }) => fill(&fill(words.city_country, city), country),
        Some(Place { city: None, country }) => country.clone(),
        None => network(&browser.address, words),
    }
}

/// Where a network address is, as far as it says so itself.
pub(crate) fn network(address: &str, words: &Words) -> String {
    let template = match address.parse::<IpAddr>() {
        Ok(ip) if ip.to_canonical().is_loopback() => words.place_this_machine,
        Ok(ip) if is_local(ip.to_canonical()) => words.place_local_network,
        _ => return address.into(),
    };
    fill(template, address)
}

fn is_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// How long ago something was. A moment that lies ahead, by clocks that differ, is now.
pub(crate) fn ago(seconds: i64, words: &Words) -> String {
    let (template, number) = match seconds {
        ..5 => return words.just_now.into(),
        5..100 => (words.seconds_ago, seconds),
        100..7_200 => (words.minutes_ago, seconds / 60),
        7_200..172_800 => (words.hours_ago, seconds / 3_600),
        _ => (words.days_ago, seconds / 86_400),
    };
    fill(template, &number.to_string())
}

#[cfg(test)]
mod tests {
    use saoma_web_ui::lang::Lang;

    use super::*;

    #[test]
    fn known_scopes_are_explained() {
        let words = Words::of(Lang::En);
        for known in ["openid", "profile", "email", "phone", "address", "offline_access"] {
            assert!(!scope(known, words).contains('“'), "{known}");
        }
    }

    #[test]
    fn unknown_scopes_are_named() {
        assert!(scope("invoices:read", Words::of(Lang::En)).contains("invoices:read"));
    }

    #[test]
    fn this_machine_in_each_of_its_addresses() {
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(network(address, Words::of(Lang::En)).starts_with("This machine"), "{address}");
        }
    }

    #[test]
    fn the_local_network() {
        for address in ["192.168.1.20", "10.0.0.1", "fd00::1", "fe80::1"] {
            assert!(network(address, Words::of(Lang::En)).starts_with("Local network"), "{address}");
        }
    }

    #[test]
    fn any_other_address_is_shown_as_it_is() {
        assert_eq!(network("203.0.113.9", Words::of(Lang::En)), "203.0.113.9");
        assert_eq!(network("unknown", Words::of(Lang::En)), "unknown");
    }

    #[test]
    fn a_place_that_is_known_goes_before_its_address() {
        let at = |city: Option<&str>| {
            let place = Place { city: city.map(Into::into), country: "Germany".into() };
            let browser = BrowserContext {
                name: String::new(),
                address: "203.0.113.9".into(),
                place: Some(place),
                bound: true,
                started_at: 0,
            };
            [Lang::En, Lang::Zh].map(|lang| super::place(&browser, Words::of(lang)))
        };
        assert_eq!(at(Some("Hamburg")), ["Hamburg, Germany", "Hamburg · Germany"]);
        assert_eq!(at(None), ["Germany", "Germany"]);
    }

    #[test]
    fn times_in_the_largest_unit_that_says_enough() {
        let words = Words::of(Lang::En);
        for (seconds, text) in [
            (-30, "just now"),
            (12, "12 s ago"),
            (150, "2 min ago"),
            (7_200, "2 h ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(ago(seconds, words), text);
        }
    }
}
