//! The files of the web UI. What is in them depends on the build; what is not in them does not.

use axum::http::Method;

use crate::support::TestApp;

#[tokio::test]
async fn what_is_not_there_is_404() {
    let app = TestApp::new().await;
    for path in
        ["/assets/x.js", "/widget/x.js", "/app/x.js", "/assets/x", "/assets/", "/widget/.br", "/app/%00.js"]
    {
        let answer = app.get(path).await;
        assert_eq!(answer.problem(), "404 not_found", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn nobody_climbs_out_of_the_folder() {
    let app = TestApp::new().await;
    for climb in [
        "/assets/..%2f..%2fCargo.toml",
        "/assets/..%2f..%2f..%2fprovider%2fbuild.js",
        "/assets/../../Cargo.toml",
        "/widget/..%2fapp%2findex.html",
        "/app/..%5c..%5cCargo.html",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd.js",
    ] {
        let answer = app.get(climb).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{climb}: {answer:?}");
        assert!(!answer.body.contains("workspace"), "{climb}");
    }
}

#[tokio::test]
async fn files_are_only_read() {
    let app = TestApp::new().await;
    let answer = app.call(Method::POST, "/assets/x.js", &[], "").await;
    assert_eq!(answer.problem(), "405 method_not_allowed");
}
