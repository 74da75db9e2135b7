//! Asking until an answer tells: who has an account here, which sign-ins are open, which codes are good.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::support::{Answer, Ask, TestApp};

/// An answer but for what is random or a time in it.
fn shape(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.body.clone())
}

/// A login hint is a name that anybody may write into an address.
#[tokio::test]
async fn a_hint_does_not_tell_who_has_an_account() {
    let app = TestApp::new().await;
    let mut locations = Vec::new();
    for name in ["lin", "nobody-by-this-name", "lin@example.com"] {
        let silent = Ask::default().with("login_hint", name).with("prompt", "none");
        locations.push(app.browser().try_ask(&silent).await.header("location").to_owned());
        let page = app.browser().ask(&Ask::default().with("login_hint", name)).await;
        assert!(page.starts_with("/login/"), "{page}");
    }
    locations.dedup();
    assert_eq!(locations.len(), 1, "{locations:?}");
}

/// A phone of one account learns nothing about sign-ins that others have scanned: not who, and not more than that it was too late.
#[tokio::test]
async fn who_was_quicker_is_not_told() {
    let app = TestApp::new().await;
    app.add_account("mei").await;
    let (by_lin, by_mei) = (app.widget().start().await, app.widget().start().await);
    let (lin, mei) = (app.phone().await, app.phone_of("mei").await);
    app.add_account("kim").await;
    let kim = app.phone_of("kim").await;
    lin.scan(&by_lin.qr).await;
    mei.scan(&by_mei.qr).await;
    assert_eq!(shape(&kim.scan(&by_lin.qr).await), shape(&kim.scan(&by_mei.qr).await));
}

/// Handles are 128 bits and their frames are signed: of a guess, nothing is told but that it is none.
#[tokio::test]
async fn guesses_at_codes_are_told_apart_by_nothing() {
    let app = TestApp::new().await;
    let (widget, phone) = (app.widget().start().await, app.phone().await);
    let last = widget.qr.chars().next_back().unwrap();
    let mac = format!("{}{}", &widget.qr[..widget.qr.len() - 1], if last == 'A' { 'B' } else { 'A' });
    let (site, payload) = widget.qr.split_once("/q/").unwrap();
    let first = if payload.starts_with('A') { 'B' } else { 'A' };
    let guess = format!("{site}/q/{first}{}", &payload[1..]);
    let (forged, guessed) = (phone.scan(&mac).await, phone.scan(&guess).await);
    assert_eq!(forged.problem(), "404 unknown_qr");
    assert_eq!(shape(&forged), shape(&guessed), "whether there is such a sign-in is not told");
    assert_eq!(widget.state().await, "waiting");
}

/// Codes that people type are short, so guessing at them is counted for each account and ends soon.
#[tokio::test]
async fn guesses_at_letters_end_at_the_account_s_limit() {
    let app = TestApp::new().await;
    let phone = app.phone().await;
    let mut guesses = 0;
    loop {
        let letters = ["BCDF", "GHJK", "LMNP", "QRST"][guesses % 4];
        let answer = phone.type_code(&format!("BBBB-{letters}")).await;
        if answer.status == 429 {
            break;
        }
        assert_eq!(answer.problem(), "404 unknown_qr");
        guesses += 1;
        assert!(guesses <= 60, "nobody holds it back");
    }
    let other = app.phone().await;
    assert_eq!(
        other.type_code("BBBB-BBBB").await.status,
        429,
        "another phone of the account is no way round"
    );
}

/// The token endpoint and its neighbours tell a made-up client and a wrong secret apart by nothing.
#[tokio::test]
async fn clients_are_not_told_apart_by_whether_they_exist() {
    let app = TestApp::new().await;
    let ask = Ask::redeem("saoma_code_x").with("token", "saoma_refresh_x");
    for path in ["/token", "/par", "/introspect", "/revoke"] {
        let mut answers = Vec::new();
        for client in ["site", "no-such-client"] {
            let basic = format!("Basic {}", STANDARD.encode(format!("{client}:wrong")));
            let answer = app.post_form(path, &[("authorization", &basic)], &ask).await;
            answers.push(shape(&answer));
        }
        assert_eq!(answers[0], answers[1], "{path}");
        assert_eq!(answers[0].0, 401, "{path}: {answers:?}");
        assert!(answers[0].1.contains("invalid_client"), "{path}: {answers:?}");
    }
}
