//! Crashes: the server is killed with SIGKILL in each state of a login, and started again. Whatever it had answered holds,
//! and everybody goes on from there.
#![expect(clippy::unwrap_used, reason = "what cannot be done here is a failed test")]

mod load;

use protocol::ProblemCode;
use provider::mock_phone::MockPhone;
use saoma_tests::{Answer, Browser, Operator, RelyingParty, Server, sign_in, sign_in_beside};

/// A provider in a process, and those who call it.
struct Place {
    operator: Operator,
    server: Server,
    browser: Browser,
    phone: MockPhone,
    site: RelyingParty,
}

impl Place {
    async fn open() -> Self {
        let operator = Operator::new();
        let server = operator.open().await;
        let url = server.url();
        let phone = sign_in(&url, &operator.path("phone"), "lin").await;
        Self { operator, server, browser: Browser::new(&url), phone, site: RelyingParty::new(&url) }
    }

    /// The server crashes and comes back; the phone is switched off and on again.
    async fn crash(&mut self) {
        self.server.kill();
        self.recover().await;
    }

    /// Everybody is back after a crash.
    async fn recover(&mut self) {
        self.server.restart().await;
        self.phone = MockPhone::open(&self.operator.path("phone")).unwrap();
    }

    /// Redeems a code, and asks who has signed in.
    async fn redeem(&self, code: &str) -> Answer {
        let tokens = self.site.redeem(code).await;
        assert_eq!(tokens.status, 200, "{tokens:?}");
        let who = self.site.userinfo(&tokens.text("access_token")).await;
        assert_eq!(who.text("name"), "Lin Example");
        tokens
    }
}

#[tokio::test]
async fn while_the_code_is_on_the_screen() {
    let mut place = Place::open().await;
    let login = place.browser.ask().await;
    place.crash().await;

    let page = place.browser.get(&format!("/login/{}", login.id)).await;
    assert!(page.body.contains(&login.qr[..login.qr.len() - 14]), "a reload draws the same login's code");
    place.phone.approve(&login.qr).await.unwrap();
    let back = place.browser.get(&format!("/login/{}", login.id)).await;
    place.redeem(&back.location_parameter("code").unwrap()).await;
}

#[tokio::test]
async fn between_scan_and_decision() {
    let mut place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.scan(&login.qr).await.unwrap();
    place.crash().await;

    assert_eq!(place.browser.state(&login).await, "scanned");
    let again = place.phone.scan(&login.qr).await.unwrap_err();
    assert_eq!(again.problem_code(), Some(ProblemCode::AlreadyScanned));
    place.phone.confirm().await.unwrap();
    place.redeem(&place.browser.code(&login).await).await;
}

#[tokio::test]
async fn between_confirmation_and_delivery() {
    let mut place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.approve(&login.qr).await.unwrap();
    place.crash().await;

    assert_eq!(place.browser.state(&login).await, "confirmed");
    place.redeem(&place.browser.code(&login).await).await;
}

#[tokio::test]
async fn between_delivery_and_redemption() {
    let mut place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.approve(&login.qr).await.unwrap();
    let code = place.browser.code(&login).await;
    place.crash().await;

    assert_eq!(place.browser.code(&login).await, code, "the same code again");
    place.redeem(&code).await;
}

#[tokio::test]
async fn after_redemption() {
    let mut place = Place::open().await;
    let login = place.browser.ask_by_widget().await;
    place.phone.approve(&login.qr).await.unwrap();
    let code = place.browser.code(&login).await;
    let tokens = place.redeem(&code).await;
    place.crash().await;

    let who = place.site.userinfo(&tokens.text("access_token")).await;
    assert_eq!(who.status, 200, "tokens outlive a crash: {who:?}");
    let fresh = place.site.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    assert_eq!(place.browser.try_collect(&login).await.unwrap().error(), "410 result_gone");

    assert_eq!(place.site.redeem(&code).await.error(), "400 invalid_grant", "the code stays dead");
    let who = place.site.userinfo(&fresh.text("access_token")).await;
    assert_eq!(who.status, 401, "and its return takes back what it gave: {who:?}");
}

#[tokio::test]
async fn what_was_denied_or_cancelled_stays_so() {
    let mut place = Place::open().await;
    let (denied, cancelled) = (place.browser.ask_by_widget().await, place.browser.ask_by_widget().await);
    place.phone.scan(&denied.qr).await.unwrap();
    place.phone.deny().await.unwrap();
    place.browser.try_cancel(&cancelled).await.unwrap();
    place.crash().await;

    assert_eq!(place.browser.state(&denied).await, "denied");
    assert_eq!(place.browser.state(&cancelled).await, "cancelled");
}

#[tokio::test]
async fn a_phone_that_was_revoked_stays_so() {
    let mut place = Place::open().await;
    let (url, home) = (place.server.url(), place.operator.path("other-phone"));
    let other = sign_in_beside(&place.phone, &url, &home, "lin").await;
    let lost = place.phone.signed_in_as().unwrap().device_id;
    other.revoke(&lost).await.unwrap();
    place.crash().await;

    let login = place.browser.ask_by_widget().await;
    let refused = place.phone.scan(&login.qr).await.unwrap_err();
    assert_eq!(refused.problem_code(), Some(ProblemCode::InvalidToken));
}
