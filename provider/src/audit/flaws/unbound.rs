//! F1: who has a login's identifier, and what its QR code says, is not thereby its browser.

use crate::audit::{Check, Verdict, demand, target::Target};

pub(super) const CHECK: Check = Check {
    id: "F1",
    title: "A login is bound to the browser that started it, on every look",
    source: super::SOURCE,
    advice: "Give the browser a secret when the login starts, and demand it of every call about the login.",
    run: |target| Box::pin(run(target)),
};

async fn run(target: &Target) -> Verdict {
    let (login, other) = (target.start().await?, target.start().await?);
    demand(login.secret.len() >= 22, "the browser that starts a login gets no secret of 128 bits or more")?;
    demand(login.secret != other.secret, "two logins have one browser secret")?;
    let made_up = target.word();
    let unknown = other.look(Some(&made_up)).await?;
    for (who, secret) in [
        ("nobody", None),
        ("another login's browser", Some(other.secret.as_str())),
        ("who makes a secret up", Some(made_up.as_str())),
        ("who read the QR code", login.started.qr.prefix.rsplit('/').next()),
    ] {
        for (call, answer) in [
            ("the state", login.look(secret).await?),
            ("the events", login.listen(secret).await?),
            ("to cancel", login.cancel(secret).await?),
        ] {
            demand(answer.is_refused(), format!("{who} may have {call} of a login ({})", answer.status))?;
            demand(
                answer.status == unknown.status,
                format!("{who} is told that the login exists, asking for {call}"),
            )?;
        }
    }
    demand(login.state().await? == "waiting", "a stranger's call changed the login")
}
