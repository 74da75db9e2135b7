//! F2: a code is good once.

use protocol::{paths, qr::FRAME_MS};
use reqwest::Method;
use serde_json::json;

use crate::audit::{
    Check, Stop, Verdict,
    answer::Answer,
    demand,
    key::Key,
    target::{Target, broken},
};

const MINUTE_MS: u64 = 60_000;

/// By then a picture may have been sent on.
const SENT_ON_MS: u64 = 20_000;

/// After so many milliseconds the frames begin again: 4096 of 2 s.
const ROUND_MS: u64 = 4096 * FRAME_MS;

/// Longest that a code may say that it lives, in seconds.
const LONGEST: u64 = 600;

pub(super) const CHECK: Check = Check {
    id: "F2",
    title: "A QR code dies within seconds, is scanned once, and its result is collected once",
    source: super::SOURCE,
    advice: "Date the code by a mac that the server checks at the scan. Let each step be one conditional write: waiting to scanned, scanned to confirmed, confirmed to delivered to redeemed.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let phone = target.phone()?;
    let login = target.start().await?;
    let lives = login.started.login.expires_in;
    demand((1..=LONGEST).contains(&lives), format!("a code says that it lives for {lives} s"))?;
    for (what, later_ms) in [
        ("20 seconds ago", ROUND_MS - SENT_ON_MS),
        ("a minute ago", ROUND_MS - MINUTE_MS),
        ("a minute from now", MINUTE_MS),
        ("ten minutes ago", ROUND_MS - 10 * MINUTE_MS),
    ] {
        let photographed = login.qr_in(later_ms);
        demand(
            phone.scan(&photographed).await.is_err(),
            format!("a picture of the code as it was {what} is good"),
        )?;
        let noted = note(target, &photographed).await?;
        demand(
            noted.is_refused(),
            format!("a phone on which nobody is signed in has the code noted as it was {what}"),
        )?;
    }
    let undated = &login.started.qr.prefix;
    demand(phone.scan(undated).await.is_err(), "the code is good without its date")?;
    demand(login.state().await? == "waiting", "a picture of another time changed the login")?;
    login.scan().await?;
    demand(phone.scan(&login.qr()).await.is_err(), "a scanned code can be scanned again")?;
    // That scan may have replaced the ticket of the first: begin anew.
    let login = target.start().await?;
    login.approve().await?;
    demand(phone.scan(&login.qr()).await.is_err(), "a confirmed code can be scanned again")?;
    let code = login.code().await?;
    let answer = login.redeem(&code, &[]).await?;
    demand(answer.status.is_success(), format!("the result could not be redeemed ({})", answer.status))?;
    let again = login.collect().await?;
    demand(again.is_refused(), "the result of a redeemed login can be collected again")?;
    demand(phone.scan(&login.qr()).await.is_err(), "a redeemed code can be scanned again")?;
    let denied = target.start().await?;
    denied.scan().await?;
    phone.deny().await.map_err(|error| broken(&error))?;
    demand(phone.scan(&denied.qr()).await.is_err(), "a declined code can be scanned again")
}

/// Shows a code as a phone does on which nobody is signed in yet.
async fn note(target: &Target, code: &str) -> Result<Answer, Stop> {
    let url = target.url(paths::PHONE_SIGHTING);
    let call = target.request(Method::POST, &url).header("dpop", Key::make()?.proof(&url)?);
    target.send(call.json(&json!({"qr": code}))).await
}
