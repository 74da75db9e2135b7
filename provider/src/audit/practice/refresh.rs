//! P8: refresh tokens rotate, or are bound to a key; one that comes back ends them all.

use crate::audit::{Check, Stop, Verdict, answer::Answer, demand, target::Target};

pub(super) const CHECK: Check = Check {
    id: "P8",
    title: "Refresh tokens rotate, and the return of an old one ends them all",
    source: "RFC 9700 section 4.14.2",
    advice: "Give a new refresh token with each use, and revoke the grant when an old one comes back; or bind them to a key.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let login = target.start().await?;
    let first = login.tokens().await?.text("refresh_token");
    if first.is_empty() {
        return Err(Stop::Skipped("the client gets no refresh token, so there is nothing to look at".into()));
    }
    let second = refresh(target, &first).await?;
    demand(second.status.is_success(), format!("a refresh token is refused ({})", second.status))?;
    let second = second.text("refresh_token");
    demand(!second.is_empty() && second != first, "a refresh token stays as it is after its use")?;
    let third = refresh(target, &second).await?.text("refresh_token");
    let stolen = refresh(target, &first).await?;
    demand(stolen.is_refused(), "an old refresh token is good again")?;
    let after = refresh(target, &third).await?;
    demand(after.is_refused(), "an old refresh token came back, and the newest lives on")
}

async fn refresh(target: &Target, token: &str) -> Result<Answer, Stop> {
    target.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}
