//! Caches keep what is the same for everybody, and nothing else.

use axum::http::Method;

use super::walk::World;
use crate::support::TestApp;

/// What is the same for everybody.
const PUBLIC: [&str; 6] = ["/assets/", "/widget/", "/app", "/q/", "/.well-known/", "/jwks.json"];

#[tokio::test]
async fn no_cache_keeps_anything_personal() {
    let app = TestApp::new().await;
    let world = World::of(&app).await;
    let (cookies, own) = (world.cookies(), ("sec-fetch-site", "same-origin"));
    let mut tried = 0;
    for (method, path) in world.routes().await {
        if PUBLIC.iter().any(|prefix| path.starts_with(prefix)) {
            continue;
        }
        // What ends the session comes last by itself: the answers of all others are those of somebody who is signed in.
        let signed_in: [&[(&str, &str)]; 2] = [&[own, ("cookie", &cookies)], &[]];
        for headers in signed_in {
            let answer = app.call(method.clone(), &path, headers, "").await;
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}: {answer:?}");
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

#[tokio::test]
async fn what_may_be_kept_says_nothing_of_who_asks() {
    let app = TestApp::new().await;
    let world = World::of(&app).await;
    let cookies = world.cookies();
    let public =
        ["/.well-known/openid-configuration", "/jwks.json", "/app", "/q/AAAAAAAAAAAAAAAAAAAAAAAAAAA"];
    for path in public {
        let asked = app.call(Method::GET, path, &[("cookie", &cookies)], "").await;
        let anonymous = app.get(path).await;
        assert!(asked.body == anonymous.body && asked.headers == anonymous.headers, "{path}");
        assert_eq!(asked.header("set-cookie"), "", "{path}");
    }
}
