//! A1, authorization hijacking: the attacker has seen the victim's code and knows the login's identifier. The victim scans and confirms
//! their own screen; the attacker collects first.

use crate::audit::{Check, Verdict, demand, login::Login, target::Target};

pub(super) const CHECK: Check = Check {
    id: "A1",
    title: "Authorization hijacking: another browser cannot collect a confirmed login",
    source: super::SOURCE,
    advice: "Hand the result to the browser that started the login and to no other; make the code from its secret.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    attack(&target.start().await?, &target.start().await?).await?;
    // Where a browser has no key, its secret is all that tells it from others.
    attack(&target.start_without_key().await?, &target.start_without_key().await?).await
}

async fn attack(victim: &Login<'_>, attacker: &Login<'_>) -> Verdict {
    victim.approve().await?;
    let seen = victim.qr();
    for (who, secret) in [
        ("nobody in particular", None),
        ("the attacker's browser", Some(attacker.secret.as_str())),
        ("who has seen the QR code", seen.rsplit('/').next()),
        ("who knows the identifier", Some(victim.id.as_str())),
    ] {
        let stolen = victim.collect_by(secret, None).await?;
        demand(stolen.is_refused(), format!("{who} collects the victim's result ({})", stolen.status))?;
        demand(stolen.text("redirect_to").is_empty(), format!("{who} is told the victim's result"))?;
    }
    let own = attacker.collect().await?;
    demand(own.is_refused(), "the attacker's own login was confirmed by the victim's scan")?;
    let code = victim.code().await?;
    let redeemed = victim.redeem(&code, &[]).await?;
    demand(redeemed.status.is_success(), "the attacker's tries took the victim's result away")
}
