//! B2: nobody binds another's login, and a login that is bound stays so.

use crate::audit::{Check, Verdict, demand, key::Key, target::Target};

pub(super) const CHECK: Check = Check {
    id: "B2",
    title: "A login is bound once, by its own browser, and not any more once it is scanned",
    source: "RFC 9449 section 10",
    advice: "Bind by one conditional write (waiting, and no key yet), against the browser's secret and a proof.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let (login, other) = (target.start_without_key().await?, target.start_without_key().await?);
    let (own, thief) = (Key::make()?, Key::make()?);
    let url = login.key_url();
    let without = login.bind_by(&login.secret, None).await?;
    demand(without.is_refused(), "a login is bound without a proof")?;
    for (who, secret) in [("another login's browser", &other.secret), ("who knows the identifier", &login.id)]
    {
        let bound = login.bind_by(secret, Some(&thief.proof(&url)?)).await?;
        demand(bound.is_refused(), format!("{who} binds a login ({})", bound.status))?;
    }
    let bound = login.bind_by(&login.secret, Some(&own.proof(&url)?)).await?;
    demand(bound.status.is_success(), format!("a login's own browser cannot bind it ({})", bound.status))?;
    let second = login.bind_by(&login.secret, Some(&thief.proof(&url)?)).await?;
    demand(second.is_refused(), "a login is bound to a second key")?;
    login.approve().await?;
    let result = login.result_url();
    let stolen = login.collect_by(Some(&login.secret), Some(&thief.proof(&result)?)).await?;
    demand(stolen.is_refused(), "the second key collects the result")?;
    let collected = login.collect_by(Some(&login.secret), Some(&own.proof(&result)?)).await?;
    demand(collected.status.is_success(), "the first key does not collect the result")?;

    other.scan().await?;
    let late = other.bind_by(&other.secret, Some(&thief.proof(&other.key_url())?)).await?;
    demand(late.is_refused(), "a login is bound after somebody has scanned it")
}
