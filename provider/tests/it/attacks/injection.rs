//! A code where it does not belong: injected into another session, redeemed by another client, asked for by a mixed-up one.

use crate::support::{
    Ask, TestApp, claims_of,
    site::{SECRET, more_sites},
};

/// The verifier of the attacker's own request at the same site.
const OWN_VERIFIER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The attacker has stolen the victim's code on its way and puts it into their own answer at the honest site, which redeems it with the
/// verifier of the attacker's session (RFC 9700 section 4.5).
#[tokio::test]
async fn a_stolen_code_fits_no_other_session_of_the_same_site() {
    let app = TestApp::new().await;
    let stolen = app.code(&Ask::default()).await;
    let injected = Ask::redeem(&stolen).with("code_verifier", OWN_VERIFIER);
    assert_eq!(app.site().token(&injected).await.oauth_error(), "400 invalid_grant");
    assert_eq!(app.site().redeem(&stolen).await.status, 200, "its owner has lost nothing");
}

/// Without PKCE (a site that may leave it out), the nonce tells: the ID token is of the victim's request.
#[tokio::test]
async fn a_stolen_code_brings_the_nonce_of_its_own_request() {
    let app = TestApp::new().await;
    let victim = Ask::default()
        .without("code_challenge")
        .without("code_challenge_method")
        .with("nonce", "the-nonce-of-the-victim");
    let stolen = app.browser().sign_in(&victim, &app.phone().await).await.code();
    let tokens = app.site().token(&Ask::redeem(&stolen).without("code_verifier")).await.json();
    let claims = claims_of(&tokens["id_token"]);
    assert_eq!(claims["nonce"], "the-nonce-of-the-victim", "which is not the attacker's session's");
}

/// Mix-up: a site that was made to send the code to the wrong place. Another client cannot use it, whoever it proves to be.
#[tokio::test]
async fn a_code_that_went_astray_is_of_no_use_to_another_client() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let code = app.code(&Ask::default()).await;
    for client in ["own", "sister"] {
        let answer = app.site().token_as(Some((client, SECRET)), &Ask::redeem(&code)).await;
        assert_eq!(answer.oauth_error(), "400 invalid_grant", "{client}");
    }
    assert_eq!(app.site().redeem(&code).await.status, 200);
}
