//! What is to be known of a request, and whether that is a risk: a pure function of facts.
//!
//! 1. [`gather`] looks the facts up when a phone scans.
//! 2. [`Facts::signs`] says what of them the person is shown. Each sign is true, or it is not shown.
//! 3. [`Facts::are_a_risk`] says whether the digits of [`super::match_code`] are asked for, where a site leaves that to the risk.

use std::time::Duration;

use protocol::phone::Sign;

use super::{
    Login,
    network::{Nearness, nearness},
};
use crate::{
    account::phone_session::PhoneSession,
    app::App,
    oidc::authentication::{Method, Methods},
    store::StoreError,
};

/// How far back requests are counted that came to nothing.
const LATELY: Duration = Duration::from_mins(10);

/// So many of them are unusual: who tries to lead a person on tries often, and a person who means it is done at the first.
const MANY: u32 = 5;

/// What is known of a request when a phone scans it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct Facts {
    /// The code was typed, not scanned.
    pub typed: bool,
    /// The browser could not make a key of its own, so that its result hangs on its secret alone.
    pub browser_without_key: bool,
    /// How near browser and phone are.
    pub nearness: Nearness,
    /// Browser and phone are known to be in two countries.
    pub other_country: bool,
    /// The person has never signed in to this site.
    pub first_time: bool,
    /// Requests that the account's phones have scanned lately, and that came to nothing.
    pub in_vain: u32,
}

impl Facts {
    /// What the person is shown, the worst first.
    pub fn signs(&self) -> Vec<Sign> {
        let all = [
            (Sign::ManyRequests, self.has_many_requests()),
            (Sign::OtherCountry, self.other_country),
            (Sign::BrowserWithoutKey, self.browser_without_key),
            (Sign::TypedCode, self.typed),
            (Sign::OtherNetwork, self.nearness == Nearness::Other),
            (Sign::FirstTimeAtSite, self.first_time),
            (Sign::SameNetwork, self.nearness == Nearness::Same),
        ];
        all.into_iter().filter(|(_, is_true)| *is_true).map(|(sign, _)| sign).collect()
    }

    /// Whether the person may be looking at somebody else's browser. Another network alone is no reason: phones are on theirs.
    pub fn are_a_risk(&self) -> bool {
        self.typed
            || self.browser_without_key
            || self.other_country
            || self.has_many_requests()
            || (self.first_time && self.nearness != Nearness::Same)
    }

    const fn has_many_requests(&self) -> bool {
        self.in_vain >= MANY
    }
}

/// Looks the facts of a login up, for the phone that scans it.
pub async fn gather(
    app: &App,
    phone: &PhoneSession,
    login: &Login,
    methods: &Methods,
) -> Result<Facts, StoreError> {
    let (browser, account) = (&login.browser, phone.account.id);
    Ok(Facts {
        typed: methods.has(Method::TypedCode),
        // A device that asks is no browser: it comes for its result itself.
        browser_without_key: browser.key.is_none() && login.request.redirect().is_some(),
        nearness: nearness(browser.address, phone.address),
        other_country: app.config.geoip.are_in_two_countries(browser.address, phone.address),
        first_time: !app.store.has_signed_in(account, &login.request.client).await?,
        in_vain: app.store.scans_in_vain(account, app.clock.now() - LATELY).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person at their own site, at home.
    const USUAL: Facts = Facts {
        typed: false,
        browser_without_key: false,
        nearness: Nearness::Same,
        other_country: false,
        first_time: false,
        in_vain: 0,
    };

    #[test]
    fn each_sign_is_shown_where_it_is_true_and_nowhere_else() {
        use Nearness::{Other, Unknown};
        for (facts, signs) in [
            (USUAL, vec![Sign::SameNetwork]),
            (Facts { nearness: Unknown, ..USUAL }, vec![]),
            (Facts { nearness: Other, ..USUAL }, vec![Sign::OtherNetwork]),
            (Facts { typed: true, ..USUAL }, vec![Sign::TypedCode, Sign::SameNetwork]),
            (Facts { browser_without_key: true, nearness: Unknown, ..USUAL }, vec![Sign::BrowserWithoutKey]),
            (
                Facts { other_country: true, nearness: Other, ..USUAL },
                vec![Sign::OtherCountry, Sign::OtherNetwork],
            ),
            (Facts { first_time: true, ..USUAL }, vec![Sign::FirstTimeAtSite, Sign::SameNetwork]),
            (Facts { in_vain: MANY - 1, ..USUAL }, vec![Sign::SameNetwork]),
            (Facts { in_vain: MANY, ..USUAL }, vec![Sign::ManyRequests, Sign::SameNetwork]),
        ] {
            assert_eq!(facts.signs(), signs, "{facts:?}");
        }
    }

    #[test]
    fn what_is_a_risk() {
        use Nearness::{Other, Unknown};
        for facts in [
            Facts { typed: true, ..USUAL },
            Facts { browser_without_key: true, ..USUAL },
            Facts { other_country: true, nearness: Other, ..USUAL },
            Facts { in_vain: MANY, ..USUAL },
            Facts { first_time: true, nearness: Other, ..USUAL },
            Facts { first_time: true, nearness: Unknown, ..USUAL },
        ] {
            assert!(facts.are_a_risk(), "{facts:?}");
        }
    }

    #[test]
    fn what_is_not() {
        use Nearness::{Other, Unknown};
        for facts in [
            USUAL,
            Facts { first_time: true, ..USUAL },
            Facts { nearness: Other, ..USUAL },
            Facts { nearness: Unknown, ..USUAL },
            Facts { in_vain: MANY - 1, ..USUAL },
        ] {
            assert!(!facts.are_a_risk(), "{facts:?}");
        }
    }

    #[test]
    fn signs_are_in_their_order_the_worst_first() {
        let all = Facts {
            typed: true,
            browser_without_key: true,
            nearness: Nearness::Other,
            other_country: true,
            first_time: true,
            in_vain: MANY,
        };
        let mut signs = all.signs();
        assert_eq!(signs.len(), 6);
        signs.sort_unstable();
        assert_eq!(signs, all.signs());
    }
}
