//! A4, universal account takeover: the attacker's phone names the victim's account when it scans and confirms.

use protocol::paths;
use serde_json::json;

use crate::audit::{Check, Stop, Verdict, demand, login::Login, target::Target};

/// What a careless server may believe.
const NAMES: [&str; 8] =
    ["account", "account_id", "user", "user_id", "uid", "sub", "phone_number", "username"];

pub(super) const CHECK: Check = Check {
    id: "A4",
    title: "Universal account takeover: a phone signs in its own account, whomever it names",
    source: super::SOURCE,
    advice: "Take the account from the phone's token alone; ignore or refuse whatever a request says about it.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let phone = target.phone()?;
    let honest = target.start().await?;
    honest.approve().await?;
    let own = subject(target, &honest).await?;

    let login = target.start().await?;
    let victim = |mut body: serde_json::Value| {
        for name in NAMES {
            body[name] = json!("the-victim");
        }
        body
    };
    let Ok(scanned) = phone.post_as_is(paths::PHONE_SCAN, victim(json!({"qr": login.qr()}))).await else {
        // Refused as a whole: nobody was taken over.
        return Ok(());
    };
    let ticket = scanned["ticket"].as_str().unwrap_or_default();
    if scanned["match_required"] == true {
        let digits = victim(json!({"ticket": ticket, "digits": login.digits().await?}));
        if phone.post_as_is(paths::PHONE_MATCH, digits).await.is_err() {
            return Ok(());
        }
    }
    if phone.post_as_is(paths::PHONE_CONFIRM, victim(json!({"ticket": ticket}))).await.is_err() {
        return Ok(());
    }
    let taken = subject(target, &login).await?;
    demand(
        taken == own,
        format!("a phone that named another account signed in `{taken}`, not its own `{own}`"),
    )
}

/// Whom the site is told of.
async fn subject(target: &Target, login: &Login<'_>) -> Result<String, Stop> {
    let tokens = login.redeem(&login.code().await?, &[]).await?;
    let answer = target.userinfo("Bearer", &tokens.text("access_token")).await?;
    match answer.text("sub") {
        sub if sub.is_empty() => Err(Stop::Broken(format!("userinfo names nobody ({})", answer.status))),
        sub => Ok(sub),
    }
}
