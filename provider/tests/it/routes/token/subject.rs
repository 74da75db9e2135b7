//! What sites know a person by.

use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::support::{
    Ask, TestApp, claims_of, id_token,
    site::{CLIENT, OWN_CLIENT, PAIRWISE_CLIENT, SISTER_CLIENT, more_sites},
};

/// The claims of the ID token that a site gets by this phone's owner, and what userinfo says.
async fn known(app: &TestApp, client: &str, account: &str) -> (Value, Value) {
    let (mut browser, phone) = (app.browser(), app.phone_of(account).await);
    let ask = if client == CLIENT { Ask::default() } else { Ask::of(client) };
    let code = browser.sign_in(&ask, &phone).await.code();
    let tokens = match client {
        CLIENT => app.site().redeem(&code).await.json(),
        other => app.site().redeem_as(other, &code).await,
    };
    let userinfo = app.site().userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    (id_token(app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, client).await, userinfo)
}

/// MUST: OIDC Core section 8.1: a pairwise sub is the same each time for one sector, another for another, and nobody else's.
#[tokio::test]
async fn oidc_core_8_1_a_pairwise_sub_is_its_sector_s_alone() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    app.add_account("mei").await;
    let first = known(&app, PAIRWISE_CLIENT, "lin").await;
    let again = known(&app, PAIRWISE_CLIENT, "lin").await;
    let sister = known(&app, SISTER_CLIENT, "lin").await;
    let mei = known(&app, PAIRWISE_CLIENT, "mei").await;
    let public = known(&app, CLIENT, "lin").await;
    assert_eq!(first.0["sub"], again.0["sub"]);
    for other in [&sister, &mei, &public] {
        assert_ne!(first.0["sub"], other.0["sub"]);
    }
    assert_eq!(public.0["sub"], known(&app, OWN_CLIENT, "lin").await.0["sub"], "public is public");
}

/// MUST: OIDC Core section 5.3.2: the sub of userinfo is the sub of the ID token.
#[tokio::test]
async fn oidc_core_5_3_2_userinfo_and_id_token_name_the_same_person() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    for client in [CLIENT, PAIRWISE_CLIENT] {
        let (token, userinfo) = known(&app, client, "lin").await;
        assert_eq!(token["sub"], userinfo["sub"], "{client}");
    }
}

#[tokio::test]
async fn sites_of_one_owner_find_a_person_by_unionid() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    app.add_account("mei").await;
    let one = known(&app, PAIRWISE_CLIENT, "lin").await;
    let other = known(&app, SISTER_CLIENT, "lin").await;
    assert!(one.0["unionid"].is_string());
    assert_eq!((&one.0["unionid"], &one.1["unionid"]), (&other.0["unionid"], &other.1["unionid"]));
    assert_ne!(one.0["unionid"], known(&app, PAIRWISE_CLIENT, "mei").await.0["unionid"]);
    assert!(known(&app, OWN_CLIENT, "lin").await.0.get("unionid").is_none(), "it has no owner");
}

#[tokio::test]
async fn a_session_has_another_name_at_each_site() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let first = browser.sign_in(&Ask::of(OWN_CLIENT), &phone).await.code();
    let second = browser.sign_in(&Ask::of(PAIRWISE_CLIENT), &phone).await.code();
    let mut sids = Vec::new();
    for (client, code) in [(OWN_CLIENT, first), (PAIRWISE_CLIENT, second)] {
        let tokens = app.site().redeem_as(client, &code).await;
        let claims = id_token(&app, tokens["id_token"].as_str().unwrap(), Algorithm::RS256, client).await;
        sids.push(claims["sid"].as_str().unwrap().to_owned());
    }
    assert_ne!(sids[0], sids[1]);
}

#[tokio::test]
async fn an_access_token_names_the_person_as_its_site_knows_them() {
    let app = TestApp::new().await;
    app.import(more_sites()).await;
    let (mut browser, phone) = (app.browser(), app.phone().await);
    let code = browser.sign_in(&Ask::of(PAIRWISE_CLIENT), &phone).await.code();
    let tokens = app.site().redeem_as(PAIRWISE_CLIENT, &code).await;
    assert_eq!(claims_of(&tokens["access_token"])["sub"], claims_of(&tokens["id_token"])["sub"]);
}
