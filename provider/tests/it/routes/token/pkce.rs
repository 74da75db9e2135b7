//! The verifier (RFC 7636).

use provider::secret::Digest;

use crate::support::{Ask, TestApp};

/// A code that was asked for with the challenge of this verifier.
async fn code(app: &TestApp, verifier: &str) -> String {
    app.code(&Ask::default().with("code_challenge", &Digest::of(verifier).to_base64url())).await
}

/// MUST: RFC 7636 section 4.1: a verifier has 43 to 128 letters, digits, hyphens, dots, underscores and tildes.
#[tokio::test]
async fn rfc7636_4_1_a_verifier_is_of_its_length_and_letters() {
    let app = TestApp::new().await;
    for good in ["a".repeat(43), "Z".repeat(128), "a.b-c_d~9".repeat(5)] {
        let form = Ask::redeem(&code(&app, &good).await).with("code_verifier", &good);
        assert_eq!(app.site().token(&form).await.status, 200, "{good}");
    }
    for bad in [
        "a".repeat(42),
        "a".repeat(129),
        format!("{}+", "a".repeat(43)),
        format!("{} ", "a".repeat(43)),
        "扫".repeat(20),
    ] {
        let form = Ask::redeem(&code(&app, &bad).await).with("code_verifier", &bad);
        assert_eq!(app.site().token(&form).await.oauth_error(), "400 invalid_grant", "{bad}");
    }
}

/// MUST: RFC 7636 section 4.4: each code has its own challenge: another code's verifier does not fit.
#[tokio::test]
async fn rfc7636_4_4_each_code_has_its_own_challenge() {
    let app = TestApp::new().await;
    let (one, other) = ("1".repeat(43), "2".repeat(43));
    let (first, second) = (code(&app, &one).await, code(&app, &other).await);
    for (code, verifier) in [(&first, &other), (&second, &one)] {
        let crossed = Ask::redeem(code).with("code_verifier", verifier);
        assert_eq!(app.site().token(&crossed).await.oauth_error(), "400 invalid_grant");
    }
    for (code, verifier) in [(&first, &one), (&second, &other)] {
        let right = Ask::redeem(code).with("code_verifier", verifier);
        assert_eq!(app.site().token(&right).await.status, 200);
    }
}
