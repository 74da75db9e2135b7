//! P4: a code that was asked for with a challenge is good with its verifier only, and one without takes none.

use crate::audit::{Check, Verdict, demand, login::Request, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P4",
    title: "PKCE is enforced, and cannot be stripped",
    source: "RFC 9700 sections 2.1.1 and 4.8.2",
    advice: "Refuse a missing or wrong verifier, and a verifier where the request had no challenge.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let other = target.word();
    for (what, verifier) in [("no verifier", ""), ("another verifier", other.as_str())] {
        let login = target.start().await?;
        login.approve().await?;
        let answer = login.redeem(&login.code().await?, &[("code_verifier", verifier)]).await?;
        demand(answer.is_refused(), format!("a code with a challenge is redeemed with {what}"))?;
    }
    let without = Request::new(target)?.without("code_challenge").without("code_challenge_method");
    if target.try_start(&without).await?.is_refused() {
        // Who must bring a challenge cannot have it stripped.
        return Ok(());
    }
    let login = target.start_with(without).await?;
    login.approve().await?;
    let answer = login.redeem(&login.code().await?, &[]).await?;
    demand(
        answer.is_refused(),
        "a verifier is accepted where the request had no challenge: an attacker may strip it",
    )
}
