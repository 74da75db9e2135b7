//! In which language the page speaks.

use axum::http::Method;

use crate::support::{Ask, TestApp};

async fn page_in(app: &TestApp, language: &str) -> String {
    let mut browser = app.browser();
    let page = browser.ask(&Ask::default()).await;
    browser.fetch(Method::GET, &page, &[("accept-language", language)], "").await.body
}

#[tokio::test]
async fn it_speaks_chinese_to_who_asks_for_it() {
    let app = TestApp::new().await;
    let body = page_in(&app, "zh-CN,zh;q=0.9,en;q=0.8").await;
    for words in [r#"<html lang="zh-CN">"#, "登录 A site", "请用扫码 App 扫一扫", "取消"] {
        assert!(body.contains(words), "{words}: {body}");
    }
}

#[tokio::test]
async fn it_speaks_english_to_everybody_else() {
    let app = TestApp::new().await;
    for language in ["en-GB,en;q=0.9,zh;q=0.5", "de", "", "zh;q=0", "*"] {
        let body = page_in(&app, language).await;
        assert!(body.contains(r#"<html lang="en">"#) && body.contains("Sign in to A site"), "{language}");
    }
}
