//! Cross-site request forgery: another site's page makes the browser of somebody who is signed in call each route, with all its
//! cookies, as if the browser knew no `SameSite`.

use axum::http::Method;
use protocol::paths;

use super::walk::{World, is_unsafe};
use crate::support::{Answer, OWN_ORIGIN, TestApp, site::ORIGIN};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// How another site's page is told from ours: by browsers of today, and by older ones. That of a site that has registered
/// its origin is another site's, too.
const FROM_ELSEWHERE: [&[(&str, &str)]; 5] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("sec-fetch-site", "same-site"), ("origin", "https://other.login.example")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)],
];

/// Routes that answer a cookie with another refusal than nobody: sites send forms there, and the browser is asked to come again.
const COME_AGAIN: [&str; 2] = [paths::AUTHORIZE, paths::END_SESSION];

async fn call(world: &World<'_>, method: &Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let cookies = world.cookies();
    let headers = [headers, &[FORM, ("cookie", &cookies)]].concat();
    world.app.call(method.clone(), path, &headers, "").await
}

#[tokio::test]
async fn no_route_changes_anything_for_another_site_s_page() {
    let app = TestApp::new().await;
    let world = World::of(&app).await;
    let before = world.stored();
    let mut tried = 0;
    for (method, path) in world.routes().await {
        for from in FROM_ELSEWHERE {
            let answer = call(&world, &method, &path, from).await;
            assert!(!answer.status.is_server_error(), "{method} {path}: {answer:?}");
            assert!(
                world.stored() == before,
                "{method} {path} from {from:?} has changed something: {answer:?}"
            );
            if !is_unsafe(&method) || COME_AGAIN.contains(&path.as_str()) {
                continue;
            }
            let anonymous = app.call(method.clone(), &path, &[from, &[FORM]].concat(), "").await;
            let alike = (anonymous.status, &anonymous.body) == (answer.status, &answer.body);
            assert!(alike, "{method} {path} from {from:?} heeds a cookie: {answer:?}");
            assert!(!answer.status.is_success(), "{method} {path} from {from:?}: {answer:?}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

/// The proof that the walk could have found something: the same calls from our own page do change what is stored.
#[tokio::test]
async fn the_same_calls_from_our_own_page_do_what_they_say() {
    for path in ["/login/{id}/cancel", "/login/{id}/continue", "/api/logins/{id}/cancel", "/logout/confirm"] {
        for own in [[("sec-fetch-site", "same-origin")], [("origin", OWN_ORIGIN)]] {
            let app = TestApp::new().await;
            let world = World::of(&app).await;
            let before = world.stored();
            let path = path.replace("{id}", &world.login);
            let answer = call(&world, &Method::POST, &path, &own).await;
            assert!(world.stored() != before, "{path} by {own:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_phone_s_api_is_not_called_from_other_sites_pages() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let proof = phone.proof("POST", "/api/phone/deny", Some(&phone.access_token));
    let authorization = format!("DPoP {}", phone.access_token.expose());
    let headers =
        [("dpop", proof.as_str()), ("authorization", &authorization), ("origin", "https://evil.example")];
    let answer = app.post_json("/api/phone/deny", &headers, &serde_json::json!({"ticket": ""})).await;
    assert_eq!(answer.problem(), "403 origin_not_allowed");
}

#[tokio::test]
async fn every_cookie_is_bound_to_this_host_and_out_of_scripts_reach() {
    let app = TestApp::new().await;
    let mut world = World::of(&app).await;
    assert!(world.browser.cookies.len() >= 2, "a session's and a login's");
    for name in world.browser.cookies.keys() {
        assert!(name.starts_with("__Host-"), "{name}");
    }
    let page = format!("/login/{}/cancel", world.login);
    world.browser.post(&page, "").await;
    let renewed = world.browser.post(&page.replace("cancel", "renew"), "").await;
    let cookies: Vec<&str> =
        renewed.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "the successor's, and the end of its predecessor's");
    for cookie in cookies {
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}
