//! The attributes of `<saoma-login>`.
//!
//! On the provider's own page the server has started the login and gives it in `login-id`, `qr-prefix`, `qr-key`, `state` and so on.
//! On any other site the page gives `client-id` and `redirect-uri`, and the widget starts the login.

use protocol::login::{LoginStatus, LoginView, QrSeed};

use super::flow::Given;
use super::wire;

/// The scope where the page asks for none.
const DEFAULT_SCOPE: &str = "openid profile";

/// Where the widget is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// On the provider's own sign-in page.
    Page(PageLogin),
    /// Embedded in a site.
    Site(SiteRequest),
}

/// The login that the server has rendered.
#[derive(Debug, Clone)]
pub(crate) struct PageLogin {
    /// Its identifier.
    pub(crate) id: String,
    /// What the QR code is drawn from.
    pub(crate) seed: QrSeed,
    /// Whether a code can be typed in place of a scan.
    pub(crate) may_type: bool,
    /// The site that asks.
    pub(crate) client_name: String,
    /// Its state when the page was made.
    pub(crate) view: LoginView,
}

/// What a site asks for.
#[derive(Debug, Clone)]
pub(crate) struct SiteRequest {
    /// The client.
    pub(crate) client_id: String,
    /// One of its redirect URIs.
    pub(crate) redirect_uri: String,
    /// Scopes, separated by spaces.
    pub(crate) scope: String,
    /// What becomes of the result.
    pub(crate) delivery: Delivery,
    /// What the site's back end has made itself.
    pub(crate) given: Given,
}

impl Place {
    /// Whether the page stays when the login is over.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Site(site) if site.delivery == Delivery::Callback)
    }
}

/// What becomes of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The top page goes to the redirect URI.
    Top,
    /// The element gets the event `saoma-login`, and the page stays.
    Callback,
}

/// Reads the attributes; `attribute` returns one by its name. `None` if the page gives too few.
pub(crate) fn read(attribute: impl Fn(&str) -> Option<String>) -> Option<Place> {
    let given = |name: &str| attribute(name).filter(|value| !value.is_empty());
    let is_set = |name: &str| attribute(name).is_some();
    if let Some(id) = given("login-id") {
        let age_ms = number(given("age-ms"));
        let view = LoginView {
            // An unknown state is taken for waiting; the first look at the server sets it right.
            state: given("state").and_then(|name| wire::status(&name)).unwrap_or(LoginStatus::Waiting),
            version: number(given("version")),
            expires_in: number(given("expires-in")),
            renewals_left: u8::try_from(number(given("renewals-left"))).unwrap_or(0),
            match_code: given("match-code"),
            reason: given("reason").and_then(|name| wire::reason(&name)),
            age_ms,
            extended: is_set("extended"),
            user_code: given("user-code"),
            return_to: given("return-to"),
        };
        let seed = QrSeed {
            prefix: given("qr-prefix").unwrap_or_default(),
            key: given("qr-key").unwrap_or_default(),
            age_ms,
        };
        let client_name = given("client-name").unwrap_or_default();
        let may_type = is_set("may-type");
        return Some(Place::Page(PageLogin { id, seed, may_type, client_name, view }));
    }
    let delivery =
        if given("redirect").as_deref() == Some("callback") { Delivery::Callback } else { Delivery::Top };
    Some(Place::Site(SiteRequest {
        client_id: given("client-id")?,
        redirect_uri: given("redirect-uri")?,
        scope: given("scope").unwrap_or_else(|| DEFAULT_SCOPE.into()),
        delivery,
        given: Given { state: given("state"), nonce: given("nonce"), challenge: given("code-challenge") },
    }))
}

/// A number that the server wrote; 0 if it is none.
fn number(text: Option<String>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(attributes: &[(&str, &str)]) -> Option<Place> {
        read(|name| attributes.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn a_site_gives_two_attributes_and_gets_the_defaults() {
        let Some(Place::Site(site)) =
            place(&[("client-id", "demo"), ("redirect-uri", "https://s.example/cb")])
        else {
            panic!("a site");
        };
        assert_eq!((site.scope.as_str(), site.delivery), ("openid profile", Delivery::Top));
        assert!(site.given.state.is_none() && site.given.challenge.is_none());
    }

    #[test]
    fn a_site_may_ask_for_a_callback_and_bring_its_own_state() {
        let Some(Place::Site(site)) = place(&[
            ("client-id", "demo"),
            ("redirect-uri", "https://s.example/cb"),
            ("redirect", "callback"),
            ("state", "s"),
            ("code-challenge", "c"),
            ("scope", "openid"),
        ]) else {
            panic!("a site");
        };
        assert_eq!((site.scope.as_str(), site.delivery), ("openid", Delivery::Callback));
        assert_eq!(site.given.state.as_deref(), Some("s"));
    }

    #[test]
    fn only_a_page_that_asks_for_a_callback_stays() {
        let site = [("client-id", "demo"), ("redirect-uri", "https://s.example/cb")];
        assert!(!place(&site).unwrap().stays());
        assert!(place(&[site[0], site[1], ("redirect", "callback")]).unwrap().stays());
        assert!(!place(&[("login-id", "l1")]).unwrap().stays());
    }

    #[test]
    fn too_few_attributes_are_none() {
        assert!(place(&[]).is_none());
        assert!(place(&[("client-id", "demo"), ("redirect-uri", "")]).is_none());
    }

    #[test]
    fn the_provider_s_page_gives_the_login() {
        let Some(Place::Page(page)) = place(&[
            ("login-id", "l1"),
            ("qr-prefix", "http://localhost:8080/q/x"),
            ("qr-key", "k"),
            ("age-ms", "62000"),
            ("extended", ""),
            ("may-type", ""),
            ("user-code", "WDJB-MJHT"),
            ("version", "3"),
            ("state", "scanned"),
            ("expires-in", "58"),
            ("renewals-left", "5"),
            ("client-name", "Demo site"),
            ("match-code", "07"),
        ]) else {
            panic!("the page");
        };
        assert_eq!(page.view.state, LoginStatus::Scanned);
        assert_eq!((page.view.match_code.as_deref(), page.view.reason), (Some("07"), None));
        assert_eq!((page.view.version, page.view.expires_in, page.view.renewals_left), (3, 58, 5));
        assert_eq!((page.seed.key.as_str(), page.seed.age_ms, page.view.age_ms), ("k", 62_000, 62_000));
        assert!(page.view.extended && page.may_type && page.view.user_code.is_some());
    }
}
