//! The journeys end by asking what pages complained of: here, that complaints are heard.

use saoma_tests::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn complaints_are_heard() {
    let stage = Stage::open("complaints", &[]).await;
    let desktop = stage.desktop().await;
    desktop.open(&stage.provider("/app")).await;
    desktop.shows("form").await;
    desktop.holds("(console.error('the-console'), true)").await;
    desktop.holds("(setTimeout(() => { throw new Error('the-exception'); }), true)").await;
    desktop
        .holds(
            "(document.body.append(Object.assign(new Image(), { src: 'https://elsewhere.example/' })), true)",
        )
        .await;
    desktop.holds("(fetch('/no-such-page'), true)").await;
    for complaint in ["the-console", "the-exception", "Content Security Policy", "404"] {
        desktop.complains_of(complaint).await;
    }

    desktop.holds("(location.assign('http://elsewhere.example/'), true)").await;
    desktop.complains_of("another host: http://elsewhere.example/").await;

    stage
        .close([desktop], &["the-console", "the-exception", "Security Policy", "404", "elsewhere.example"])
        .await;
}
