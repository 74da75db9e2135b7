//! F6: a browser learns nothing about the person before it is theirs.

use crate::audit::{Check, Verdict, demand, personal::Personal, target::Target};

pub(super) const CHECK: Check = Check {
    id: "F6",
    title: "The browser learns nothing about who scanned before it is their session",
    source: super::SOURCE,
    advice: "Tell the browser that a phone has scanned, and no name, picture, number or identifier of its owner.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let personal = Personal::of(target).await?;
    let login = target.start().await?;
    let before = login.look(Some(&login.secret)).await?.all();
    let scanned = login.scan().await?;
    for step in ["scanned", "confirmed"] {
        let now = login.look(Some(&login.secret)).await?.all();
        if let Some(word) = personal.leaked(&before, &now) {
            return demand(false, format!("once the code is {step}, the browser is told `{word}`"));
        }
        if step == "scanned" {
            login.confirm(&scanned).await?;
        }
    }
    let result = login.collect().await?.all();
    let word = personal.leaked(&before, &result);
    demand(word.is_none(), "the result that goes through the browser names the person")
}
