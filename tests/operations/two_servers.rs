//! Two server processes on one data directory are one provider.

use std::time::Duration;

use saoma_tests::{Browser, Operator, RelyingParty, sign_in, within};

/// A ring of the other process's bell is not heard; the look that makes up for it comes within 5 s.
const SOON: Duration = Duration::from_secs(9);

#[tokio::test]
async fn browser_at_one_and_phone_at_the_other() {
    let operator = Operator::new();
    let one = operator.open().await;
    let mut other = operator.server().beside(&one);
    other.start().await;
    let phone = sign_in(&one.url(), &operator.path("phone"), "lin").await;
    let browser = Browser::new(&other.url());

    let login = browser.ask_by_widget().await;
    let mut events = browser.listen(&login, None).await;
    assert_eq!(events.next().await.unwrap().data["state"], "waiting");
    phone.scan(&login.qr).await.unwrap();
    let scanned = within(SOON, "the other server sees the scan", events.next()).await.unwrap();
    assert_eq!(scanned.data["state"], "scanned");
    phone.confirm().await.unwrap();
    let confirmed = within(SOON, "the other server sees the confirmation", events.next()).await.unwrap();
    assert_eq!(confirmed.data["state"], "confirmed");

    let code = browser.code(&login).await;
    assert_eq!(Browser::new(&one.url()).code(&login).await, code, "either server hands out the same code");
    let tokens = RelyingParty::new(&other.url()).redeem(&code).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let site = RelyingParty::new(&one.url());
    assert_eq!(site.userinfo(&tokens.text("access_token")).await.status, 200, "both have the same keys");
    assert_eq!(site.redeem(&code).await.error(), "400 invalid_grant");
}
