//! A2, double login: one scan signs in two browsers.

use protocol::paths;
use serde_json::json;

use crate::audit::{Check, Verdict, demand, target::Target};

pub(super) const CHECK: Check = Check {
    id: "A2",
    title: "Double login: one scan and one yes sign in one browser, once",
    source: super::SOURCE,
    advice: "Bind the ticket of a scan to its login and its phone, and spend it with the decision.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let phone = target.phone()?;
    let (one, other) = (target.start().await?, target.start().await?);
    let scanned = one.scan().await?;
    one.confirm(&scanned).await?;
    let ticket = scanned.ticket;
    let again = json!({"ticket": ticket.expose()});
    demand(phone.post_as_is(paths::PHONE_CONFIRM, again).await.is_err(), "a ticket confirms twice")?;
    other.scan().await?;
    let other_s = json!({"ticket": ticket.expose(), "login_id": other.id, "id": other.id, "qr": other.qr()});
    let confirmed = phone.post_as_is(paths::PHONE_CONFIRM, other_s).await;
    demand(confirmed.is_err(), "the ticket of one login is taken for another")?;
    demand(other.state().await? == "scanned", "the ticket of one login confirms another")?;
    one.code().await?;
    let second = other.collect().await?;
    demand(second.is_refused(), "one yes signs in two browsers")
}
