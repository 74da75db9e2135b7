//! Sites hear of sign-outs from the real program, also where it or they are down at first.

use std::time::Duration;

use saoma_tests::{Answer, Browser, Operator, RelyingParty, Server, Site, sign_in, within};
use serde_json::json;

/// The first attempt is immediate; others see it within 5 s.
const SOON: Duration = Duration::from_secs(9);

/// The first pause is 5 s, a claim of a server that died lasts 20 s.
const LATER: Duration = Duration::from_secs(40);

/// A provider with a site that wants to be told, and that answers these statuses in turn, then 200.
async fn open(operator: &Operator, statuses: &[u16]) -> (Server, Site) {
    let site = Site::open(statuses).await;
    let mut metadata = RelyingParty::metadata();
    metadata["backchannel_logout_uri"] = json!(site.url());
    operator.import(&metadata).await.well();
    operator.add_account("lin").await.well();
    let mut server = operator.server().with(&["--allow-private-networks", "127.0.0.1"]);
    server.start().await;
    (server, site)
}

/// Somebody signs in; answers their tokens.
async fn tokens(operator: &Operator, server: &Server) -> Answer {
    let phone = sign_in(&server.url(), &operator.path("phone"), "lin").await;
    let browser = Browser::new(&server.url());
    let login = browser.ask_by_widget().await;
    phone.approve(&login.qr).await.unwrap();
    RelyingParty::new(&server.url()).redeem(&browser.code(&login).await).await
}

async fn sign_out(server: &Server, tokens: &Answer) {
    let hint = tokens.text("id_token");
    let answer = Browser::new(&server.url()).get(&format!("/logout?id_token_hint={hint}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_site_that_is_down_for_a_moment_hears_of_it_after_all() {
    let operator = Operator::new();
    let (server, mut site) = open(&operator, &[503]).await;
    let tokens = tokens(&operator, &server).await;
    sign_out(&server, &tokens).await;
    let first = within(SOON, "the first attempt", site.told()).await;
    let second = within(SOON, "the second attempt", site.told()).await;
    assert!(first.starts_with("logout_token=") && second.starts_with("logout_token="));
    assert_ne!(first, second, "each attempt has a token of its own");
}

#[tokio::test]
async fn a_provider_that_is_killed_between_attempts_goes_on_after_its_restart() {
    let operator = Operator::new();
    let (mut server, mut site) = open(&operator, &[503]).await;
    let tokens = tokens(&operator, &server).await;
    sign_out(&server, &tokens).await;
    within(SOON, "the first attempt", site.told()).await;
    server.kill();
    server.restart().await;
    within(LATER, "the attempt after the crash", site.told()).await;
}

#[tokio::test]
async fn an_operator_signs_a_person_out_everywhere() {
    let operator = Operator::new();
    let (server, mut site) = open(&operator, &[]).await;
    let tokens = tokens(&operator, &server).await;
    let ran = operator.run(&["account", "sign-out", "Lin"], "").await;
    assert_eq!(ran.well().json(), json!({"account": "lin", "sessions": 1, "phones": 1}));
    within(SOON, "the site is told", site.told()).await;
    let relying_party = RelyingParty::new(&server.url());
    assert_eq!(relying_party.userinfo(&tokens.text("access_token")).await.status, 401);
    assert_eq!(relying_party.refresh(&tokens.text("refresh_token")).await.error(), "400 invalid_grant");
    let nobody = operator.run(&["account", "sign-out", "nobody"], "").await;
    assert_eq!((nobody.status, nobody.err.as_str()), (Some(1), "saoma: there is no account `nobody`\n"));
}
