//! B4: who gives the key up on the victim's behalf is betrayed by that.

use crate::audit::{
    Check, Verdict, demand,
    target::{Target, broken},
};

pub(super) const CHECK: Check = Check {
    id: "B4",
    title: "The phone is told whether a browser's key guards the result",
    source: "Cross-Device Flows BCP",
    advice: "Tell the phone whether the login is bound, as the server knows it and whatever the browser says.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    for (login, bound) in [(target.start().await?, true), (target.start_without_key().await?, false)] {
        let scanned = login.scan().await?;
        target.phone()?.deny().await.map_err(|error| broken(&error))?;
        let said = if bound { "has no key" } else { "has a key" };
        let truth = if bound { "has one" } else { "has none" };
        demand(
            scanned.browser.bound == bound,
            format!("the phone is told that a browser {said}, and it {truth}"),
        )?;
    }
    Ok(())
}
