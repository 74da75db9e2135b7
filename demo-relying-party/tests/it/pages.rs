//! The pages themselves.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, SET_COOKIE};
use http::{Request, header};
use tower::ServiceExt;

use crate::support::Stage;

#[tokio::test]
async fn reading_needs_no_cookie() {
    let stage = Stage::new().await;
    for path in ["/", "/articles/as-the-ox-turns", "/sign-in", "/health", "/static/site.css"] {
        let answer = stage.browser().get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.headers.contains_key(SET_COOKIE), "{path}");
    }
    assert!(stage.app.sessions.is_empty());
}

#[tokio::test]
async fn a_members_piece_is_whole_for_members_only() {
    let stage = Stage::new().await;
    let path = "/articles/the-letter-that-was-its-own-lock";
    let guest = stage.browser().get(path).await.body;
    assert!(guest.contains("id=\"members-gate\"") && !guest.contains("letterlocking"));
    let member = stage.member().await.get(path).await.body;
    assert!(!member.contains("members-gate") && member.contains("letterlocking"));
}

#[tokio::test]
async fn every_answer_has_the_strict_policy() {
    let stage = Stage::new().await;
    let issuer = &stage.provider.issuer;
    let expected = format!(
        "default-src 'none'; script-src 'self' {issuer} 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' {issuer}; \
         img-src 'self' data:; form-action 'self' {issuer}; frame-ancestors 'none'; base-uri 'none'"
    );
    for path in ["/", "/nowhere", "/callback", "/static/site.js"] {
        let answer = stage.browser().get(path).await;
        assert_eq!(answer.headers[CONTENT_SECURITY_POLICY], expected.as_str());
        assert_eq!(answer.headers["referrer-policy"], "same-origin");
    }
}

#[tokio::test]
async fn no_page_has_an_inline_script_or_style() {
    let stage = Stage::new().await;
    let mut member = stage.member().await;
    for path in ["/", "/account", "/articles/as-the-ox-turns", "/nowhere", "/callback"] {
        for page in [member.get(path).await.body, stage.browser().get(path).await.body] {
            assert!(
                !page.contains("style=") && !page.contains("<style") && !page.contains("onclick"),
                "{path}"
            );
            assert!(
                !page
                    .replace("<script type=\"module\" src=\"/static/site.js\"></script>", "")
                    .contains("<script")
            );
        }
    }
}

#[tokio::test]
async fn pages_are_not_stored_and_files_are_revalidated() {
    let stage = Stage::new().await;
    assert_eq!(stage.browser().get("/").await.headers[CACHE_CONTROL], "no-store");
    let file = stage.browser().get("/static/site.css").await;
    assert_eq!(file.headers[CACHE_CONTROL], "no-cache");
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    let etag = file.headers[ETAG].clone();
    let again = Request::get("/static/site.css").header(IF_NONE_MATCH, etag).body(axum::body::Body::empty());
    let answer = stage.app.router().oneshot(again.unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_return_address_elsewhere_is_the_front_page() {
    let stage = Stage::new().await;
    for place in
        ["https://evil.example", "//evil.example", "/\\evil.example", "/articles/none", "%2F%2Fevil.example"]
    {
        let mut browser = stage.browser();
        let request = browser.begin_redirect(place).await;
        let answer = browser.get(&stage.provider.approve(&request).callback()).await;
        assert_eq!(answer.location(), "/");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so() {
    let stage = Stage::new().await;
    for path in ["/nowhere", "/articles/nothing", "/static/secret"] {
        let page = stage.browser().get(path).await;
        assert_eq!((page.status, page.failure().as_deref()), (StatusCode::NOT_FOUND, Some("not_found")));
    }
}
