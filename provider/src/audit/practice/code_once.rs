//! P5: a code is redeemed once; one that comes back takes its tokens with it.

use crate::audit::{Check, Stop, Verdict, answer::Answer, demand, target::Target};

/// Redemptions at a time.
const AT_ONCE: usize = 8;

pub(super) const CHECK: Check = Check {
    id: "P5",
    title: "A code is redeemed once, and its return revokes what it gave",
    source: "RFC 9700 section 4.5, RFC 6749 section 4.1.2",
    advice: "Claim the code by a conditional write; at its second use refuse, and revoke the tokens of the first.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let login = target.start().await?;
    login.approve().await?;
    let code = login.code().await?;
    let first = login.redeem(&code, &[]).await?;
    demand(first.status.is_success(), format!("a good code is refused ({})", first.status))?;
    let token = first.text("access_token");
    let second = login.redeem(&code, &[]).await?;
    demand(second.text("error") == "invalid_grant", "a code can be redeemed twice")?;
    let dead = target.userinfo("Bearer", &token).await?;
    demand(dead.is_refused(), "a code came back, and the tokens of its first use live on")?;

    let login = target.start().await?;
    login.approve().await?;
    let code = login.code().await?;
    let calls = (0..AT_ONCE).map(|_| login.redeem(&code, &[]));
    let answers: Vec<Result<Answer, Stop>> = futures_util::future::join_all(calls).await;
    let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let good = answers.iter().filter(|answer| answer.status.is_success()).count();
    demand(good <= 1, format!("of {AT_ONCE} redemptions at once {good} were good"))
}
