//! B1: who has copied everything that a browser sends, and not its key, collects nothing.

use crate::audit::{Check, Verdict, demand, key::Key, target::Target};

/// Older than any server's clock is wrong, in seconds.
const OLD: i64 = 600;

pub(super) const CHECK: Check = Check {
    id: "B1",
    title: "The result of a login goes to its browser's key alone",
    source: "RFC 9449 sections 4.3 and 11.1",
    advice: "Bind the login to the key that its start proves, and demand a fresh proof for this call, good once, where the result is collected.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let login = target.start().await?;
    login.approve().await?;
    let (key, url) = (login.key()?, login.result_url());
    for (what, proof) in [
        ("without a proof", None),
        ("with what is no proof", Some(target.word())),
        ("with a proof by another key", Some(Key::make()?.proof(&url)?)),
        ("with a proof for another call", Some(key.proof(&login.key_url())?)),
        ("with a proof of ten minutes ago", Some(key.proof_of(&url, OLD)?)),
    ] {
        let stolen = login.collect_by(Some(&login.secret), proof.as_deref()).await?;
        demand(stolen.is_refused(), format!("a result is collected {what} ({})", stolen.status))?;
    }
    let proof = key.proof(&url)?;
    let own = login.collect_by(Some(&login.secret), Some(&proof)).await?;
    demand(own.status.is_success(), format!("the browser's own key does not collect ({})", own.status))?;
    let replayed = login.collect_by(Some(&login.secret), Some(&proof)).await?;
    demand(replayed.is_refused(), "a result is collected with a proof that was used before")?;
    let again = login.collect().await?;
    demand(
        again.text("code") == own.text("code"),
        "a browser whose connection broke does not get the same result again",
    )
}
