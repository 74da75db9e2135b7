//! A5, privacy abuse: the attacker shows codes to learn who scans them, or asks the server who exists.

use protocol::paths;
use reqwest::Method;
use serde_json::json;

use crate::audit::{
    Check, Stop, Verdict,
    answer::Answer,
    demand,
    key::Key,
    personal::Personal,
    target::{Target, broken},
};

pub(super) const CHECK: Check = Check {
    id: "A5",
    title: "Privacy abuse: who declines stays unknown, and nobody is told which accounts exist",
    source: super::SOURCE,
    advice: "Answer alike whether an account exists or not, and say of a declined login that it was declined, no more.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let personal = Personal::of(target).await?;
    let phone = target.phone()?;
    let login = target.start().await?;
    let before = login.look(Some(&login.secret)).await?.all();
    login.scan().await?;
    phone.deny().await.map_err(|error| broken(&error))?;
    let after = login.look(Some(&login.secret)).await?.all();
    if let Some(word) = personal.leaked(&before, &after) {
        return demand(false, format!("who declined is betrayed to the browser: `{word}`"));
    }
    // The link that any phone camera opens.
    let link = target.get(&login.qr()).await?.all();
    if let Some(word) = personal.leaked(&before, &link) {
        return demand(false, format!("the code's link tells everybody `{word}`"));
    }
    let known = phone.signed_in_as().map(|who| who.account.name).unwrap_or_default();
    let (known, unknown) = (sign_in(target, &known).await?, sign_in(target, "nobody-of-that-name").await?);
    let said = |answer: &Answer| (answer.status, answer.text("code"), answer.text("detail"));
    demand(known.is_refused(), "a wrong password signs in")?;
    demand(said(&known) == said(&unknown), "a wrong password and an unknown account are answered differently")
}

/// Tries a wrong password.
async fn sign_in(target: &Target, account: &str) -> Result<Answer, Stop> {
    let url = target.url(paths::PHONE_SIGN_IN);
    let proof = Key::make()?.proof(&url)?;
    let body = json!({"account": account, "password": target.word(), "device_name": "Audit"});
    target.send(target.request(Method::POST, &url).header("dpop", proof).json(&body)).await
}
