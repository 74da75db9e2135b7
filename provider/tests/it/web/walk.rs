//! Every route of the router.

use std::{collections::BTreeSet, fs};

use axum::http::Method;
use provider::http;

use crate::support::{Ask, Browser, TestApp, site::CLIENT};

/// A method and a path that there is.
pub(super) type Route = (Method, String);

/// A provider, and a browser in which somebody is signed in and has a sign-in open that one click confirms.
pub(super) struct World<'a> {
    pub(super) app: &'a TestApp,
    pub(super) browser: Browser<'a>,
    /// The open login's identifier.
    pub(super) login: String,
    device: String,
}

impl<'a> World<'a> {
    pub(super) async fn of(app: &'a TestApp) -> Self {
        let (mut browser, phone) = (app.browser(), app.phone().await);
        browser.sign_in(&Ask::default(), &phone).await.code();
        let page = browser.ask(&Ask::default().with("prompt", "consent")).await;
        assert!(browser.get(&page).await.body.contains("Continue as"), "one click would do");
        let login = page.trim_start_matches("/login/").to_owned();
        Self { app, browser, login, device: phone.device }
    }

    /// Every route, with what belongs to this browser's person in place of its parameters.
    pub(super) async fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        for pattern in patterns(self.app) {
            let path = self.fill(&pattern);
            // No route takes this method, and the refusal names those that it does take.
            let refused = self.app.call(Method::TRACE, &path, &[], "").await;
            assert_eq!(refused.status, 405, "{pattern}: {refused:?}");
            let allowed = refused.header("allow").split(',').map(|name| name.trim().parse().unwrap());
            routes.extend(allowed.map(|method: Method| (method, path.clone())));
        }
        assert!(routes.len() > 60, "{routes:?}");
        routes
    }

    fn fill(&self, pattern: &str) -> String {
        let id = if pattern.starts_with("/api/phone/devices/") { &self.device } else { &self.login };
        pattern
            .replace("{id}", id)
            .replace("{client_id}", CLIENT)
            .replace("{secret}", "AAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .replace("{file}", "icon.svg")
    }

    /// The browser's cookies, as it sends them.
    pub(super) fn cookies(&self) -> String {
        let cookies: Vec<String> =
            self.browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// All that is stored, to the byte.
    pub(super) fn stored(&self) -> Vec<Vec<u8>> {
        let read = |name| fs::read(self.app.directory.path().join(name)).unwrap();
        ["saoma.sqlite", "saoma.sqlite-wal"].map(read).into()
    }
}

/// The patterns of the router's paths. axum lists them nowhere but in what it shows of itself for debugging.
fn patterns(app: &TestApp) -> BTreeSet<String> {
    let shown = format!("{:?}", http::router(app.app.clone()));
    let words = shown.split("RouteId(").filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
    let patterns: BTreeSet<String> =
        words.filter(|path| path.len() > 1 && !path.contains("__private")).map(str::to_owned).collect();
    for known in ["/authorize", "/login/{id}/continue", "/api/phone/devices/{id}", "/token", "/healthz"] {
        assert!(patterns.contains(known), "{known} is not found in {shown}");
    }
    patterns
}

/// Whether a request by this method may change something.
pub(super) fn is_unsafe(method: &Method) -> bool {
    !method.is_safe()
}
